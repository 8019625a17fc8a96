"""From whatever stands there to the schema of this program: by itself, under a lock, after a backup.

Alembic is imported only when there is something to migrate.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from scantrail.db.location import render, sqlite_path
from scantrail.db.sqlite import WRITES, copy_online, log_ahead
from scantrail.errors import DatabaseError

HEAD = "0006"
"""The newest migration. Versions are numbers of four digits, so that newer is greater."""

VERSION_TABLE = "scantrail_version"
SCRIPTS = Path(__file__).parent / "migrations"

_REFERENCE_TRACKER = frozenset({"components", "installation_history", "maintenance_log"})
_ADVISORY_LOCK = 0x5CA7_7A11  # PostgreSQL: one migration at a time in a database


def prepare(engine: Engine, url: str, timeout: float) -> None:
    """Bring the database to HEAD. Raises DatabaseError if it is another program's, or newer; it is then untouched."""
    path = sqlite_path(url)
    if path is not None:
        _make_directory(path)
    with engine.connect() as connection:
        version = _version(connection, url)
    if version == HEAD:
        return
    with _alone(engine, path, timeout) as connection:
        version = _version(connection, url)  # again: another process may have migrated while we waited
        if version == HEAD:
            return
        if version is not None and path is not None:
            _back_up(path)
        _upgrade(connection)


def _make_directory(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseError(
            f"the database {path} cannot be made: {error.filename}: {error.strerror}; name another file with --db-path"
        ) from error


def _version(connection: Connection, url: str) -> str | None:
    """Return the version of our schema, None for an empty database. Raises DatabaseError for any other content."""
    tables = sa.inspect(connection).get_table_names()  # asked once: the next answer may be that of a finished migration
    if VERSION_TABLE in tables:
        version = connection.exec_driver_sql(f"SELECT version_num FROM {VERSION_TABLE}").scalar_one()
        if version > HEAD:
            raise DatabaseError(
                f"the database {render(url)} is of a newer Scantrail (schema {version}, here {HEAD}); update this one"
            )
        return cast("str", version)
    if not tables:
        return None
    if set(tables) >= _REFERENCE_TRACKER:
        raise DatabaseError(
            f"{render(url)} is of the hps-svt-tracker and is left as it is; "
            f'"svt adopt {render(url)}" takes it over, --db-path names another'
        )
    some = ", ".join(sorted(tables)[:3])
    raise DatabaseError(
        f"the database {render(url)} holds another program's tables ({some}{', …' if len(tables) > 3 else ''}) "
        "and is left as it is; name an empty or a new one with --db-path"
    )


@contextmanager
def _alone(engine: Engine, path: Path | None, timeout: float) -> Iterator[Connection]:
    """Give a writing transaction that no second migration shares; nothing of it stays if it raises."""
    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITES: True})
        if path is None:
            with connection.begin():
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
                yield connection
            return
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        log_ahead(driver, timeout)
        # a table can be made anew only while nothing follows its foreign keys; no transaction may be open to say so
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                _check_references(connection, path)
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _check_references(connection: Connection, path: Path) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise DatabaseError(
            f"the database {path} was not migrated: a row of {broken[0]} would refer to nothing in {broken[2]}"
        )


def _back_up(path: Path) -> None:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = path.with_name(f"{path.stem}-before-{HEAD}-{stamp}{path.suffix}")
    try:
        copy_online(path, target)
    except OSError as error:
        raise DatabaseError(f"the database {path} was not migrated: no backup {target}: {error.strerror}") from error


def _upgrade(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    command.upgrade(config, "head")
