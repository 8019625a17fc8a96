"""A scan of a SPEC file as what was measured: what its command says of axes and shape, and which columns counted."""

import re
from collections.abc import Mapping, Sequence
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.files.lines import NUMBER
from scantrail.daq.files.spec import SpecScan
from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.errors import InputError

CLOCK = re.compile(r"epoch|seconds|(^|[_ ])time$|^elapsed$", re.IGNORECASE)
"""Labels of columns that hold time."""
LINE = re.compile(r"[ad]scan|lup", re.IGNORECASE)
LOCKSTEP = re.compile(r"[ad]([2-9])scan", re.IGNORECASE)
MESH = re.compile(r"d?mesh", re.IGNORECASE)
TIME = re.compile(r"loopscan|timescan|time", re.IGNORECASE)
LIST = re.compile(r"listscan", re.IGNORECASE)
MOST = 10_000_000
"""More points than any scan takes."""


class _Way(NamedTuple):
    """A motor's way as a command has it: where from and to, in how many intervals."""

    start: float
    stop: float
    intervals: int


class _Command(NamedTuple):
    """What a command says. axes: how many columns are axes, of a mesh the fast one first."""

    kind: str
    axes: int
    shape: tuple[int, ...]
    ways: tuple[_Way, ...] = ()
    note: str = ""


def measured_of_spec(scan: SpecScan) -> Measured:
    """Return what a scan measured. The axes of a mesh are where the command sent the motors, the columns readbacks.

    SPEC knows no units, but our own export tells them in comments. The detectors are those that the file names, else
    the counters, which stand behind the time; the last column, which SPEC takes for the signal, comes first. Raises
    InputError if it holds no point, or plans more than any scan takes.
    """
    if not scan.points:
        raise InputError(f"{scan.name} holds no point")
    command = _understood(scan)
    labels = list(scan.columns)
    axes = labels[: command.axes]
    index, shape = np.arange(scan.points, dtype=np.intp).reshape(-1, 1), command.shape
    if command.kind == "mesh":
        axes = axes[::-1]
        index = _grid(scan, axes, command)
        shape = tuple(int(most) for most in np.maximum(shape, index.max(axis=0) + 1))
    if (planned := prod(shape)) > MOST:
        raise InputError(f"{scan.name} is of {planned} points, more than the {MOST} that one scan takes")
    units = _units(scan) | ({axes[0]: "s"} if command.kind == "time" else {})
    where, readbacks = _positions(scan, axes, command, index, units)
    return Measured(
        kind=command.kind,
        title=f"{scan.name}: {scan.command}",
        axes=where,
        readbacks=readbacks,
        detectors=tuple(
            Quantity(label, units.get(label, ""), "counts", scan.columns[label]) for label in _counters(scan, axes)
        ),
        shape=shape,
        index=index,
        notes=tuple(filter(None, (command.note, _ended(scan, planned)))),
        dwell=None if scan.dwell is None else np.full(scan.points, scan.dwell),
    )


def _ended(scan: SpecScan, planned: int) -> str:
    """Say how a scan ended that was ended before its time."""
    if scan.points < planned:
        return f"the scan was aborted: {scan.points} of {planned} points were measured"
    return f"the scan was aborted after {scan.points} points" if scan.aborted else ""


# --- the command ------------------------------------------------------------------------------------------------------


def _understood(scan: SpecScan) -> _Command:
    """Return what the command says, as far as it fits the columns and points that are there."""
    macro, *words = scan.command.split() or [""]
    rows, most = scan.points, len(scan.columns)
    if MESH.fullmatch(macro) and most >= 2 and len(ways := _ways(words)) == 2:
        slow_and_fast = tuple(way.intervals + 1 for way in reversed(ways))
        known = () if macro.lower().startswith("d") else tuple(reversed(ways))
        return _Command("mesh", 2, slow_and_fast, known)
    if LINE.fullmatch(macro) and (ways := _ways(words)):
        return _Command("linear", 1, (max(rows, ways[-1].intervals + 1),))
    if (found := LOCKSTEP.fullmatch(macro)) and 1 < int(found[1]) < most:
        return _Command("lockstep", int(found[1]), (max(rows, _count(words, 3 * int(found[1])) + 1),))
    if TIME.fullmatch(macro):
        return _Command("time", 1, (max(rows, _count(words, 0) if macro.lower() == "loopscan" else 0),))
    if LIST.fullmatch(macro):
        return _Command("list", 1, (max(rows, _count(words, 1)),))
    return _Command(
        "linear", 1, (rows,), note=f"the command {macro!r} is not known: the first column is taken for the axis"
    )


def _ways(words: Sequence[str]) -> list[_Way]:
    """Return the ways in "MOTOR START STOP INTERVALS MOTOR START STOP INTERVALS … TIME"."""
    found = []
    for i in range(0, len(words) - 3, 4):
        start, stop, intervals = words[i + 1 : i + 4]
        if not (NUMBER.fullmatch(start) and NUMBER.fullmatch(stop) and re.fullmatch(r"\d{1,7}", intervals)):
            return []
        found.append(_Way(float(start), float(stop), int(intervals)))
    return found


def _count(words: Sequence[str], place: int) -> int:
    """Return the whole number at a place of a command, 0 if there is none."""
    return int(words[place]) if place < len(words) and re.fullmatch(r"\d{1,7}", words[place], re.ASCII) else 0


# --- places and positions ---------------------------------------------------------------------------------------------


def _grid(scan: SpecScan, axes: Sequence[str], command: _Command) -> NDArray[np.intp]:
    """Return the place of each point of a mesh, slow and fast: as columns of the file tell, else row after row.

    A row that the fast motor went backwards, as a snake does, is known by where the motor stood.
    """
    told = [scan.columns.get(f"{axis}_index") for axis in axes]
    slow, fast = told
    if slow is not None and fast is not None and _are_places(slow) and _are_places(fast):
        return np.stack([slow, fast], axis=1).astype(np.intp)
    place, length = np.arange(scan.points), command.shape[1]
    rows, steps = place // length, place % length
    if command.ways:
        way = np.linspace(command.ways[1].start, command.ways[1].stop, length)
        off = np.abs(scan.columns[axes[1]] - [way[steps], way[::-1][steps]])
        for row in range(rows[-1] + 1):
            forth, back = np.nansum(off[:, rows == row], axis=1)
            if back < forth:
                steps[rows == row] = length - 1 - steps[rows == row]
    return np.stack([rows, steps], axis=1).astype(np.intp)


def _are_places(values: Floats) -> bool:
    return bool(np.all((values >= 0) & (values < MOST) & (values == np.round(values))))


def _positions(
    scan: SpecScan,
    axes: Sequence[str],
    command: _Command,
    index: NDArray[np.intp],
    units: Mapping[str, str],
) -> tuple[tuple[Quantity, ...], tuple[Quantity, ...]]:
    """Return where the axes were sent and where they stood, if both are known; else where they stood as the former."""

    def quantity(axis: str, role: str, values: Floats) -> Quantity:
        return Quantity(axis, units.get(axis, ""), role, values)

    if all(f"{axis}_readback" in scan.columns for axis in axes):
        readbacks = tuple(quantity(axis, "axis", scan.columns[f"{axis}_readback"]) for axis in axes)
        return tuple(quantity(axis, "setpoint", scan.columns[axis]) for axis in axes), readbacks
    if not command.ways:
        return tuple(quantity(axis, "setpoint", scan.columns[axis]) for axis in axes), ()
    sent = []
    for number, (axis, way) in enumerate(zip(axes, command.ways, strict=True)):
        length = max(way.intervals + 1, int(index[:, number].max()) + 1)
        step = (way.stop - way.start) / max(way.intervals, 1)
        where = np.asarray(way.start + step * np.arange(length), dtype=np.float64)
        sent.append(quantity(axis, "setpoint", where[index[:, number]]))
    return tuple(sent), tuple(quantity(axis, "axis", scan.columns[axis]) for axis in axes)


def _units(scan: SpecScan) -> dict[str, str]:
    """Return the units that comments of our own export tell, by label: "x in um, from tcp://…"."""
    if not any(comment.startswith("taken by Scantrail ") for comment in scan.comments):
        return {}
    told = (re.fullmatch(r"(\S+) in (.+?), from .*", comment) for comment in scan.comments)
    return {found[1]: found[2] for found in told if found}


# --- detectors --------------------------------------------------------------------------------------------------------


def _counters(scan: SpecScan, axes: Sequence[str]) -> list[str]:
    """Return the labels of the detectors, the signal first."""
    beside = {f"{axis}_{what}" for axis in axes for what in ("readback", "index")}
    rest = [label for label in scan.columns if label not in {*axes, *beside}]
    named = [label for label in rest if label in scan.detectors]
    clocks = [i for i, label in enumerate(rest) if CLOCK.search(label)]
    counters = named or rest[clocks[-1] + 1 if clocks else 0 :]
    return [*counters[-1:], *counters[:-1]]
