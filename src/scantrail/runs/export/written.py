"""What came of an export, and which format can hold which run."""

from dataclasses import dataclass

from scantrail.errors import RunError
from scantrail.runs.export.recorded import Recording

HOLDS = {
    "xdi": "XDI holds absorption spectra alone",
    "spec": "SPEC holds scans of one or two dimensions, and of time",
}
"""What formats that cannot hold every run are for."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many points a file holds; notices: what it lacks and how to have it, a sentence each."""

    points: int
    notices: tuple[str, ...] = ()


def refuse_unfit(recording: Recording, name: str) -> None:
    """Refuse a run without a point, or of a kind that a format cannot hold. Raises RunError with those that can."""
    number, fit = recording.numbers[-1], _fit(recording)
    if not len(recording.time):
        raise RunError(f"run {number} holds no point, so there is nothing to write")
    if name not in fit:
        kind = recording.kind.replace("_", " ")
        raise RunError(f"run {number} is of the kind {kind}, and {HOLDS[name]}; use {' or '.join(fit)}")


def _fit(recording: Recording) -> list[str]:
    every = ["csv", "nexus"]
    if "xafs" in recording.start:
        return [*every, "xdi"]
    stepped = recording.axes and all(recording.setpoint(axis) is not None for axis in recording.axes)
    return [*every, "spec"] if stepped and len(recording.shape) < 3 else every
