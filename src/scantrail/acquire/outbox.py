"""Records that are owed to components: a file a run below the data root, from its first point until it is recorded.

A scan never needs the database. What its components are owed stands here before anything is measured, so that neither
a database that is away nor a killed process loses it; the next command that finds the database settles it.
"""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from scantrail.db import database_url, render
from scantrail.station import data_root

OUTBOX = "outbox"


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
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(owed), file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(owed.path)


def paid(owed: Owed) -> None:
    """Take an entry away; one that another process took away meanwhile is fine."""
    owed.path.unlink(missing_ok=True)


def waiting(url: str | None = None) -> list[Owed]:
    """Return what is owed, oldest run first; with `url`, to that database alone."""
    found = sorted(_entries(), key=lambda owed: owed.number)
    return found if url is None else [owed for owed in found if owed.database == render(url)]


def address(owed: Owed) -> str:
    """Return the URL of the database of an entry; one of a server may lack its password. Raises InputError."""
    return database_url(owed.database, None)


def is_waiting() -> bool:
    """Tell whether anything is owed to anybody, at the price of one look into a directory."""
    try:
        return any(name.endswith(".json") for name in os.listdir(data_root() / OUTBOX))  # noqa: PTH208 - cheap
    except OSError:
        return False


def _entries() -> Iterator[Owed]:
    for path in (data_root() / OUTBOX).glob("*.json"):
        try:
            document = json.loads(path.read_bytes())
            yield Owed(**{**document, "files": _texts(document["files"])})
        except (OSError, ValueError, KeyError, TypeError):  # taken away meanwhile, or no entry of ours
            continue


def _texts(given: Sequence[str]) -> tuple[str, ...]:
    return tuple(map(str, given))
