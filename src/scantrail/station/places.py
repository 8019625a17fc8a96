"""Where things live: the data root, and the station file that is in force."""

import os
from pathlib import Path

from scantrail.errors import ConfigError

STATION_FILE = "station.toml"


def data_root() -> Path:
    """Return `$SCANTRAIL_HOME`, else `~/.scantrail`, as an absolute path; it need not exist."""
    return _absolute(os.environ.get("SCANTRAIL_HOME") or "~/.scantrail", "SCANTRAIL_HOME")


def find_station(path: Path | str | None = None) -> Path | None:
    """Return the station file in force, None where the built-in defaults stand.

    `path` as given, else `$SCANTRAIL_STATION`; else, where it exists, `station.toml` here or in the data root.
    A file that somebody named is returned whether it exists or not: reading it tells.
    """
    if path is not None:
        return Path(path)
    if named := os.environ.get("SCANTRAIL_STATION"):
        return _absolute(named, "SCANTRAIL_STATION")
    if os.path.isfile(STATION_FILE):  # noqa: PTH113 - a directory that may not be looked into holds none
        return Path(STATION_FILE)
    in_root = data_root() / STATION_FILE
    return in_root if in_root.is_file() else None


def _absolute(path: str, variable: str) -> Path:
    try:
        return Path(path).expanduser().absolute()
    except RuntimeError as error:
        raise ConfigError(
            f'{variable}="{path}" names a home directory that is not known; write the full path'
        ) from error
