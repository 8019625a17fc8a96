"""Scans of the SPEC files in tests/data as what was measured, with the units that SPEC does not tell."""

from dataclasses import replace
from pathlib import Path

from scantrail.daq import Measured, read_measured

SCANS = Path(__file__).parent.parent / "data" / "scan"


def line(name: str, number: int) -> Measured:
    """Return a scan of one motor, with the counts of its signal."""
    read = read_measured(SCANS / name, number)
    return _counted(read, read.detectors[0].name)


def mesh(name: str, number: int, detector: str) -> Measured:
    """Return a mesh, with the counts of one detector."""
    return _counted(read_measured(SCANS / name, number), detector)


def _counted(read: Measured, detector: str) -> Measured:
    chosen = next(one for one in read.detectors if one.name == detector)
    axes = tuple(replace(axis, unit="deg") for axis in read.axes)
    return replace(read, axes=axes, readbacks=(), detectors=(replace(chosen, unit="counts"),))
