"""The database of the hps-svt-tracker, read from a copy: the original is never opened, so nothing can change it."""

import base64
import fcntl
import math
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from scantrail.errors import DatabaseError, InputError, OutputError, Refused
from scantrail.tracker.values import canonical

NAMESPACE = UUID("a5f3c7c2-3e0b-5a52-9f0e-6f1d9ce6c0de")
"""Of the uuids that name rows of the reference."""

BORN_WITH: dict[str, tuple[str, ...]] = {
    "components": (),
    "test_results": ("component_id", "test_date", "test_type"),
    "test_files": ("test_id", "file_path"),
    "installation_history": ("component_id", "position", "installation_date"),
    "connections": ("component_a_id", "component_b_id", "installation_date"),
    "maintenance_log": ("component_id", "log_date", "log_type"),
    "component_images": ("component_id", "image_path"),
}
"""Table -> what a row has from its first day and keeps: with its id, this tells it from the rows of other databases."""

SIDE_FILES = ("-wal", "-journal")
_ATTEMPTS = 5
_LOCKED = (512, 0x40000000)
"""Length and start of the bytes on which SQLite's locks lie, in every version of its files."""
_MUST_HAVE = {"components", "installation_history", "maintenance_log"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the reference: its table, its id there, its values as JSON, and a uuid that is always the same."""

    table: str
    number: str
    values: Mapping[str, Any]
    uuid: str

    @property
    def origin(self) -> str:
        """Where it stands."""
        return f"{self.table} {self.number}"

    def text(self, column: str) -> str:
        """Return a value as text without blanks around it; empty for a column that is null or missing."""
        value = self.values.get(column)
        return "" if value is None else str(value).strip()

    def part(self, name: str, number: int = 0, **values: Any) -> "Row":  # noqa: ANN401 - JSON values
        """Return what one column says as a row of its own: an attached file, a part of a module."""
        told = f"{name} {number}"
        where = f"{self.number}, {number + 1}" if number else self.number
        return Row(f"{self.table}.{name}", where, values, str(uuid5(UUID(self.uuid), f"{told} {canonical(values)}")))


@dataclass(frozen=True, slots=True)
class Reference:
    """A database of the reference implementation: its rows by table, and how many rows of what other tables.

    stamped: (table, column) that SQLite fills with CURRENT_TIMESTAMP by itself; state: sizes and times of its files
    when it was read.
    """

    path: Path
    tables: Mapping[str, list[Row]]
    strange: Mapping[str, int] = field(default_factory=dict)
    stamped: frozenset[tuple[str, str]] = frozenset()
    state: Sequence[tuple[int, int] | None] = ()


def read_reference(path: Path) -> Reference:
    """Read a whole database. Raises InputError for one that is not the reference's, DatabaseError, OutputError."""
    try:
        with _copied(path) as (copy, state), closing(sqlite3.connect(copy)) as connection:
            connection.text_factory = _decoded
            return replace(_read(connection, path), state=state)
    except sqlite3.Error as error:
        raise DatabaseError(f"{path} cannot be read: {error}") from error


@contextmanager
def held(reference: Reference) -> Iterator[None]:
    """Keep other programs out of a database, as one of SQLite does that writes. Raises Refused if one is at work."""
    path = reference.path
    used = f"another program has {path} open; close that, then adopt it"
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb+"))
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, *_LOCKED)
        except BlockingIOError as error:
            raise Refused(used) from error
        except OSError:
            pass  # nobody may write it, or this file system has no locks
        if _state(path) != reference.state:
            raise Refused(used)
        yield


@contextmanager
def _copied(path: Path) -> Iterator[tuple[Path, list[tuple[int, int] | None]]]:
    """Give a copy of a database with whatever belongs to it, taken while nobody wrote, and its state then."""
    if not path.is_file():
        raise InputError(f"there is no file {path} to adopt")
    with tempfile.TemporaryDirectory(prefix="scantrail-adopt-") as place:
        copy = Path(place) / "reference.db"
        for _ in range(_ATTEMPTS):
            before = _state(path)
            try:
                for side in ("", *SIDE_FILES):
                    beside = Path(f"{copy}{side}")
                    beside.unlink(missing_ok=True)
                    if Path(f"{path}{side}").exists():
                        shutil.copyfile(f"{path}{side}", beside)
            except FileNotFoundError:
                continue  # a side file went away under us: somebody is at work
            except OSError as error:
                raise OutputError(f"{path} cannot be copied to be read: {error.strerror}") from error
            if _state(path) == before:
                yield copy, before
                return
        raise DatabaseError(f"{path} is being written by another program; stop that, then adopt it")


def _state(path: Path) -> list[tuple[int, int] | None]:
    found: list[tuple[int, int] | None] = []
    for side in ("", *SIDE_FILES):
        try:
            status = Path(f"{path}{side}").stat()
            found.append((status.st_size, status.st_mtime_ns))
        except FileNotFoundError:
            found.append(None)
    return found


def _read(connection: sqlite3.Connection, path: Path) -> Reference:
    names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
    if lacking := sorted(_MUST_HAVE - set(names)):
        ours = "; it is a database of Scantrail already" if "scantrail_version" in names else ""
        raise InputError(f"{path} is no database of the hps-svt-tracker: it has no table {lacking[0]}{ours}")
    strange = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for name in (name.replace('"', '""') for name in names if name not in BORN_WITH)
        if not name.startswith("sqlite_")
    }
    tables = {name: list(_rows(connection, name)) if name in names else [] for name in BORN_WITH}
    stamped = frozenset(
        (table, column[1])
        for table in tables
        for column in connection.execute(f"PRAGMA table_info({table})")
        if str(column[4]).upper() == "CURRENT_TIMESTAMP"
    )
    return Reference(path, tables, strange, stamped)


def _rows(connection: sqlite3.Connection, table: str) -> Iterator[Row]:
    cursor = connection.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid")
    columns = [column[0] for column in cursor.description][1:]
    seen: dict[str, int] = {}
    for rowid, *values in cursor:
        row = {column: _plain(value) for column, value in zip(columns, values, strict=True)}
        number = str(rowid) if row.get("id") is None else str(row["id"])
        born = {column: row.get(column) for column in BORN_WITH[table]}
        name = canonical([table, number, born])
        again = seen[name] = seen.get(name, -1) + 1  # a table without a key may hold the same row twice
        yield Row(table, number, row, str(uuid5(NAMESPACE, f"{name} {again}" if again else name)))


def _decoded(raw: bytes) -> str:
    """What is not UTF-8 was written by hand, in the encoding of Western Europe."""
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    return text.replace("\0", "\u2400")


def _plain(value: object) -> Any:  # noqa: ANN401 - a JSON value
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
