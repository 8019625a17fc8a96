"""What SQLite must be told: take the write lock at BEGIN, log ahead, keep references, leave one whole file."""

import os
import random
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import OperationalError

from scantrail.errors import DatabaseError

WRITES = "scantrail_writes"
"""Execution option of a connection whose transactions write."""

OLDEST = (3, 37, 0)
"""The first SQLite with STRICT tables."""

_WAL_POLL = 0.01  # s
_LOCK_POLL = 0.002  # s; about as long as a command writes


def sqlite_engine(url: sa.URL, timeout: float) -> Engine:
    """Return an engine for a file; `timeout`: wait for a lock [s]. Only transactions marked WRITES may write.

    Raises DatabaseError if this Python's SQLite is too old.
    """
    if sqlite3.sqlite_version_info < OLDEST:
        oldest = ".".join(map(str, OLDEST[:2]))
        raise DatabaseError(f"SQLite {oldest} or newer is needed; this Python has {sqlite3.sqlite_version}")
    engine = sa.create_engine(url, connect_args={"timeout": timeout})

    @sa.event.listens_for(engine, "connect")
    def connect(connection: DBAPIConnection, record: object) -> None:
        connection.isolation_level = None  # the driver's own BEGIN is deferred, and loses the race from read to write
        cursor = connection.cursor()
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        if connection.info.get(WRITES) is not writes:  # a process that writes again and again says it once
            connection.exec_driver_sql(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
            connection.info[WRITES] = writes
        if writes:
            _begin_writing(cast("sqlite3.Connection", connection.connection.driver_connection), timeout)
        else:
            connection.exec_driver_sql("BEGIN")

    return engine


def _begin_writing(driver: sqlite3.Connection, timeout: float) -> None:
    """Take the write lock, or ask for it again and again, all alike, in an order that chance decides.

    SQLite itself asks ever less often, up to every 100 ms: among many writers whoever waits longest is served last, and
    the lock stays free meanwhile. Nor can it be interrupted. Raises sqlite3.OperationalError after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.2, 1.8) * _LOCK_POLL)
            else:
                return
    finally:
        driver.execute(f"PRAGMA busy_timeout = {round(timeout * 1000)}")


def log_ahead(driver: sqlite3.Connection, timeout: float) -> None:
    """Switch a file to write-ahead logging, for good. Raises sqlite3.OperationalError if it stays locked."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            driver.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # while another process switches it, SQLite refuses at once instead of waiting
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(_WAL_POLL)
        else:
            return


def checkpoint(engine: Engine) -> None:
    """Bring the write-ahead log into the file; without waiting, for whoever is at work does it on closing."""
    with suppress(sqlite3.OperationalError, OperationalError):
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute("PRAGMA busy_timeout = 0")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.close()
        finally:
            connection.close()


def copy_online(source: Path, target: Path) -> None:
    """Copy the database `source` to `target` while others write: one consistent state, under its name when complete.

    Raises sqlite3.Error, OSError.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(draft)) as copy:
            origin.backup(copy)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
