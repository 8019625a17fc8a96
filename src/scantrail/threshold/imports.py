"""Counting curves from files that other programs wrote: the seeds' CSVs and haniwers' headerless tables.

The seeds' columns, in any order under a header: timestamp, channel, threshold, event_count. haniwers' `serial.csv` and
`parallel.csv` have none: timestamp, event_count, thresholds of channels 1-3, events of top, mid, btm.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from scantrail.errors import InputError
from scantrail.station import CHANNELS, LABELS
from scantrail.threshold.curves import CountingCurve

COLUMNS = ("timestamp", "channel", "threshold", "event_count")
HANIWERS_FIELDS = 8
SUPPRESSED = 1000
"""haniwers silences a channel with 1000 or 1023: from here on a row says nothing of it."""

MOST = 10**12
"""Larger numbers are no counts."""

Line = tuple[int, list[str]]


def read_curves(files: Iterable[Path], live: float) -> list[CountingCurve]:
    """Read the curves in `files`, by channel; `live` [s] is the time of every window, which such files do not hold.

    Raises InputError naming file, line and what would be right.
    """
    curves: dict[int, CountingCurve] = {}
    for path in files:
        points = list(_points(path))
        if not points:
            raise InputError(f"{path} holds no point of a scan: no row, or every channel suppressed in all of them")
        for channel, threshold, counts in points:
            curve = curves.setdefault(channel, CountingCurve(channel, f"ch{channel}", LABELS.get(channel, "")))
            curve.add(threshold, counts, live)
    return [curves[channel] for channel in sorted(curves)]


def _points(path: Path) -> Iterator[tuple[int, int, int]]:
    lines = _lines(path)
    if not lines:
        raise InputError(f"{path} is empty; a scan's CSV has the columns {', '.join(COLUMNS)}")
    names = [cell.strip().lower() for cell in lines[0][1]]
    if "threshold" in names or "channel" in names:
        yield from _seed_points(path, names, lines[1:])
    elif len(names) == HANIWERS_FIELDS:
        yield from _haniwers_points(path, lines)
    else:
        raise InputError(
            f"{path}, line {lines[0][0]}: neither the header {','.join(COLUMNS)} nor the {HANIWERS_FIELDS} columns of "
            f"a haniwers scan (timestamp, event_count, ch1, ch2, ch3, top, mid, btm), but {len(names)} columns"
        )


def _seed_points(path: Path, names: Sequence[str], lines: Iterable[Line]) -> Iterator[tuple[int, int, int]]:
    missing = [name for name in COLUMNS[1:] if name not in names]
    if missing:
        raise InputError(f"{path}: the header lacks {', '.join(missing)}; it must name {', '.join(COLUMNS)}")
    places = [names.index(name) for name in COLUMNS[1:]]
    for number, cells in lines:
        _check_width(path, number, cells, len(names))
        channel, threshold, counts = (
            _whole(path, number, name, cells[place]) for name, place in zip(COLUMNS[1:], places, strict=True)
        )
        if channel not in CHANNELS:
            raise InputError(f"{path}, line {number}: channel {channel} must be one of {', '.join(map(str, CHANNELS))}")
        yield channel, threshold, counts


def _haniwers_points(path: Path, lines: Iterable[Line]) -> Iterator[tuple[int, int, int]]:
    for number, cells in lines:
        _check_width(path, number, cells, HANIWERS_FIELDS)
        for i, channel in enumerate(CHANNELS):
            threshold = _whole(path, number, f"ch{channel}", cells[2 + i])
            counts = _whole(path, number, LABELS[channel], cells[5 + i])
            if threshold < SUPPRESSED:
                yield channel, threshold, counts


def _lines(path: Path) -> list[Line]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            return [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except UnicodeDecodeError:
        raise InputError(f"cannot read {path}: it is no text in UTF-8; a scan's CSV is needed") from None
    except (OSError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot read {path}: {reason}") from error


def _check_width(path: Path, number: int, cells: Sequence[str], width: int) -> None:
    if len(cells) != width:
        raise InputError(f"{path}, line {number}: {len(cells)} columns where {width} are expected")


def _whole(path: Path, number: int, name: str, cell: str) -> int:
    try:
        value = float(cell)
        whole = int(value)
    except (ValueError, OverflowError):
        raise InputError(f"{path}, line {number}: {name} is {cell.strip()!r}, a whole number is needed") from None
    if whole != value or not 0 <= whole <= MOST:
        raise InputError(f"{path}, line {number}: {name} is {cell.strip()!r}, a whole number from 0 on is needed")
    return whole
