"""A journal back into documents and tables; tolerant of a torn last line."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scantrail.errors import JournalError, RunNotFound
from scantrail.runs.documents import Document
from scantrail.runs.journal import JOURNAL, held

POLL = 0.05  # s between looks at a growing journal


@dataclass(frozen=True, slots=True)
class Table:
    """The events of one stream, a list per column; `time` in unix seconds, `seq` strictly increasing."""

    columns: dict[str, list[Any]]
    time: list[float]
    seq: list[int]

    def __len__(self) -> int:
        return len(self.seq)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each event as a dictionary; None where a row has no such column."""
        for i in range(len(self)):
            yield {key: values[i] for key, values in self.columns.items()}


@dataclass(frozen=True, slots=True)
class Record:
    """A whole run as read: start and stop documents (stop None while running or if interrupted), streams by name."""

    directory: Path
    start: Document
    stop: Document | None
    descriptors: dict[str, list[Document]] = field(default_factory=dict)
    streams: dict[str, Table] = field(default_factory=dict)

    def stream(self, name: str) -> Table:
        """Return a stream's table, an empty one if nothing was recorded in it."""
        return self.streams.get(name) or Table({}, [], [])


def documents(directory: Path) -> Iterator[tuple[str, Document]]:
    """Yield the (name, document) pairs of a run in order; a torn last line is left out.

    Raises RunNotFound if there is no journal, JournalError for a broken line before the last (file and line named).
    """
    path = directory / JOURNAL
    broken: tuple[int, str] | None = None
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if broken is not None:
                    raise JournalError(f"{path}, line {broken[0]}: {broken[1]}")
                if not line.endswith(b"\n"):
                    return
                pair = _parse(line)
                if isinstance(pair, str):
                    broken = number, pair
                else:
                    yield pair
    except FileNotFoundError:
        raise _no_run(directory) from None


def beginning(directory: Path) -> Document:
    """Return the start document of a run, reading its first line alone. Raises RunNotFound, JournalError."""
    name, document = next(documents(directory), ("", {}))
    if name != "start":
        raise _no_start(directory)
    return document


def read(directory: Path, most: int | None = None) -> Record:
    """Read a whole run, or its beginning up to so many events of one stream. Raises RunNotFound, JournalError."""
    start: Document | None = None
    stop: Document | None = None
    descriptors: dict[str, list[Document]] = {}
    stream_of: dict[str, str] = {}
    streams: dict[str, Table] = {}
    for name, document in documents(directory):
        if name == "start":
            start = document
        elif name == "descriptor":
            descriptors.setdefault(document["name"], []).append(document)
            stream_of[document["uid"]] = document["name"]
        elif name == "event":
            table = streams.setdefault(_stream_of(document, stream_of, directory), Table({}, [], []))
            _add(table, document)
            if len(table) == most:
                break
        elif name == "stop":
            stop = document
    if start is None:
        raise _no_start(directory)
    return Record(directory, start, stop, descriptors, streams)


def follow(directory: Path, after: int = 0) -> Iterator[tuple[str, Document]]:
    """Yield the documents of a run as they are written, from any process, leaving out the first `after`.

    Ends after the stop document, or when the writer is gone without one. Raises RunNotFound, JournalError.
    """
    path = directory / JOURNAL
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise _no_run(directory) from None
    with file:
        number, rest = 0, b""
        while True:
            writing = held(directory)  # asked before reading, so that its last lines are not missed
            chunk = file.read()
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                number += 1
                pair = _parse(line)
                if isinstance(pair, str):
                    raise JournalError(f"{path}, line {number}: {pair}")
                if number > after:
                    yield pair
                if pair[0] == "stop":
                    return
            if not chunk:
                if not writing:
                    return
                time.sleep(POLL)


def _no_run(directory: Path) -> RunNotFound:
    return RunNotFound(f"{directory} holds no {JOURNAL}, so it is no run")


def _no_start(directory: Path) -> JournalError:
    return JournalError(f"{directory / JOURNAL} holds no start document, so nothing is known of this run")


def _stream_of(event: Document, streams: dict[str, str], directory: Path) -> str:
    try:
        return streams[event["descriptor"]]
    except KeyError:
        number = event.get("seq_num", "?")
        raise JournalError(f"{directory / JOURNAL}: event {number} names a descriptor that never came") from None


def _parse(line: bytes) -> tuple[str, Document] | str:
    """Return the pair on a line, or what is wrong with it."""
    try:
        pair = json.loads(line)
    except ValueError as error:
        return f"not JSON ({error})"
    match pair:
        case [str(name), dict(document)]:
            return name, document
        case _:
            return "not a [name, document] pair"


def _add(table: Table, event: Document) -> None:
    seen = len(table)
    for key, value in event["data"].items():
        table.columns.setdefault(key, [None] * seen).append(value)
    table.time.append(event["time"])
    table.seq.append(event["seq_num"])
    for column in table.columns.values():
        if len(column) < len(table):
            column.append(None)
