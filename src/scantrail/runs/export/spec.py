"""A scan of positions or of time as a SPEC data file with one scan.

Source: "Standard SPEC Data File Format", certif.com/spec_help/scans.html: #F and #E begin the file, #S a scan with the
command that took it, #N and #L tell its columns, #C comments.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

import numpy as np

from scantrail.runs.export.grid import positions
from scantrail.runs.export.place import new_file
from scantrail.runs.export.recorded import Floats, Recorded, Recording, recording
from scantrail.runs.export.text import complete, fresh, number, one_line, rows
from scantrail.runs.export.written import Written, refuse_unfit
from scantrail.runs.reader import Record

GAP = "  "
"""What stands between labels, for they may hold single spaces."""
MICROSECONDS = 6
"""Digits of a time [s]."""


def export_spec(records: Sequence[Record], path: Path, worked_out: Sequence[Recorded] = ()) -> Written:
    """Write a scan, given as the runs that took it, oldest first, to the new SPEC file `path`.

    worked_out: columns beside the recorded ones; those that never change stand in comments. Returns how many points
    were written, and what is missing. Raises RunError for a kind that SPEC does not know or a run without a point,
    InputError if the file exists, OutputError; nothing is left behind then.
    """
    with new_file(path) as file:
        return write_spec(records, file, worked_out, name=path.name)


def write_spec(
    records: Sequence[Record], file: TextIO, worked_out: Sequence[Recorded] = (), *, name: str = "scantrail"
) -> Written:
    """Write a scan as SPEC: setpoints first, then readbacks, time and the rest, the signal last.

    Points that lack one of them are left out, and told. Raises RunError as `export_spec`, OSError.
    """
    recorded = recording(records, worked_out)
    refuse_unfit(recorded, "spec")
    axes = list(reversed(recorded.axes)) if len(recorded.shape) > 1 else list(recorded.axes)
    found = complete(_columns(recorded, axes), needed=len(axes))
    for line in (*_file_head(recorded, name), "", *_scan_head(recorded, axes)):
        file.write(f"{line}\n")
    file.write(f"#N {len(found.columns)}\n#L {GAP.join(found.columns)}\n")
    for row in rows(list(found.columns.values())):
        file.write(f"{row}\n")
    if len(recorded.time) < recorded.planned:
        ended = recorded.ended if recorded.ended is not None else float(recorded.time[-1])
        file.write(f"#C {time.ctime(ended)}.  Scan aborted after {len(recorded.time)} points.\n")
    return Written(found.points, tuple(found.notices))


def _columns(recorded: Recording, axes: Sequence[Recorded]) -> dict[str, Floats]:
    """Return the columns by their labels; over a grid the fast axis comes first, as in SPEC."""
    columns = {axis.key: recorded.stepped(axis).floats for axis in axes}
    rest = [(f"{axis.key}_readback", axis.floats) for axis in axes if recorded.stepped(axis) is not axis]
    if len(recorded.shape) > 1:
        rest += [(key, recorded.columns[key].floats) for key in (f"{axis.key}_index" for axis in axes)]
    rest.append(("Epoch", np.round(recorded.time - int(recorded.began), MICROSECONDS)))
    rest += [(other.key, other.floats) for other in recorded.changing]
    incoming = [one for one in recorded.detectors if one.role == "i0"]
    signals = [one for one in recorded.detectors if one.role != "i0"]
    rest += [(one.key, one.floats) for one in (*incoming, *reversed(signals))]
    for label, values in rest:
        columns[fresh(label, columns)] = values
    return columns


def _file_head(recorded: Recording, name: str) -> Iterator[str]:
    ours = recorded.start["scantrail"]
    yield f"#F {one_line(name)}"
    yield f"#E {int(recorded.began)}"
    yield f"#D {time.ctime(recorded.began)}"
    yield f"#C {one_line(recorded.name)}  User = {one_line(ours['operator'])}  host = {one_line(ours['host'])}"


def _scan_head(recorded: Recording, axes: Sequence[Recorded]) -> Iterator[str]:
    ours = recorded.start["scantrail"]
    dwell = number(float(ours["plan"]["dwell_time"]))
    yield f"#S {recorded.numbers[-1]}{GAP}{_command(recorded, axes)} {dwell}"
    yield f"#D {time.ctime(recorded.began)}"
    yield f"#T {dwell}{GAP}(Seconds)"
    yield f"#C taken by Scantrail {ours['version']}, uid {', '.join(recorded.uids)}"
    if ours["components"]:
        yield f"#C components {one_line(', '.join(ours['components']))}"
    for column in recorded.unchanging:
        yield f"#C {column.key} {number(float(column.values[0]))} {one_line(column.unit)}".rstrip()
    for column in (*axes, *recorded.detectors, *recorded.changing):
        if column.unit:
            yield f"#C {column.key} in {one_line(column.unit)}, from {one_line(column.source)}"
        if column.role == "derived":
            yield f"#C {column.key} = {one_line(column.source)}"


def _command(recorded: Recording, axes: Sequence[Recorded]) -> str:
    """Return the macro that takes such a scan, without its dwell."""
    points = recorded.planned
    if all(recorded.stepped(axis) is axis for axis in axes):  # nothing but time passed
        return f"loopscan{GAP}{points}"
    if recorded.kind == "list":
        return f"listscan{GAP}{axes[0].key} {points}"
    ways = [_way(recorded, axis) for axis in axes]
    if len(recorded.shape) > 1:
        each = zip(ways, reversed(recorded.shape), strict=True)
        return f"mesh{GAP}" + GAP.join(f"{way} {count - 1}" for way, count in each)
    macro = "ascan" if len(ways) == 1 else f"a{len(ways)}scan"
    return f"{macro}{GAP}{GAP.join(ways)}{GAP}{points - 1}"


def _way(recorded: Recording, axis: Recorded) -> str:
    """Return an axis with where it was to start and to stop."""
    there = positions(recorded, axis)
    last = there[-1] if np.isfinite(there[-1]) else there[0]
    return f"{axis.key} {number(float(there[0]))} {number(float(last))}"
