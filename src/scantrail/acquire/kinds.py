"""A run's kind: how its plan comes back from a document, and how it is taken."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from scantrail.errors import RunError
from scantrail.threshold import ParallelPlan, SerialPlan, ThresholdPlan, scan_parallel, scan_serial


class Kind(NamedTuple):
    """What acquire knows of one kind of run."""

    plan: Callable[[Mapping[str, Any]], ThresholdPlan]
    scan: Callable[..., None]


KINDS: dict[str, Kind] = {
    SerialPlan.kind: Kind(SerialPlan.from_document, scan_serial),
    ParallelPlan.kind: Kind(ParallelPlan.from_document, scan_parallel),
}


def kind_of(name: str) -> Kind:
    """Return the kind of this name. Raises RunError for one that this version cannot take."""
    if name not in KINDS:
        raise RunError(f"this version cannot take runs of the kind {name!r}, only {', '.join(KINDS)}")
    return KINDS[name]
