"""One open database: reading sees one consistent snapshot, writing is one transaction that waits its turn."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from scantrail.db.failures import explained
from scantrail.db.location import render, sqlite_path
from scantrail.db.migrate import prepare
from scantrail.db.sqlite import WRITES, checkpoint, sqlite_engine
from scantrail.errors import DatabaseError, InputError

TIMEOUT = 30.0  # s; eight writers at once each get their turn long before

_SNAPSHOT: dict[str, dict[str, Any]] = {
    "sqlite": {WRITES: False},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
_WRITING: dict[str, Any] = {WRITES: True}

# a connection that Ctrl-C closes is told to whoever set up logging, not to the terminal: the command says it itself
logging.getLogger("sqlalchemy").addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Database:
    """An open database; a context manager. Made by `open_database`. `url` may hold a password, `name` never does."""

    url: str = field(repr=False)
    engine: Engine
    timeout: float
    _reading: Engine = field(init=False, repr=False, compare=False)
    _writing: Engine = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        options = _SNAPSHOT[self.engine.dialect.name]
        object.__setattr__(self, "_reading", self.engine.execution_options(**options))
        object.__setattr__(self, "_writing", self.engine.execution_options(**_WRITING))

    @property
    def name(self) -> str:
        """The path of the file or the URL of the server, without its password."""
        return render(self.url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent state and may not write. Raises DatabaseError."""
        with explained(self.url, self.timeout), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection in one transaction: committed when the block ends, undone if it raises.

        Raises DatabaseError, also when another process has held the lock for `timeout` seconds. A row that is refused
        stays SQLAlchemy's IntegrityError or DataError.
        """
        with explained(self.url, self.timeout), self._writing.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the database; with nothing else at work, an SQLite file is complete by itself afterwards."""
        if sqlite_path(self.url):
            checkpoint(self.engine)
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def open_database(url: str, *, timeout: float = TIMEOUT) -> Database:
    """Open the database of a URL from `database_url`; made if missing, migrated if it is of an older Scantrail.

    `timeout` is the longest wait for a lock, in seconds. Raises DatabaseError (missing directory, locked, broken,
    read-only, of another program, newer than this one), InputError for a URL that cannot be understood.
    """
    engine = _engine(url, timeout)
    try:
        with explained(url, timeout):
            prepare(engine, url, timeout)
    except BaseException:
        engine.dispose()
        raise
    return Database(url, engine, timeout)


def _engine(url: str, timeout: float) -> Engine:
    try:
        parsed = sa.make_url(url)
        if sqlite_path(url):
            return sqlite_engine(parsed, timeout)
        return _postgresql(parsed, timeout)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise InputError(
            f"the database URL {render(url)} cannot be understood; write postgresql://user@host/name"
        ) from error
    except ModuleNotFoundError as error:
        raise DatabaseError(
            f'{render(url)} needs the driver of PostgreSQL: pip install "scantrail[postgres]"'
        ) from error


def _postgresql(url: sa.URL, timeout: float) -> Engine:
    options = f"{url.query.get('options', '')} -c lock_timeout={max(1, round(timeout * 1000))}"  # 0 would be for ever
    arguments = {"options": options, "connect_timeout": max(2, round(timeout))}  # libpq waits at least 2 s
    return sa.create_engine(url, connect_args=arguments, pool_pre_ping=True)
