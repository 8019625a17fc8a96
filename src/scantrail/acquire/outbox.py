"""Records that are owed to components: a file a run below the data root, from its first point until it is recorded.

A scan never needs the database. What its components are owed stands here before anything is measured, so that neither
a database that is away nor a killed process loses it; the next command that finds the database settles it.
"""

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from scantrail.db import database_url, render
from scantrail.station import data_root

OUTBOX = "outbox"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Owed:
    """A run whose components are owed its record. database: a path, or a URL without its password.

    files: pictures and tables that the scan left outside its directory.
    """

    uid: str
    number: int
    directory: str
    database: str
    files: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where this stands."""
        return data_root() / OUTBOX / f"{self.uid}.json"


def owe(owed: Owed) -> None:
    """Write down what is owed, whole or not at all. Raises OSError."""
    owed.path.parent.mkdir(parents=True, exist_ok=True)
    draft = owed.path.with_name(f".{owed.uid}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as file:
            json.dump(asdict(owed), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(owed.path)
    finally:
        draft.unlink(missing_ok=True)


def paid(owed: Owed) -> None:
    """Take an entry away; one that another process took away meanwhile is fine.

    One that cannot be taken away is a warning alone: what it owes is recorded, and twice is once.
    """
    try:
        owed.path.unlink(missing_ok=True)
    except OSError as error:
        _LOG.warning("what run %d owed cannot be taken out of the outbox: %s", owed.number, error)


def waiting(url: str | None = None) -> list[Owed]:
    """Return what is owed, oldest run first; with `url`, to that database alone."""
    found = sorted((owed for _, owed in _entries() if owed is not None), key=lambda owed: owed.number)
    return found if url is None else [owed for owed in found if owed.database == render(url)]


def address(owed: Owed) -> str:
    """Return the URL of the database of an entry; one of a server may lack its password. Raises InputError."""
    return database_url(owed.database, None)


def unreadable() -> list[Path]:
    """Return the files that stand where entries do and are none: damaged, or of another make."""
    return sorted(path for path, owed in _entries() if owed is None)


def _entries() -> Iterator[tuple[Path, Owed | None]]:
    for path in (data_root() / OUTBOX).glob("*.json"):
        try:
            yield path, _entry(json.loads(path.read_bytes()))
        except FileNotFoundError:  # another process settled it meanwhile
            continue
        except (OSError, ValueError, KeyError, TypeError):
            yield path, None


def _entry(document: Mapping[str, Any]) -> Owed:
    texts = {key: str(document[key]) for key in ("uid", "directory", "database")}
    return Owed(**texts, number=int(document["number"]), files=tuple(map(str, document["files"])))
