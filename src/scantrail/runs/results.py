"""Answers beside a journal: `analysis/<name>-<n>.json`. They can be made again; the newest counts."""

import hashlib
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

from scantrail import __version__
from scantrail.errors import JournalError, OutputError
from scantrail.runs.journal import JOURNAL

ANALYSIS = "analysis"


class Result(NamedTuple):
    """One answer: value and its error in `unit`, None where the data give none; status; a sentence for the user."""

    name: str
    value: float | None
    error: float | None
    unit: str
    status: str
    sentence: str


def write_results(directory: Path, name: str, results: Iterable[Result], **more: Any) -> Path:  # noqa: ANN401 - JSON
    """Write the answers of one analysis of the run in `directory` and return the file's path; older ones stay.

    Written by rename, with the journal's sha256 and our version; `more` are further JSON-safe values (model, options).
    A value or error that is not finite is written as null. Raises OutputError.
    """
    place = directory / ANALYSIS
    document = {
        "journal_sha256": journal_hash(directory),
        "version": __version__,
        **more,
        "results": [_finite(result)._asdict() for result in results],
    }
    number = max(_numbers(place, name), default=0) + 1
    target, draft = place / f"{name}-{number}.json", place / f".{name}.{os.getpid()}"
    try:
        place.mkdir(exist_ok=True)
        draft.write_text(json.dumps(document, indent=1, allow_nan=False) + "\n", encoding="utf-8")
        draft.replace(target)
    except OSError as error:
        with suppress(OSError):  # where nothing can be written, nothing was
            draft.unlink(missing_ok=True)
        raise OutputError(f"cannot write {target}: {error.strerror or error}") from error
    return target


def read_results(directory: Path, name: str) -> list[Result]:
    """Return the newest answers of this name, empty if there are none. Raises JournalError if they are broken."""
    numbers = _numbers(directory / ANALYSIS, name)
    if not numbers:
        return []
    path = directory / ANALYSIS / f"{name}-{max(numbers)}.json"
    try:
        return [_checked(Result(**entry)) for entry in json.loads(path.read_bytes())["results"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise JournalError(f"{path} does not hold results ({error}); delete it and judge the run again") from error


def analyses(directory: Path) -> list[str]:
    """Return the names of the analyses that a run has, sorted."""
    files = (directory / ANALYSIS).glob("*-*.json")
    return sorted({file.stem.rpartition("-")[0] for file in files if not file.name.startswith(".")})


def journal_hash(directory: Path) -> str:
    """Return the sha256 of a run's journal, in hexadecimal."""
    with (directory / JOURNAL).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _finite(result: Result) -> Result:
    value, error = (x if x is not None and isfinite(x) else None for x in (result.value, result.error))
    return result._replace(value=value, error=error)


def _checked(result: Result) -> Result:
    """Return what was read. Raises TypeError for what is no answer."""
    for number in (result.value, result.error):
        if isinstance(number, bool) or not isinstance(number, int | float | None):
            raise TypeError(f"{number!r} is no number")
    for words in (result.name, result.unit, result.status, result.sentence):
        if not isinstance(words, str):
            raise TypeError(f"{words!r} is no text")
    return result


def _numbers(place: Path, name: str) -> list[int]:
    stems = (file.stem.rpartition("-") for file in place.glob(f"{name}-*.json"))
    return [int(number) for stem, _, number in stems if stem == name and number.isdecimal()]
