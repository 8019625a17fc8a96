"""A station file, read and checked."""

import os
import re
import tomllib
from math import inf
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from scantrail.errors import ConfigError
from scantrail.station.lines import lines
from scantrail.station.model import Station
from scantrail.station.places import find_station
from scantrail.station.refusals import explain


def load_station(path: Path | str | None = None) -> Station:
    """Return the station in force (`find_station` says which file that is), or the built-in defaults without one.

    Raises ConfigError: one sentence with file, line where known, section and key.
    """
    file = find_station(path)
    return Station() if file is None else read_station(_text(file, named=path is not None), str(file))


def read_station(text: str, name: str = "station") -> Station:
    """Return the station that a TOML text describes; `name` is what messages call the text. Raises ConfigError."""
    document = _document(text, name)
    try:
        return Station.model_validate(document)
    except ValidationError as error:
        where = lines(text)
        refusals = explain(error, Station)
        line, first = min(
            ((_line(refusal.path, where), refusal) for refusal in refusals), key=lambda pair: pair[0] or inf
        )
        raise ConfigError(f"{name}, line {line}: {first}" if line else f"{name}: {first}") from error


def _text(file: Path, *, named: bool) -> str:
    try:
        # Editors on Windows put a byte order mark first, which TOML does not know.
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        by = "" if named or not os.environ.get("SCANTRAIL_STATION") else " (from SCANTRAIL_STATION)"
        raise ConfigError(
            f"Station file {file}{by} does not exist; name another, or write an example with "
            f'"scantrail station init {file}"'
        ) from error
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(f"{file}, line {line}: the file must be text in UTF-8") from error
    except OSError as error:
        raise ConfigError(f"Station file {file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ConfigError(f"Station file {str(file)!r} is no path of a file") from error


def _document(text: str, name: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).removesuffix(")").rpartition(" (at ")
        line = m[1] if (m := re.match(r"line (\d+)", place)) else str(text.rstrip("\n").count("\n") + 1)
        raise ConfigError(f"{name}, line {line}: this is not TOML: {reason[:1].lower()}{reason[1:]}") from error
    except RecursionError as error:
        raise ConfigError(f"{name}: values are nested too deeply for a station file") from error


def _line(path: tuple[str, ...], where: dict[tuple[str, ...], int]) -> int | None:
    """Return the line of the key at `path`, else that of the section around it."""
    return next((where[path[:end]] for end in range(len(path), 0, -1) if path[:end] in where), None)
