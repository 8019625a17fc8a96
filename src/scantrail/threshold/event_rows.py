"""Recorded events from CSV, one a line: timestamp, top, mid, btm, adc, tmp, atm, hmd, as haniwers writes them.

Without a header the eight columns stand in this order. Under a header they may stand in any, other columns are passed
over, and only timestamp, top, mid and btm are needed. A timestamp is ISO 8601 (UTC unless it has an offset) or unix
seconds. Hits are 0-10; other cells may be empty.

A line that cannot be read is left out and counted, as long as fewer than 1 % of a file's lines are such; from there on
the file is refused. The last line may be torn besides: that is how a program ends that is killed while it writes.
"""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from scantrail.errors import InputError
from scantrail.threshold.event_table import COLUMNS, Row, Table, table_of
from scantrail.threshold.osechi.events import MOST_HITS

NEEDED = 4
"""The first of COLUMNS, without which a line is no event."""
MOST_BROKEN = 0.01
"""Share of a file's lines from which on unreadable lines refuse it."""
LATEST = 253_402_300_800.0
"""Unix time [s] at which the year 10000 begins; larger numbers are in other units."""


class _Layout(NamedTuple):
    """Cells in a line, and where each of COLUMNS stands; None if it does not."""

    width: int
    places: tuple[int | None, ...]


class _Broken(NamedTuple):
    line: int
    reason: str


def read_rows(path: Path) -> Table:
    """Read a CSV of events in the order of its lines. Raises InputError naming file and line."""
    lines = _lines(path)
    layout = _layout(path, *lines[0]) if lines else None
    if layout is not None:
        del lines[0]
    layout = layout or _Layout(len(COLUMNS), tuple(range(len(COLUMNS))))
    rows: list[Row] = []
    broken: list[_Broken] = []
    naive = 0
    for number, line in lines:
        try:
            row, without_offset = _row(line, layout)
        except ValueError as error:
            broken.append(_Broken(number, str(error)))
            continue
        rows.append(row)
        naive += without_offset
    torn = bool(broken) and broken[-1].line == lines[-1][0] and not lines[-1][1].endswith("\n")
    notices = _judge(path, broken[:-1] if torn else broken, len(lines))
    if torn:
        notices.append(f"{path}: its last line is torn and was left out.")
    if naive:
        notices.append(f"{path}: timestamps without an offset are taken as UTC.")
    return table_of(rows, None, "unix", notices)


def _lines(path: Path) -> list[tuple[int, str]]:
    try:
        # a power cut leaves bytes that are no text: they break a line, not the file
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            return [(number, line) for number, line in enumerate(file, 1) if line.strip()]
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}.") from error


def _cells(line: str) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(",")]


def _layout(path: Path, number: int, line: str) -> _Layout | None:
    """Where the columns stand if this line is a header."""
    names = [name.lower() for name in _cells(line)]
    if not set(names) & set(COLUMNS):
        return None
    missing = [name for name in COLUMNS[:NEEDED] if name not in names]
    if missing:
        raise InputError(f"{path}, line {number}: the header lacks {', '.join(missing)}.")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise InputError(f"{path}, line {number}: the header names {', '.join(twice)} more than once.")
    return _Layout(len(names), tuple(names.index(name) if name in names else None for name in COLUMNS))


def _row(line: str, layout: _Layout) -> tuple[Row, bool]:
    """Return the event of a line, and whether its timestamp has no offset. Raises ValueError saying what is wrong."""
    cells = _cells(line)
    if len(cells) != layout.width:
        raise ValueError(f"{len(cells)} columns where {layout.width} are expected ({', '.join(COLUMNS)})")
    when, *others = ("" if place is None else cells[place] for place in layout.places)
    time, naive = _time(when)
    hits = (_hits(name, cell) for name, cell in zip(COLUMNS[1:NEEDED], others[: NEEDED - 1], strict=True))
    rest = (_number(name, cell) for name, cell in zip(COLUMNS[NEEDED:], others[NEEDED - 1 :], strict=True))
    return (time, *hits, *rest), naive


def _time(cell: str) -> tuple[float, bool]:
    try:
        if ":" in cell or "-" in cell:
            moment = datetime.fromisoformat(cell)
            naive = moment.tzinfo is None
            time = (moment.replace(tzinfo=UTC) if naive else moment).timestamp()
        else:
            time, naive = _plain(cell), False
    except (ValueError, OverflowError):
        time = math.nan
    if not 0.0 <= time < LATEST:
        raise ValueError(f"timestamp is {cell!r}, ISO 8601 or unix seconds are needed")
    return time, naive


def _hits(name: str, cell: str) -> float:
    try:
        value = _plain(cell)
    except ValueError:
        value = math.nan
    if not (0.0 <= value <= MOST_HITS and value == int(value)):
        raise ValueError(f"{name} is {cell!r}, a whole number from 0 to {MOST_HITS} is needed")
    return value


def _number(name: str, cell: str) -> float:
    try:
        value = _plain(cell) if cell else math.nan
    except ValueError:
        value = math.inf
    if math.isinf(value):
        raise ValueError(f"{name} is {cell!r}, a number is needed")
    return value


def _plain(cell: str) -> float:
    if "_" in cell:  # Python's own way to write numbers, not a file's
        raise ValueError
    return float(cell)


def _judge(path: Path, broken: Sequence[_Broken], lines: int) -> list[str]:
    """Say which lines were left out. Raises InputError if they are too many."""
    if not broken:
        return []
    line, reason = broken[0]
    if len(broken) >= MOST_BROKEN * lines:
        more = f" ({len(broken)} of {lines} lines cannot be read)" if len(broken) > 1 else ""
        raise InputError(f"{path}, line {line}: {reason}{more}.")
    said = "line was" if len(broken) == 1 else "lines were"
    return [f"{path}: {len(broken)} of {lines} {said} left out, the first is line {line}: {reason}."]
