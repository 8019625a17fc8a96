"""What each wing's acquisitions look like on the command line."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from scantrail.cli.sheets import ScanSheet, Sheet, ThresholdSheet
from scantrail.cli.wording import plan_in_words, scan_in_words

if TYPE_CHECKING:
    from rich.table import Table

    from scantrail.acquire import Order, Outcome
    from scantrail.daq import ScanConfig
    from scantrail.threshold import ThresholdPlan


class Face(NamedTuple):
    """How an order is shown. words: what is about to happen; sheet: of its live view; table: of what was measured.

    may_be_refused: whether the hardware must be asked before the plan is known to be possible.
    """

    words: Callable[["Order[Any]", float], Iterator[str]]
    sheet: Callable[["Order[Any]"], Sheet]
    table: Callable[["Outcome", "Order[Any]"], "Table"]
    may_be_refused: bool


def face_of(order: "Order[Any]") -> Face:
    """Return how orders of this kind are shown."""
    from scantrail.threshold import ThresholdPlan

    return _THRESHOLDS if isinstance(order.plan, ThresholdPlan) else _POSITIONS


def _threshold_words(order: "Order[ThresholdPlan]", seconds: float) -> Iterator[str]:
    return plan_in_words(order.plan, seconds)


def _scan_words(order: "Order[ScanConfig]", seconds: float) -> Iterator[str]:
    from scantrail.acquire import untimed

    return scan_in_words(order.plan, seconds, order.station, untimed(order))


def _counted(outcome: "Outcome", order: "Order[ThresholdPlan]") -> "Table":
    from scantrail.cli.outcome import counts_table

    return counts_table(outcome, order.plan)


def _measured(outcome: "Outcome", order: "Order[ScanConfig]") -> "Table":
    from rich.console import Console

    from scantrail.cli.runs.points import points_table
    from scantrail.runs import read

    return points_table(read(outcome.directory), Console(emoji=False).width, whole=False)


_THRESHOLDS = Face(_threshold_words, lambda order: ThresholdSheet(order.plan), _counted, may_be_refused=False)
_POSITIONS = Face(_scan_words, lambda order: ScanSheet(), _measured, may_be_refused=True)
