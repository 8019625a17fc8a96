"""Which database a command uses, with whose files and which profile; asking loads neither SQLAlchemy nor pydantic."""

from pathlib import Path
from typing import NamedTuple

from scantrail.db import database_url
from scantrail.station import find_station


class Choice(NamedTuple):
    """A database's URL, the directory of its files and the profile it is made with; None: the usual ones."""

    url: str
    data_dir: Path | None
    profile: str | None


def choose(db_path: str | None, profile: str | None = None) -> Choice:
    """Return what was chosen: `db_path`, else SCANTRAIL_DB, SVT_DB, the station file's, the default of the seed.

    Raises InputError, ConfigError.
    """
    if find_station() is None:  # pydantic is loaded for a station file alone
        return Choice(database_url(db_path, None), None, profile)
    from scantrail.station import load_station

    settings = load_station().database
    # the files of a database that was named stand beside it
    data_dir = Path(settings.data_dir) if settings.data_dir and db_path is None else None
    return Choice(database_url(db_path, settings.url), data_dir, profile or settings.profile)
