"""What every page needs: where the runs lie, the database, who is at work, and the keys."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from scantrail.db import database_url, sqlite_path
from scantrail.errors import DatabaseError
from scantrail.station import find_station, load_station
from scantrail.web.keys import Keys
from scantrail.web.live.watch import Watch

if TYPE_CHECKING:
    from scantrail.tracker import Database


PATIENCE = 10.0
"""Longest wait [s] for a database that is locked: a person looks at the page meanwhile."""


KEPT = 1000
"""Newest keys of forms that were sent."""


class Site:
    """One data root and one database, shown on one port.

    root: of the runs; db_path: of the components and the catalogue, as the command line was given it.
    """

    def __init__(self, root: Path, db_path: str | None = None, *, port: int = 0) -> None:
        self.root = root
        self.port = port
        self.keys = Keys(root)
        self.watch = Watch(root)
        self.closing = threading.Event()
        self.db_path = db_path
        self._lock = threading.Lock()
        self._database: Database | None = None
        self._file: tuple[int, int] | None = None
        self._sent: dict[str, None] = {}

    @property
    def cookie(self) -> str:
        """What the session's cookie is called: cookies are shared by all ports of a host."""
        return f"scantrail_{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The values of the header Host that are answered."""
        return frozenset(f"{name}:{self.port}" for name in ("127.0.0.1", "localhost", "[::1]"))

    @property
    def catalogue(self) -> str:
        """URL of the database that lists the runs. Raises ConfigError, InputError."""
        configured = None if self.db_path or find_station() is None else load_station().database.url
        return database_url(self.db_path, configured)

    @property
    def database(self) -> "Database":
        """The database of the components, opened when it is first asked for, and again where its file was replaced.

        Raises InputError, ConfigError, DatabaseError, ProfileError; DatabaseError where its file is gone: what is
        written to a file that has no name any more is lost.
        """
        from scantrail.tracker import get_default_db

        with self._lock:
            if self._database is not None and (found := _identity(self._database)) != self._file:
                if found is None:
                    raise DatabaseError(
                        f"the database {self._database.name} is gone since the page was opened; put it back, or start "
                        "the page anew"
                    )
                self._database.close()
                self._database = None
            if self._database is None:
                self._database = get_default_db(self.db_path, patience=PATIENCE)
                self._file = _identity(self._database)
            return self._database

    @property
    def staging(self) -> Path:
        """Where uploads wait until they are confirmed."""
        return self.root / "web" / "staged"

    @contextmanager
    def once(self, key: str) -> Iterator[bool]:
        """Tell whether this key, none if it is empty, comes first; where the block fails, it may come again."""
        with self._lock:
            is_first = key not in self._sent
            if key:
                self._sent[key] = None
            while len(self._sent) > KEPT:
                del self._sent[next(iter(self._sent))]
        try:
            yield is_first
        except BaseException:
            with self._lock:
                if is_first:
                    self._sent.pop(key, None)
            raise

    def close(self) -> None:
        """Let go of the database, and let every stream of events end."""
        self.closing.set()
        self.watch.close()
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None


def _identity(database: "Database") -> tuple[int, int] | None:
    """Return which file a database is, whatever it is called; None for a server's, and for one that is gone."""
    path = sqlite_path(database.url)
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return None if found is None else (found.st_dev, found.st_ino)


def site_of(request: Request) -> Site:
    """Return the site that a request was sent to."""
    site: Site = request.app.state.site
    return site


TheSite = Annotated[Site, Depends(site_of)]
