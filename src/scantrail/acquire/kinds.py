"""A run's kind: how its plan comes back from a document, how it is taken, how it is judged."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.positions import scan_seconds, take_positions
from scantrail.acquire.thresholds import take_thresholds, threshold_seconds
from scantrail.daq import PLANS, plan_from
from scantrail.errors import RunError
from scantrail.runs import Plan, Record
from scantrail.threshold import ParallelPlan, SerialPlan, ThresholdPlan, scan_parallel, scan_serial

if TYPE_CHECKING:
    from scantrail.acquire.verdict import Family, Verdict
    from scantrail.plots import Figure


class Judging(NamedTuple):
    """How runs of a kind are judged. analysis: name of their results; figure: name of the picture that each leaves."""

    judge: "Callable[..., Verdict]"
    analysis: str
    figure: str | None = None


class Kind(NamedTuple):
    """What acquire knows of one kind of run.

    draw: runs that go on with one another, oldest first, as a figure with a title. compare: several such by name, as
    one figure. seconds: how long an order takes.
    """

    plan: Callable[[Mapping[str, Any]], Plan]
    draw: "Callable[[Sequence[Record], str], Figure]"
    compare: "Callable[[Mapping[str, Sequence[Record]]], Figure]"
    take: Callable[[Order[Any], Opened], Outcome]
    seconds: Callable[[Order[Any]], float]
    judging: Judging


def _judge_curves(records: Sequence[Record], *, family: "Family | None", title: str) -> "Verdict":
    from scantrail.acquire.curves import judge_threshold_run

    return judge_threshold_run(records, family=family, title=title)


def _compare_curves(runs: Mapping[str, Sequence[Record]]) -> "Figure":
    from scantrail.acquire.curves import compare_threshold_runs

    return compare_threshold_runs(runs)


def _judge_scan(records: Sequence[Record], *, family: "Family | None", title: str) -> "Verdict":
    from scantrail.acquire.scanned import judge_scan

    return judge_scan(records, family=family, title=title)


def _judge_dark(records: Sequence[Record], *, family: "Family | None", title: str) -> "Verdict":
    from scantrail.acquire.dark import judge_dark

    return judge_dark(records, family=family, title=title)


def _compare_scans(runs: Mapping[str, Sequence[Record]]) -> "Figure":
    from scantrail.acquire.scanned import compare_scan_runs

    return compare_scan_runs(runs)


def _judged(judge: "Callable[..., Verdict]") -> "Callable[[Sequence[Record], str], Figure]":
    def draw(records: Sequence[Record], title: str) -> "Figure":
        return judge(records, family=None, title=title).figure

    return draw


_THRESHOLDS = Judging(_judge_curves, "fit", "threshold_scan.png")
_SCANS = Judging(_judge_scan, "stats")


def _threshold(plan: type[ThresholdPlan], scan: Callable[..., None]) -> Kind:
    def take(order: Order[ThresholdPlan], opened: Opened) -> Outcome:
        return take_thresholds(order, scan, opened)

    return Kind(plan.from_document, _judged(_judge_curves), _compare_curves, take, threshold_seconds, _THRESHOLDS)


_SCANNED = Kind(plan_from, _judged(_judge_scan), _compare_scans, take_positions, scan_seconds, _SCANS)
_SPECTRUM = _SCANNED._replace(judging=Judging(_judge_scan, "spectrum"))
_DARK = _SCANNED._replace(judging=Judging(_judge_dark, "dark"), draw=_judged(_judge_dark))

KINDS: dict[str, Kind] = {
    SerialPlan.kind: _threshold(SerialPlan, scan_serial),
    ParallelPlan.kind: _threshold(ParallelPlan, scan_parallel),
    **dict.fromkeys(PLANS, _SCANNED),
    "dark": _DARK,
    "xafs": _SPECTRUM,
}


def kind_of(name: str) -> Kind:
    """Return the kind of this name. Raises RunError for one that this version does not know."""
    if name not in KINDS:
        raise RunError(f"this version does not know runs of the kind {name!r}, only {', '.join(KINDS)}")
    return KINDS[name]


def judging_of(name: str) -> Judging:
    """Return how runs of this kind are judged. Raises RunError for one that this version does not know."""
    return kind_of(name).judging


def expected_time(order: Order[Any]) -> float:
    """Return how long an order is expected to take [s]."""
    return kind_of(order.plan.kind).seconds(order)
