"""Attached files that no row names: what a command leaves that was killed after storing a file, before its row."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scantrail.errors import DatabaseError, OutputError
from scantrail.tracker import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scantrail.tracker.store import Database

ASIDE = "strays"
"""Where strays are put, below the directory of attached files."""

_YEAR = re.compile(r"\d{4}")
_OURS = re.compile(r"\d{8}_\d{6}_.+|\.[0-9a-f]{16}\.part")
"""Names that storing gives: whatever else somebody keeps in the directory is none of our business."""


def strays(database: "Database", *, set_aside: bool = False) -> list[Path]:
    """Return the files that look like attached ones and that no test has; a command under way is waited for.

    set_aside: move them to `strays` below the directory of attached files. They are not removed: a second database may
    keep its files in the same directory. Raises OutputError, DatabaseError.
    """
    root = database.data_dir
    with database.read() as connection:
        suspects = _without_row(connection, root, _present(root))
    if not suspects:
        return []
    # who stores a file holds the lock until its row is there: under the lock, a file without a row is nobody's
    with database.store.write() as connection:
        connection.execute(sa.select(schema.chain).with_for_update())
        found = [path for path in _without_row(connection, root, suspects) if path.exists()]
        for path in found if set_aside else ():
            _move(path, root / ASIDE / path.relative_to(root))
    return found


@contextmanager
def removed_unless_recorded(database: "Database") -> Iterator[list[Path]]:
    """Give a list for the files that a command stores: if it fails, even at its commit, those without a row go."""
    made: list[Path] = []
    try:
        yield made
    except BaseException:
        if made:
            with suppress(DatabaseError, OSError), database.read() as connection:
                for path in _without_row(connection, database.data_dir, made):
                    path.unlink(missing_ok=True)
        raise


def _present(root: Path) -> list[Path]:
    years = sorted(year for year in root.glob("*") if _YEAR.fullmatch(year.name) and year.is_dir())
    return [path for year in years for path in sorted(year.glob("*/*")) if _OURS.fullmatch(path.name)]


def _without_row(connection: "Connection", root: Path, files: list[Path]) -> list[Path]:
    named = set(connection.execute(sa.select(schema.file.c.path)).scalars())
    return [path for path in files if path.relative_to(root).as_posix() not in named]


def _move(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        number, free = 0, target
        while free.exists():
            number += 1
            free = target.with_name(f"{target.name}.{number}")
        source.rename(free)
    except OSError as error:
        raise OutputError(f"the file {source} cannot be moved to {target.parent}: {error.strerror}") from error
