"""Columns of numbers in a text file, as instruments and spreadsheets write them, each bad cell told by line and column.

Delimiters, comments, encodings, decimal commas and words before the header are taken as they come; what a column is
called and measured in is left to a chooser, for only the reader of sweeps knows what a sweep needs.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import isfinite, nan
from pathlib import Path
from typing import NamedTuple

from scantrail.errors import InputError
from scantrail.tracker.heading import UNIT, Heading, heading

LARGEST = 64 << 20
"""Bytes above which a file is not read."""
LONGEST_LINE = 100_000
"""Characters of a line beyond which it is no row of a table."""
DEEPEST_HEADER = 500
"""Lines within which a header stands."""
FEW = 5
"""Rows below a header, one of which at least has as many cells."""
OVERFLOW = 9.9e37
"""What a SCPI instrument writes for a reading beyond its range; 9.91e37 is its word for none (SCPI-99, 7.2.1)."""
MOST_TOLD = 10
"""Bad cells of a file that are told one by one."""

_LINES = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"\s*(?:#|%|!|//|\*)+")
_BLANKS = re.compile(r"\s+")
_BEFORE_A_UNIT = re.compile(r"\s+(?=[(\[{])")
_DELIMITERS = ("\t", ";", ",", "|", " ")
_DECIMAL_POINT_ONLY = (",", "|")


class Number(NamedTuple):
    """A column, and the factor and offset that bring its numbers to the unit wanted."""

    column: int
    factor: float = 1.0
    offset: float = 0.0


Chooser = Callable[[Sequence[Heading]], Mapping[str, Number] | None]
"""Headings -> role -> column; None if they are not those of what is looked for. May raise InputError."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What was read. headings: role -> the column's; values: role -> numbers, NaN for a hole.

    breaks: rows before which there was a blank line or the header again; problems: what could not be read, a sentence
    each.
    """

    headings: Mapping[str, Heading]
    values: Mapping[str, tuple[float, ...]]
    breaks: frozenset[int]
    problems: tuple[str, ...]


def read_columns(path: Path, name: str, choose: Chooser) -> Columns | None:
    """Read the columns that `choose` finds under the file's header; None if it has no such header, or is no text.

    name: what the sentences call the file. Raises InputError for a file that is missing or larger than 64 MB, and
    whatever `choose` raises.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise InputError(f"{name} is larger than {LARGEST >> 20} MB and is not read")
        text = _decoded(path.read_bytes())
    except OSError as error:
        raise InputError(f"{name} cannot be read: {error.strerror}") from error
    if text is None:
        return None
    lines = _LINES.split(text)
    found = _header(lines, choose)
    return None if found is None else _columns(lines, found, name)


def _decoded(content: bytes) -> str | None:
    """UTF-8, UTF-16 with its mark, or else Latin-1, in which older instruments write µ and °; None for no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


class _Header(NamedTuple):
    line: int
    delimiter: str
    headings: tuple[Heading, ...]
    roles: Mapping[str, Number]


def _header(lines: Sequence[str], choose: Chooser) -> _Header | None:
    """The first line that names what is looked for, parted so that a line below it has as many cells."""
    top = lines[: DEEPEST_HEADER + FEW]
    for i, line in enumerate(top[:DEEPEST_HEADER]):
        bare = _COMMENT.sub("", line, count=1)
        rows = [*islice((each for each in top[i + 1 :] if each.strip() and not _COMMENT.match(each)), FEW)]
        for delimiter in _DELIMITERS:
            cells = _split(_BEFORE_A_UNIT.sub("_", bare) if delimiter == " " else bare, delimiter)
            below = [_split(row, delimiter) for row in rows]
            if len(cells) < 2 or (below and not any(_length(row) == _length(cells) for row in below)):
                continue
            headings = tuple(map(heading, cells))
            if below and _are_units(below[0]):
                units = (cell.strip("()[] ") for cell in below[0])
                headings = tuple(replace(one, unit=unit) for one, unit in zip(headings, units, strict=False))
            if (roles := choose(headings)) is not None:
                return _Header(i, delimiter, headings, roles)
    return None


def _length(cells: Sequence[str]) -> int:
    """Cells up to the last that is not empty."""
    return max((i for i, cell in enumerate(cells, start=1) if cell), default=0)


def _are_units(cells: Sequence[str]) -> bool:
    return all(UNIT.fullmatch(cell.strip("()[] ")) for cell in cells)


def _split(line: str, delimiter: str) -> list[str]:
    if len(line) > LONGEST_LINE:
        return [line]
    if delimiter == " ":
        return _BLANKS.split(line.strip())
    cells = next(csv.reader([line.strip(" ")], delimiter=delimiter, skipinitialspace=True), [""])
    return [cell.strip() for cell in cells]


def _columns(lines: Sequence[str], header: _Header, name: str) -> Columns:
    values: dict[str, list[float]] = {role: [] for role in header.roles}
    breaks: set[int] = set()
    problems: list[str] = []
    rows = 0
    for number, line in enumerate(lines[header.line + 1 :], start=header.line + 2):
        if _COMMENT.match(line):
            continue
        if not line.strip() or line == lines[header.line]:
            breaks.add(rows)
            continue
        cells = _split(line, header.delimiter)
        if not rows and _are_units(cells):
            continue
        for role, (value, problem) in zip(header.roles, _numbers(cells, header), strict=True):
            values[role].append(value)
            if problem:
                problems.append(f"{name} line {number}{problem}")
        rows += 1
    headings = {role: header.headings[number.column] for role, number in header.roles.items()}
    told = problems[:MOST_TOLD]
    if len(problems) > MOST_TOLD:
        told.append(f"{name} has {len(problems) - MOST_TOLD} more cells that cannot be read")
    return Columns(headings, {role: tuple(column) for role, column in values.items()}, frozenset(breaks), tuple(told))


def _numbers(cells: Sequence[str], header: _Header) -> Iterator[tuple[float, str]]:
    """The number of each role in a row, and what is wrong with it; a row that is too long is left out whole."""
    if any(cells[len(header.headings) :]):
        said = f" has {_length(cells)} cells under {len(header.headings)} headings and is left out"
        yield from ((nan, "" if i else said) for i, _ in enumerate(header.roles))
        return
    for number in header.roles.values():
        title = header.headings[number.column].text
        value, problem = nan, "there is no cell"
        if number.column < len(cells):
            value, problem = _number(cells[number.column], header.delimiter)
        yield value * number.factor + number.offset, f", column {title}: {problem}" if problem else ""


def _number(cell: str, delimiter: str) -> tuple[float, str]:
    if not cell or cell.lower() == "nan":
        return nan, ""
    decimal_comma = delimiter not in _DECIMAL_POINT_ONLY and cell.count(",") == 1 and "." not in cell
    try:
        value = float(cell.replace(",", ".") if decimal_comma else cell)
    except ValueError:
        value = nan
    if not isfinite(value) or "_" in cell:
        return nan, f"{_short(cell)} is no number"
    if abs(value) >= OVERFLOW:
        return nan, f"{_short(cell)} is what an instrument writes for no reading"
    return value, ""


def _short(cell: str) -> str:
    return repr(cell if len(cell) <= 40 else f"{cell[:39]}…")
