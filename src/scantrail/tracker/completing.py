"""Names for a shell that completes a word: read without SQLAlchemy, few, and never an error."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from scantrail.db import sqlite_path
from scantrail.errors import ScantrailError
from scantrail.tracker.choice import choose

Named = Literal["component", "component_type", "location", "position", "test_type"]
"""What can be completed: rows of the table of this name."""

MOST = 200
"""Names that a shell is given at once."""

_WAIT = 1  # s, for a lock or a server: somebody has just pressed a key
_QUERIES: dict[Named, str] = {
    "component": "SELECT id FROM component WHERE key >= {0} AND key < {0} AND voided IS NULL ORDER BY key LIMIT {1}",
    "position": "SELECT name FROM position WHERE key >= {0} AND key < {0} ORDER BY key LIMIT {1}",
    "component_type": "SELECT name FROM component_type ORDER BY name",
    "location": "SELECT name FROM location ORDER BY name",
    "test_type": "SELECT name FROM test_type ORDER BY name",
}


def complete(db_path: str | None, named: Named, start: str) -> list[str]:
    """Return names that begin with `start`, without regard to case; none if the database cannot be read at once."""
    key = start.lower()
    query, bounds = _QUERIES[named], (key, f"{key}\U0010ffff", MOST)
    try:
        url = choose(db_path).url
        path = sqlite_path(url)
        values = bounds if "{0}" in query else ()
        found = _of_server(url, query, values) if path is None else _of_file(path, query, values)
    except (ScantrailError, sqlite3.Error, OSError):
        return []
    return [name for name in found if name.lower().startswith(key)][:MOST]


def _of_file(path: Path, query: str, values: tuple[object, ...]) -> list[str]:
    location = f"file:{quote(str(path))}?mode=ro"  # a file that is missing is not made
    with closing(sqlite3.connect(location, uri=True, timeout=_WAIT)) as connection:
        return [name for (name,) in connection.execute(query.format("?", "?"), values)]


def _of_server(url: str, query: str, values: tuple[object, ...]) -> list[str]:
    try:
        import psycopg
    except ModuleNotFoundError:
        return []
    try:
        with psycopg.connect(url.replace("+psycopg", "", 1), connect_timeout=_WAIT) as connection:
            return [name for (name,) in connection.execute(query.format("%s", "%s"), values)]
    except psycopg.Error:
        return []
