"""Where the commands find a run, and the database that lists them all."""

from pathlib import Path

import click

run_argument = click.argument("run")
"""Number, beginning of the uid, or directory of a run."""

database_option = click.option("--db-path", help="Database of the catalogue: a file or an SQLAlchemy URL.")


def locate(run: str) -> Path:
    """Return the directory of a run. Raises RunNotFound."""
    from scantrail.runs import find
    from scantrail.station import data_root

    return find(data_root(), run)


def catalogue(db_path: str | None) -> str:
    """Return the database's URL: as given, else as the environment or the station file say.

    Raises ConfigError, InputError.
    """
    from scantrail.db import database_url
    from scantrail.station import find_station, load_station

    # pydantic is loaded for a station file alone: most lists are asked for where there is none
    configured = None if db_path or find_station() is None else load_station().database.url
    return database_url(db_path, configured)
