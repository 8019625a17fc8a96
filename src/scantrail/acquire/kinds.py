"""A run's kind: how its plan comes back from a document, how it is taken, how it is judged."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scantrail.acquire.verdict import Verdict, compare_threshold_runs, judge_threshold_run
from scantrail.errors import RunError
from scantrail.plots import Figure
from scantrail.threshold import FIT, ParallelPlan, SerialPlan, ThresholdPlan, scan_parallel, scan_serial


class Kind(NamedTuple):
    """What acquire knows of one kind of run. analysis: name of its results; figure: name of its picture."""

    plan: Callable[[Mapping[str, Any]], ThresholdPlan]
    scan: Callable[..., None]
    judge: Callable[..., Verdict]
    compare: Callable[..., Figure]
    analysis: str
    figure: str


def _threshold(plan: type[ThresholdPlan], scan: Callable[..., None]) -> Kind:
    return Kind(plan.from_document, scan, judge_threshold_run, compare_threshold_runs, FIT, "threshold_scan.png")


KINDS: dict[str, Kind] = {
    SerialPlan.kind: _threshold(SerialPlan, scan_serial),
    ParallelPlan.kind: _threshold(ParallelPlan, scan_parallel),
}


def kind_of(name: str) -> Kind:
    """Return the kind of this name. Raises RunError for one that this version does not know."""
    if name not in KINDS:
        raise RunError(f"this version does not know runs of the kind {name!r}, only {', '.join(KINDS)}")
    return KINDS[name]
