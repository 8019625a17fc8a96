"""Which database: the option, the environment, the station file, or the default place; paths and URLs alike."""

import os
import re
from pathlib import Path
from urllib.parse import quote, unquote

from scantrail.errors import InputError
from scantrail.station import mask

VARIABLES = ("SCANTRAIL_DB", "SVT_DB")
DEFAULT = "~/.hps_svt_tracker/svt_components.db"

_SQLITE = "sqlite:///"
_POSTGRESQL = "postgresql+psycopg"
_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_SCHEMES = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgres": _POSTGRESQL,
    "postgresql": _POSTGRESQL,
    _POSTGRESQL: _POSTGRESQL,
}


def database_url(option: str | None, station_url: str | None) -> str:
    """Return the database's URL: `option`, else SCANTRAIL_DB, else SVT_DB, else `station_url`, else the default.

    Each may be a path (`~` is the home) or an SQLAlchemy URL of SQLite or PostgreSQL; a path comes back as an
    absolute `sqlite:///` URL, percent-encoded. Raises InputError for any other URL.
    """
    if option is not None and not option.strip():
        raise InputError("the database given is empty; give a path or a URL such as postgresql://user@host/name")
    environment = (os.environ.get(name) for name in VARIABLES)
    return _normal(next(filter(None, (option, *environment, station_url)), DEFAULT))


def sqlite_path(url: str) -> Path | None:
    """Return the file behind a URL from `database_url`, None for a server."""
    return Path(unquote(url.removeprefix(_SQLITE))) if url.startswith(_SQLITE) else None


def render(url: str) -> str:
    """Return what a message may say of a URL from `database_url`: a file's path, or the URL without its password."""
    path = sqlite_path(url)
    return str(path) if path else mask(url)


def _normal(given: str) -> str:
    url = _URL.fullmatch(given)
    if url is None:
        return _file_url(given)
    scheme = _SCHEMES.get(url["scheme"].lower())
    if scheme is None:
        raise InputError(f"the database {mask(given)} is neither a path nor a sqlite:/// or postgresql:// URL")
    if scheme == _POSTGRESQL:
        return f"{_POSTGRESQL}://{url['rest']}"
    path, question, _ = url["rest"].partition("?")
    if question:
        raise InputError(f"the database {given} has options after '?', which a file does not take; leave them out")
    if not path.startswith("/"):
        raise InputError(f"the database {given} names a host; a file has three slashes, sqlite:///{path}")
    return _file_url(unquote(path[1:]))


def _file_url(name: str) -> str:
    if name in {"", ":memory:"}:
        raise InputError("a database in memory is lost when the command ends; give the path of a file")
    try:
        path = Path(name).expanduser().absolute()
    except RuntimeError as error:
        raise InputError(
            f"the database {name} is in a home directory that is not known; give its whole path"
        ) from error
    return _SQLITE + quote(str(path))
