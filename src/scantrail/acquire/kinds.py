"""A run's kind: how its plan comes back from a document, how it is taken, how it is judged."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from scantrail.errors import RunError
from scantrail.threshold import ParallelPlan, SerialPlan, ThresholdPlan, scan_parallel, scan_serial

if TYPE_CHECKING:
    from scantrail.acquire.verdict import Family, Verdict
    from scantrail.plots import Figure
    from scantrail.runs import Record


class Kind(NamedTuple):
    """What acquire knows of one kind of run. analysis: name of its results; figure: name of its picture."""

    plan: Callable[[Mapping[str, Any]], ThresholdPlan]
    scan: Callable[..., None]
    judge: "Callable[..., Verdict]"
    compare: "Callable[..., Figure]"
    analysis: str
    figure: str


def _judge(records: "Sequence[Record]", *, family: "Family | None", title: str) -> "Verdict":
    from scantrail.acquire.verdict import judge_threshold_run

    return judge_threshold_run(records, family=family, title=title)


def _compare(runs: "Mapping[str, Sequence[Record]]") -> "Figure":
    from scantrail.acquire.verdict import compare_threshold_runs

    return compare_threshold_runs(runs)


def _threshold(plan: type[ThresholdPlan], scan: Callable[..., None]) -> Kind:
    return Kind(plan.from_document, scan, _judge, _compare, "fit", "threshold_scan.png")


KINDS: dict[str, Kind] = {
    SerialPlan.kind: _threshold(SerialPlan, scan_serial),
    ParallelPlan.kind: _threshold(ParallelPlan, scan_parallel),
}


def kind_of(name: str) -> Kind:
    """Return the kind of this name. Raises RunError for one that this version does not know."""
    if name not in KINDS:
        raise RunError(f"this version does not know runs of the kind {name!r}, only {', '.join(KINDS)}")
    return KINDS[name]
