"""What went wrong with a database, in one sentence that names it and says what to do."""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from scantrail.db.location import render, sqlite_path
from scantrail.errors import DatabaseError

_PRIMARY = 0xFF  # SQLite's extended result codes carry the primary one in their low byte
_SQLITE = {
    sqlite3.SQLITE_NOTADB: "{name} is not an SQLite database; name another file with --db-path",
    sqlite3.SQLITE_CORRUPT: "the database {name} is damaged ({said}); restore a backup",
    sqlite3.SQLITE_READONLY: "the database {name} cannot be written ({said}); change its permissions or take another",
    sqlite3.SQLITE_PERM: "the database {name} cannot be written ({said}); change its permissions or take another",
    sqlite3.SQLITE_FULL: "the database {name} cannot be written: the disk is full",
    sqlite3.SQLITE_IOERR: "the database {name} cannot be read or written: {said}",
}
_BESIDE = frozenset({sqlite3.SQLITE_READONLY_CANTINIT, sqlite3.SQLITE_READONLY_DIRECTORY})
_SMALL = 1 << 16
"""Bytes left on a disk that is full for a database: its index of the log alone takes half of it."""
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's SQLSTATE when lock_timeout has passed


@contextmanager
def explained(url: str, timeout: float) -> Iterator[None]:
    """Turn what the driver raises inside into a DatabaseError; `timeout` is the most seconds a lock was waited for.

    IntegrityError and DataError pass: a row was refused, and the room that owns the table knows what to say of it.
    """
    began = time.monotonic()
    try:
        yield
    except (IntegrityError, DataError):
        raise
    except DBAPIError as error:
        raise _explain(error.orig or error, url, min(time.monotonic() - began, timeout)) from error
    except sqlite3.Error as error:
        raise _explain(error, url, min(time.monotonic() - began, timeout)) from error


def _explain(error: BaseException, url: str, waited: float) -> DatabaseError:
    path = sqlite_path(url)
    name, said = render(url), _first_line(error)
    if isinstance(error, sqlite3.Error) and path is not None:
        extended = getattr(error, "sqlite_errorcode", 0)
        code = extended & _PRIMARY
        if extended in _BESIDE:
            return DatabaseError(
                f"the database {name} cannot be used: even for reading, its log is kept beside it, and this user may "
                f"not write in {path.parent}; copy the file to a place of your own"
            )
        if code == sqlite3.SQLITE_IOERR and _is_full(path):
            code = sqlite3.SQLITE_FULL
        if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            return _locked(name, waited)
        if code == sqlite3.SQLITE_CANTOPEN:
            return DatabaseError(_cannot_open(path))
        if code in _SQLITE:
            return DatabaseError(_SQLITE[code].format(name=name, said=said))
    if getattr(error, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
        return _locked(name, waited)
    return DatabaseError(f"the database {name} failed: {said}")


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _SMALL
    except OSError:
        return False


def _locked(name: str, waited: float) -> DatabaseError:
    return DatabaseError(
        f"the database {name} is locked by another process (waited {waited:.1f} s); try again when that is done"
    )


def _cannot_open(path: Path) -> str:
    if path.is_dir():
        return f"the database {path} is a directory; name a file in it"
    if not path.parent.is_dir():
        return f"the database {path} cannot be opened: there is no directory {path.parent}"
    return f"the database {path} cannot be opened: this user may not write in {path.parent} or read the file"


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
