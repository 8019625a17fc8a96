"""Is everything as it was recorded: the chain of events, each row against them, and every attached file."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.db import metadata
from scantrail.tracker import schema
from scantrail.tracker.change import image_of
from scantrail.tracker.files import sha256
from scantrail.tracker.places import places
from scantrail.tracker.seal import START, provenance, seal
from scantrail.tracker.store import Database
from scantrail.tracker.values import canonical

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OWN = frozenset({"key", "version", "updated"})
"""Columns that no event tells of: they follow from the others."""


class _Told:
    """What events tell of each row, as JSON: of 100,000 rows that is a third of what the values themselves take."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, Any], str] = {}

    def add(self, change: dict[str, Any]) -> None:
        """Take in what one event changed of one row."""
        row = change["table"], change["key"]
        before = json.loads(self._rows[row]) if row in self._rows else {}
        self._rows[row] = json.dumps({**before, **change["after"]})

    def pop(self, table: str, key: object) -> dict[str, Any] | None:
        """Return what is told of a row, None if nothing is, and forget it."""
        found = self._rows.pop((table, key), None)
        return None if found is None else dict(json.loads(found))

    def tells_of(self, table: str) -> bool:
        """Whether any row of a table is still there."""
        return any(name == table for name, _ in self._rows)

    def rest(self) -> Iterator[tuple[str, Any]]:
        """Give table and key of every row that was not asked for."""
        yield from self._rows


def verify(database: Database) -> list[str]:
    """Return what is wrong with a database and its files, a sentence each; nothing if all is well."""
    with database.read() as connection:
        wrong = list(_engine(connection))
        told = _Told()
        wrong += _chain(connection, told)
        wrong += _rows(connection, told)
        wrong += _standing(connection)
        files = [row._asdict() for row in connection.execute(sa.select(schema.file))]
    return wrong + list(_files(database, files))


def _engine(connection: "Connection") -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if said != "ok":
            yield f"the database file is damaged: {said}"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} refers to nothing in {row[2]}"


def _chain(connection: "Connection", told: _Told) -> Iterator[str]:
    previous, number = START, 0
    events = sa.select(schema.event).order_by(schema.event.c.number).execution_options(yield_per=1)
    for event in connection.execute(events):
        if event.number != number + 1:
            yield f"events {number + 1} to {event.number - 1} are missing"
        if event.previous != previous:
            yield f"event {event.number} does not follow the one before it"
        if seal(event._asdict()) != event.hash:
            yield f"event {event.number} was altered"
        previous, number = event.hash, event.number
        for row in event.changes:
            told.add(row)
    head = connection.execute(sa.select(schema.chain)).one()
    if (head.number, head.hash) != (number, previous):
        yield f"the newest events after {number} are missing"


def _rows(connection: "Connection", told: _Told) -> Iterator[str]:
    """Compare each row that an event tells of, and look for rows that none tells of."""
    for name in (
        "component",
        "installation",
        "assembly",
        "connection",
        "test",
        "file",
        "maintenance",
        "test_limit",
        "finding",
    ):
        table = metadata.tables[name]
        for row in connection.execute(sa.select(table)):
            image = image_of(row._asdict())
            wanted = told.pop(name, image["id"])
            if wanted is None:
                yield f"no event tells of {name} {image['id']}"
                continue
            for field, value in wanted.items():
                if field not in _OWN and image[field] != value:
                    yield f"{field} of {name} {image['id']} is {image[field]!r}, the events say {value!r}"
    yield from _measurements(connection, told)
    yield from _adopted(connection, told)
    for name, key in told.rest():
        yield f"{name} {key} is missing"


def _measurements(connection: "Connection", told: _Told) -> Iterator[str]:
    table = schema.measurement
    found: dict[int, dict[str, Any]] = {}
    for row in connection.execute(sa.select(table)):
        found.setdefault(row.test, {})[row.name] = row.number if row.other is None else row.other
    for test, values in found.items():
        wanted = told.pop("measurement", test) or {}
        if canonical(values) != canonical(wanted):
            yield f"the measurements of test {test} are {values}, the events say {wanted}"


def _adopted(connection: "Connection", told: _Told) -> Iterator[str]:
    """Compare each row that was taken over with what it was then; events of older versions do not tell of them."""
    if not told.tells_of("adopted"):
        return
    for row in connection.execute(sa.select(schema.adopted)):
        wanted = told.pop("adopted", row.source)
        if wanted is None:
            yield f"no event tells of the adopted row {row.origin}"
        elif provenance(row._asdict()) != wanted:
            yield f"the adopted row {row.origin} was altered"


def _standing(connection: "Connection") -> Iterator[str]:
    """Compare where the newest event left each component with where it is."""
    link, component = schema.event_component, schema.component
    last = sa.select(link.c.component, sa.func.max(link.c.event).label("event")).group_by(link.c.component).subquery()
    query = (
        sa.select(component.c.id, component.c.status, component.c.voided, link.c.status.label("told"), link.c.place)
        .join(last, last.c.component == component.c.id)
        .join(link, sa.and_(link.c.component == last.c.component, link.c.event == last.c.event))
    )
    rows = list(connection.execute(query))
    where = places(connection, [row.id for row in rows])
    for row in rows:
        status = None if row.voided else row.status
        if (status, where[row.id].text) != (row.told, row.place):
            yield f"{row.id} is {status} at {where[row.id].text!r}, its newest event says {row.told} at {row.place!r}"


def _files(database: Database, files: list[dict[str, Any]]) -> Iterator[str]:
    for file in files:
        path = database.data_dir / file["path"]
        if not path.is_file():
            yield f"the attached file {path} is missing"
        elif sha256(path) != file["sha256"]:
            yield f"the attached file {path} was altered"
