"""Runs that go on with one another: an aborted or failed run is never appended to, its rest is taken in a new one."""

from pathlib import Path
from typing import NamedTuple

from scantrail.errors import JournalError, RunNotFound
from scantrail.runs.reader import Record, beginning, read
from scantrail.runs.summary import directories, find


class Chain(NamedTuple):
    """A run and those that it goes on with, oldest first; `missing` is the uid of one that could not be found."""

    records: tuple[Record, ...]
    missing: str | None = None


def chain(directory: Path) -> Chain:
    """Read the run in `directory` and those that it goes on with, looked up in the data root that it lies in.

    Raises RunNotFound, JournalError.
    """
    root = _root(directory)
    records = [read(directory)]
    while (uid := records[0].start.get("scantrail", {}).get("resumed_from")) is not None:
        try:
            records.insert(0, read(find(root, uid)))
        except RunNotFound:
            return Chain(tuple(records), uid)
    return Chain(tuple(records))


def continued_by(record: Record) -> int | None:
    """Return the number of the run that went on with this one, None if there is none in its data root.

    A directory that is no readable run, such as that of a process killed before its first line, went on with none.
    """
    number, uid = record.start["scan_id"], record.start["uid"]
    for place in directories(_root(record.directory)):
        if int(place.name.partition("-")[0]) <= number:
            break
        try:
            start = beginning(place)
        except (RunNotFound, JournalError):
            continue
        if start.get("scantrail", {}).get("resumed_from") == uid:
            return int(start["scan_id"])
    return None


def _root(directory: Path) -> Path:
    """Return the data root of a run directory, which is `runs/<year>/<run>` below it."""
    return directory.resolve().parent.parent.parent
