"""CSV files as spreadsheets write them: with a mark of their encoding, with semicolons, with any line ends."""

import codecs
import csv
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scantrail.errors import InputError
from scantrail.tracker.transfer.cells import guard, unguard

DELIMITERS = ",;\t"
_LINE_END = re.compile(r"[\r\n]")


@dataclass(frozen=True, slots=True)
class Record:
    """A row: the line that it begins at, and its cells by heading; an empty cell is an empty text."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CsvTable:
    """A table of a CSV file; the headings are as they are written.

    crooked: lines of more cells than headings, which are no records, and what is wrong with each.
    """

    path: Path
    headings: Sequence[str]
    records: Sequence[Record]
    crooked: Sequence[tuple[int, str]] = ()


def read_csv(path: Path) -> CsvTable:
    """Read a table. Raises InputError, with the line, for what is no CSV file or has no clear headings."""
    text = _text(path)
    rows = _rows(path, text)
    line, headings = next(rows, (1, []))
    headings = [unguard(heading) for heading in headings]
    while headings and not headings[-1].strip():
        headings.pop()  # a spreadsheet that once had more columns
    if not headings:
        raise InputError(f"{path} is empty; its first line must name the columns")
    for number, heading in enumerate(headings, 1):
        if not heading.strip():
            raise InputError(f"{path}, line {line}: column {number} has no heading")
        if headings.index(heading) != number - 1:
            raise InputError(f"{path}, line {line}: two columns are headed {heading!r}")
    records: list[Record] = []
    crooked: list[tuple[int, str]] = []
    for at, row in rows:
        if any(cell.strip() for cell in row[len(headings) :]):
            told = "1 heading" if len(headings) == 1 else f"{len(headings)} headings"
            crooked.append((at, f"{len(row)} cells under {told}; is a cell with a comma not quoted?"))
        elif any(map(str.strip, row)):
            records.append(_record(headings, at, row))
    return CsvTable(path, headings, records, crooked)


def write_csv(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a new file that spreadsheets open without asking, and run nothing of. Raises OSError."""
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)  # its line ends are CR and LF, so that it quotes cells with either
        writer.writerow([guard(heading) for heading in headings])
        writer.writerows([guard(cell) for cell in row] for row in rows)


def _text(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}") from error
    encoding = "utf-16" if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(f'{path}, line {line}: this is not UTF-8; save it as "CSV UTF-8"') from error
    if "\0" in text:
        raise InputError(f"{path} holds NUL characters; it is no CSV file")
    return text


def _rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each record with the line that it begins at."""
    first = _LINE_END.split(text, maxsplit=1)[0]
    skip = first.lower().startswith("sep=") and len(first) == len("sep=,")  # what Excel itself understands
    delimiter = first[-1] if skip else _delimiter(first)
    file = io.StringIO(text, newline="")
    begins = 1
    if skip:
        file.readline()
        begins = 2
    csv.field_size_limit(sys.maxsize)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    offset = begins - 1
    try:
        for row in reader:
            yield begins, row
            begins = reader.line_num + 1 + offset
    except csv.Error as error:
        raise InputError(f"{path}, line {begins}: the quotes are not those of a CSV file ({error})") from error


def _delimiter(line: str) -> str:
    """What parts the headings most often, outside of quotes."""
    outside = "".join(line.split('"')[::2])
    return max(DELIMITERS, key=outside.count)


def _record(headings: Sequence[str], line: int, row: Sequence[str]) -> Record:
    cells = [unguard(cell) for cell in row[: len(headings)]]
    cells += [""] * (len(headings) - len(cells))
    return Record(line, dict(zip(headings, cells, strict=True)))
