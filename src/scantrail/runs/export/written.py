"""What came of an export, and which format can hold which run."""

from collections.abc import Sequence
from dataclasses import dataclass

from scantrail.errors import RunError
from scantrail.runs.export.recorded import Recording, recording
from scantrail.runs.reader import Record

HOLDS = {
    "xdi": "XDI holds absorption spectra alone",
    "spec": "SPEC holds scans of motors over one or two dimensions, and of time, but no spectra",
}
"""What formats that cannot hold every run are for."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many points a file holds; notices: what it lacks and how to have it, a sentence each.

    passes: how many measurements of each energy its points are the mean of.
    """

    points: int
    notices: tuple[str, ...] = ()
    passes: int = 1


def formats_of(records: Sequence[Record]) -> list[str]:
    """Return the formats that can hold runs that go on with one another; none where no point was taken."""
    return _fit(recording(records)) if any(len(record.stream("primary")) for record in records) else []


def refuse_unfit(found: Recording, name: str) -> None:
    """Refuse a run without a point, or of a kind that a format cannot hold. Raises RunError with those that can."""
    number, fit = found.numbers[-1], _fit(found)
    if not len(found.time):
        raise RunError(f"run {number} holds no point, so there is nothing to write")
    if name not in fit:
        kind = found.kind.replace("_", " ")
        raise RunError(f"run {number} is of the kind {kind}, and {HOLDS[name]}; use {' or '.join(fit)}")


def _fit(found: Recording) -> list[str]:
    every = ["csv", "nexus"]
    if "xafs" in found.start:
        return [*every, "xdi"]
    stepped = found.axes and all(found.setpoint(axis) is not None for axis in found.axes)
    return [*every, "spec"] if stepped and len(found.shape) < 3 else every
