"""The tracker's database: opened when first used, with its profile in it and the attached files beside it."""

import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from scantrail.db import database_url, open_database, render, sqlite_path
from scantrail.errors import OutputError, ProfileError
from scantrail.station import data_root
from scantrail.tracker import schema
from scantrail.tracker.choice import choose
from scantrail.tracker.profile import DEFAULT, Profile, from_document, load_profile

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scantrail import db as base

FILES = "test_data"


class Database:
    """Components and what is known of them. A context manager; closed at the end of the process at the latest.

    db_path: file or SQLAlchemy URL, made if missing; data_dir: directory of the attached files, beside the file if not
    given; profile: the profile of a database that has none yet, or its name or path; patience: the longest wait [s] for
    a lock.
    """

    def __init__(
        self,
        db_path: str | Path | None = None,
        data_dir: str | Path | None = None,
        *,
        profile: str | Profile | None = None,
        patience: float | None = None,
    ) -> None:
        self.url = database_url(None if db_path is None else str(db_path), None)
        self.data_dir = Path(data_dir).expanduser().absolute() if data_dir else _beside(self.url)
        self._wanted = profile
        self._waiting = {} if patience is None else {"timeout": patience}
        self._profile: Profile | None = None
        self._store: base.Database | None = None
        self._closing: weakref.finalize[Any, Any] | None = None

    @property
    def name(self) -> str:
        """The path of the file, or the URL of the server without its password."""
        return render(self.url)

    @property
    def store(self) -> "base.Database":
        """The open database beneath, with this schema and a profile. Raises DatabaseError, ProfileError."""
        if self._store is None:
            wanted = self._wanted  # read before a database is made for it
            wanted = load_profile(wanted) if isinstance(wanted, str) else wanted
            store = open_database(self.url, **self._waiting)
            try:
                self._profile = _settle(store, wanted)
            except BaseException:
                store.close()
                raise
            self._store = store
            self._closing = weakref.finalize(self, store.close)
        return self._store

    @property
    def profile(self) -> Profile:
        """The profile that this database remembers."""
        _ = self.store
        if self._profile is None:
            raise ProfileError(f"the database {self.name} has no profile")
        return self._profile

    def elsewhere(self, path: Path) -> "Database":
        """Return a database in another file that keeps its files where this one does, for what is to replace this."""
        return Database(path, self.data_dir, profile=self._wanted)

    def initialize_schema(self) -> None:
        """Make the tables, the profile and the directory of attached files, where they are missing."""
        _ = self.store
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"the directory {self.data_dir} cannot be made: {error.strerror}") from error

    @contextmanager
    def read(self) -> "Iterator[Connection]":
        """Give a connection that sees one consistent state."""
        with self.store.read() as connection:
            yield connection

    def backup_database(self, path: str | Path | None = None) -> Path:
        """Copy the database, without attached files, to exactly this file while others write; return its path.

        Default: a stamped file beside it. Raises DatabaseError for a server, OutputError.
        """
        from scantrail.tracker.backups import copy_database

        return copy_database(self, None if path is None else Path(path))

    def close(self) -> None:
        """Let go of the database; the next use opens it again."""
        if self._closing is not None:
            self._closing()
        self._store = self._closing = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def get_default_db(
    db_path: str | None = None, *, profile: str | None = None, patience: float | None = None
) -> Database:
    """Return the database that every command uses, its schema made; patience: the longest wait [s] for a lock.

    Which: `db_path`, else SCANTRAIL_DB, SVT_DB, the station file's, the default of the seed. Raises InputError,
    ConfigError, DatabaseError, ProfileError.
    """
    database = default_database(db_path, profile=profile, patience=patience)
    _ = database.store
    return database


def default_database(
    db_path: str | None = None, *, profile: str | Profile | None = None, patience: float | None = None
) -> Database:
    """Return the same database as it stands, also if there is none yet. Raises InputError, ConfigError."""
    chosen = choose(db_path, profile if isinstance(profile, str) else None)
    wanted = profile if isinstance(profile, Profile) else chosen.profile
    return Database(chosen.url, chosen.data_dir, profile=wanted, patience=patience)


@contextmanager
def using(database: Database | None) -> Iterator[Database]:
    """Give the database, or the default one for the length of the block."""
    if database is not None:
        yield database
        return
    with get_default_db() as default:
        yield default


def _beside(url: str) -> Path:
    path = sqlite_path(url)
    return path.parent / FILES if path else data_root() / FILES


def _settle(store: "base.Database", wanted: Profile | None) -> Profile:
    with store.read() as connection:
        kept = _kept(connection)
    if kept is None:
        profile = wanted or load_profile(DEFAULT)
        with store.write() as connection:
            connection.execute(sa.select(schema.chain).with_for_update())
            kept = _kept(connection)  # another process may have been first
            if kept is None:
                _write(connection, profile)
                return profile
    if wanted is not None and wanted.name != kept.name:
        raise ProfileError(
            f"the database {store.name} keeps the profile {kept.name}, not {wanted.name}; leave --profile out, or name "
            "another database"
        )
    return kept


def _kept(connection: "Connection") -> Profile | None:
    row = connection.execute(sa.select(schema.profile.c.name, schema.profile.c.document)).first()
    return None if row is None else from_document(row.document, f"the profile {row.name}")


def _write(connection: "Connection", profile: Profile) -> None:
    positions = dict.fromkeys(name for name, _ in profile.positions())
    now = datetime.now(UTC)
    rows: list[tuple[sa.Table, list[dict[str, Any]]]] = [
        (schema.profile, [{"id": 1, "name": profile.name, "document": profile.document(), "chosen": now}]),
        (
            schema.component_type,
            [
                {"name": name, "description": kind.description, "attributes": dict(kind.attributes)}
                for name, kind in profile.types.items()
            ],
        ),
        (
            schema.slot,
            [
                {"parent_type": name, "name": slot, "child_type": part}
                for name, kind in profile.types.items()
                for slot, part in kind.slots.items()
            ],
        ),
        (
            schema.test_type,
            [
                {"name": name, "description": kind.description, "quantities": dict(kind.quantities)}
                for name, kind in profile.tests.items()
            ],
        ),
        (schema.position, [{"name": name} for name in positions]),
        (schema.position_accepts, [{"position": name, "type": kind} for name, kind in profile.positions()]),
    ]
    for table, values in rows:
        if values:
            connection.execute(table.insert(), values)
