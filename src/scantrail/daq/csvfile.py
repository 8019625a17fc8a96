"""The CSV of a scan: a header block of `# key: JSON` lines if asked for, a row of names, a row a point."""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from scantrail.errors import InputError, OutputError

TIMESTAMP = "timestamp"


class Content(NamedTuple):
    """What a file holds: its header block, the names of its columns, and their values."""

    header: dict[str, Any]
    names: list[str]
    columns: list[list[float]]


def write(
    path: Path,
    names: Sequence[str],
    rows: Iterable[Sequence[float]],
    header: Mapping[str, Any],
    *,
    delimiter: str,
    overwrite: bool,
    saved: str,
) -> None:
    """Write a CSV; the first value of a row is its timestamp [s]. `saved` says where the data are kept besides.

    Raises InputError if the file exists and may not be overwritten, OutputError if it cannot be written.
    """
    try:
        with path.open("w" if overwrite else "x", encoding="utf-8", newline="") as file:
            for key, value in header.items():
                file.write(f"# {key}: {json.dumps(value, default=str)}\n")
            writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
            writer.writerow(names)
            for time, *values in rows:
                writer.writerow([f"{time:.6f}", *values])
    except FileExistsError:
        raise InputError(f"{path} exists and is not overwritten; give another name or overwrite=True{saved}") from None
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}{saved}") from error


def read(path: Path, delimiter: str) -> Content:
    """Read a CSV back. Raises InputError naming the line that does not fit, OutputError if it cannot be read."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is no CSV: {error}") from error
    block = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    names, *rows = list(csv.reader(lines[block:], delimiter=delimiter)) or [[]]
    if not names or names[0] != TIMESTAMP:
        raise InputError(f'{path}, line {block + 1}: the first column must be "{TIMESTAMP}"')
    columns: list[list[float]] = [[] for _ in names]
    for number, row in enumerate(rows, block + 2):
        try:
            for column, text in zip(columns, row, strict=True):
                column.append(float(text))
        except ValueError:
            raise InputError(f"{path}, line {number}: {len(names)} numbers are needed, not {row}") from None
    return Content(_header(path, lines[:block]), names, columns)


def _header(path: Path, lines: Iterable[str]) -> dict[str, Any]:
    header = {}
    for number, line in enumerate(lines, 1):
        key, _, value = line.removeprefix("#").partition(":")
        try:
            header[key.strip()] = json.loads(value)
        except ValueError:
            raise InputError(f'{path}, line {number}: "# key: JSON" is needed, not {line!r}') from None
    return header
