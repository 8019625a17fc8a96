"""Scans of the SPEC files in tests/data as what was measured: just enough of the format for these files."""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from scantrail.daq import Measured, Quantity

SCANS = Path(__file__).parent.parent / "data" / "scan"


def scans(name: str) -> Iterator[tuple[list[str], list[str], np.ndarray]]:
    """Yield command, labels and columns of every scan in a file."""
    for block in re.split(r"^#S ", (SCANS / name).read_text(), flags=re.MULTILINE)[1:]:
        lines = block.splitlines()
        labels = next(re.split(r"\s{2,}", line[2:].strip()) for line in lines if line.startswith("#L"))
        rows = [line.split() for line in lines[1:] if re.match(r"[-+.\d]", line)]
        yield lines[0].split(), labels, np.array([row for row in rows if len(row) == len(labels)], dtype=float)


def line(name: str, number: int) -> Measured:
    """Return a scan of one motor, its first column, with the counts of its last one."""
    command, labels, table = next(found for found in scans(name) if found[0][0] == str(number))
    index = np.arange(len(table)).reshape(-1, 1)
    axis = Quantity(labels[0], "deg", "setpoint", table[:, 0])
    detector = Quantity(labels[-1], "counts", "counts", table[:, -1])
    return Measured("linear", f"scan {command[0]}", (axis,), (), (detector,), (len(table),), index)


def mesh(name: str, number: int, detector: str) -> Measured:
    """Return a mesh; SPEC names its fast motor first."""
    command, labels, table = next(found for found in scans(name) if found[0][0] == str(number))
    fast, slow = int(command[5]) + 1, int(command[9]) + 1
    place = np.arange(len(table))
    axes = tuple(Quantity(labels[i], "deg", "setpoint", table[:, i]) for i in (1, 0))
    counts = Quantity(detector, "counts", "counts", table[:, labels.index(detector)])
    index = np.stack([place // fast, place % fast], axis=1)
    notes = ("the scan was aborted",) if len(table) < slow * fast else ()
    return Measured("mesh", f"scan {command[0]}", axes, (), (counts,), (slow, fast), index, notes=notes)
