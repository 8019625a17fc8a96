"""One stream of a run, or of runs that go on with one another, as CSV."""

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from scantrail.errors import RunError
from scantrail.runs.export.place import new_file
from scantrail.runs.reader import Record
from scantrail.runs.stamps import iso

PRIMARY = "primary"
TIME = "timestamp"


def export_csv(records: Sequence[Record], path: Path, stream: str = PRIMARY) -> int:
    """Write one stream to the new file `path` as `write_csv` does, and return its number of rows.

    Raises InputError if the file exists, RunError if no run has the stream, OutputError; nothing is left behind then.
    """
    with new_file(path) as file:
        return write_csv(records, file, stream)


def write_csv(records: Sequence[Record], file: TextIO, stream: str = PRIMARY) -> int:
    """Write the rows of one stream, run after run, below one header, and return their number.

    The first column is the time of each row, ISO 8601 UTC; the others are those of the descriptors, in their order. A
    value that a row has not, or that is not a number, is empty. Lines end in a newline alone, so `file` must be opened
    with newline="". Raises RunError if no run has the stream, OSError.
    """
    columns = _columns(records, stream)
    out = csv.writer(_Lines(file), lineterminator="\r\n")
    out.writerow([_time_column(columns), *columns])
    written = 0
    for row in _rows(records, stream, columns):
        out.writerow(row)
        written += 1
    return written


class _Lines:
    """Ends each line in a newline alone; told to do so, csv would leave a text with a carriage return unquoted."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, line: str) -> None:
        self._file.write(line.removesuffix("\r\n") + "\n")


def _columns(records: Iterable[Record], stream: str) -> list[str]:
    found: dict[str, None] = {}
    others: dict[str, None] = {}
    for record in records:
        others |= dict.fromkeys(record.descriptors)
        for descriptor in record.descriptors.get(stream, ()):
            found |= dict.fromkeys(descriptor["data_keys"])
    if stream not in others:
        raise RunError(f"the run has no stream {stream!r}; it has {', '.join(others) or 'none'}")
    return list(found)


def _time_column(columns: Sequence[str]) -> str:
    name = TIME
    while name in columns:
        name += "_"
    return name


def _rows(records: Iterable[Record], stream: str, columns: Sequence[str]) -> Iterator[list[object]]:
    for record in records:
        table = record.stream(stream)
        for time, row in zip(table.time, table.rows(), strict=True):
            yield [iso(time), *(_cell(row.get(column)) for column in columns)]


def _cell(value: object) -> object:
    is_nan = isinstance(value, float) and math.isnan(value)
    return "" if value is None or is_nan else value
