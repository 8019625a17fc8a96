"""Is everything as it was recorded: the rules of the database, the chain of events, each row against them, each file.

The events are read once, and again for rows that differ, to say how. What is held in memory grows with the number of
components and, by eight bytes a row, with that of tests and logs.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from scantrail.db import altered_rules, metadata
from scantrail.tracker import schema
from scantrail.tracker.account import TABLES, Account, Stands, last_told, movement, untold
from scantrail.tracker.change import key_column
from scantrail.tracker.chronicle import events, rows_of, some_rows
from scantrail.tracker.declared import declared, undeclared
from scantrail.tracker.files import sha256
from scantrail.tracker.locations import WITHIN
from scantrail.tracker.places import places
from scantrail.tracker.seal import provenance
from scantrail.tracker.store import Database
from scantrail.tracker.sums import Key, mark, marks

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scantrail.tracker.profile import Profile


LONGEST = 200
"""Characters of a value that a sentence shows."""


def verify(database: Database) -> list[str]:
    """Return what is wrong with a database and its files, a sentence each; nothing if all is well."""
    profile = database.profile
    with database.read() as connection:
        wrong = [*altered_rules(connection), *_engine(connection)]
        account = Account()
        wrong += _chain(connection, account)
        wrong += _rows(connection, account)
        wrong += _components(connection, account)
        wrong += _movements(connection, account)
        wrong += _adopted(connection, account)
        wrong += _kinds(connection, profile, account)
        wrong += _files(connection, database)
    return wrong


def _engine(connection: "Connection") -> Iterator[str]:
    if connection.dialect.name != "sqlite":
        return
    try:
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check"):
            if said != "ok":
                yield f"the database file is damaged: {said}"
    except DBAPIError as error:  # a value that a check cannot even read
        yield f"the database file is damaged: {error.orig}"
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"a row of {row[0]} refers to nothing in {row[2]}"


def _chain(connection: "Connection", account: Account) -> Iterator[str]:
    for page in events(connection):
        stands = _stands(connection, page[0].number, page[-1].number)
        for event in page:
            yield from account.take(event, stands.get(event.number, {}))
    head = next((row for page in rows_of(connection, schema.chain) for row in page), None)
    if head is None:
        yield "the head of the chain of events is missing"
    elif (head["number"], head["hash"]) != (account.number, account.hash):
        yield f"the newest events after {account.number} are missing"
    elif head["time"] != account.time:
        yield f"the head of the chain of events is of {head['time']}, event {account.number} of {account.time}"


def _stands(connection: "Connection", first: int, last: int) -> dict[int, Stands]:
    link = schema.event_component
    found: dict[int, dict[str, tuple[str | None, str]]] = defaultdict(dict)
    for row in connection.execute(sa.select(link).where(link.c.event.between(first, last))):
        found[row.event][row.component] = row.status, row.place
    return dict(found)


def _rows(connection: "Connection", account: Account) -> Iterator[str]:
    """Take each row from what was told of it; whatever is left then was altered, added or taken away."""
    told = set(account.sums)
    for name in TABLES:
        table = metadata.tables[name]
        key, sums, skip = key_column(table).name, account.sums[name], untold(name)
        for page in rows_of(connection, table):
            for row in page:
                sums.add(row[key], -marks(row, skip))
    sums = account.sums["measurement"]
    for page in rows_of(connection, schema.measurement):
        for row in page:
            sums.add(row["test"], -mark(row["name"], _measured(row)))
    differing = {name: list(sums.rest()) for name, sums in account.sums.items() if name != "movement"}
    if "profile" not in told:
        del differing["profile"]  # nothing was recorded yet
    if any(differing.values()):
        yield from _differences(connection, differing)


def _differences(connection: "Connection", differing: dict[str, list[Key]]) -> Iterator[str]:
    told = last_told(events(connection), {name: set(keys) for name, keys in differing.items()})
    for name, keys in differing.items():
        for key in keys:
            yield from _difference(connection, name, key, told.get((name, key)))


def _difference(connection: "Connection", name: str, key: Key, told: dict[str, Any] | None) -> Iterator[str]:
    if name == "measurement":
        found = _measurements(connection, int(key))
        if marks(found) != marks(told or {}):
            yield f"the measurements of test {key} are {_shown(found)}, the events say {_shown(told or {})}"
        return
    row = _row(connection, name, key)
    label = f"the profile {row['name'] if row else ''}".strip() if name == "profile" else f"{name} {key}"
    if row is None:
        yield f"{label} is missing"
    elif told is None:
        yield f"no event tells of {label}"
    else:
        for field in dict.fromkeys((*row, *told)):
            now, then = row.get(field), told.get(field)
            if field not in untold(name) and mark(field, now) != mark(field, then):
                yield f"{field} of {label} is {_shown(now)}, the events say {_shown(then)}"


def _row(connection: "Connection", name: str, key: Key) -> dict[str, Any] | None:
    if name not in metadata.tables:
        return None
    table = metadata.tables[name]
    return next(iter(some_rows(connection, table, key_column(table) == key)), None)


def _measurements(connection: "Connection", test: int) -> dict[str, Any]:
    table = schema.measurement
    return {row["name"]: _measured(row) for row in some_rows(connection, table, table.c.test == test)}


def _measured(row: dict[str, Any]) -> object:
    return row["number"] if row["other"] is None else row["other"]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _components(connection: "Connection", account: Account) -> Iterator[str]:
    """Compare what follows from the events with what the rows say: versions, times of change, places."""
    for page in rows_of(connection, schema.component):
        where = places(connection, [row["id"] for row in page])
        for row in page:
            component = row["id"]
            for field, made in (("version", account.versions), ("updated", account.updated)):
                if component in made and made[component] != row[field]:
                    yield f"{field} of component {component} is {row[field]!r}, its events make it {made[component]!r}"
            if (told := account.places.get(component)) not in (None, where[component].text):
                yield f"{component} is at {where[component].text!r}, its newest event says {told!r}"


def _movements(connection: "Connection", account: Account) -> Iterator[str]:
    """A movement follows from the places of two events; those of an import are told by it row by row."""
    imported = account.sums["movement"]
    told = set(imported.rest())
    for page in rows_of(connection, schema.movement):
        for row in page:
            if row["id"] in told:
                imported.add(row["id"], -marks(row, untold("movement")))
            else:
                moved = movement(row["origin"], row["destination"], row["moved"], row["moved_by"])
                account.moves.add(row["component"], -moved)
    for number in imported.rest():
        yield f"movement {number} is not as the events tell of it"
    for component in account.moves.rest():
        yield f"the movements of {component} are not those that its events tell of"


def _adopted(connection: "Connection", account: Account) -> Iterator[str]:
    """Compare each row that was taken over with what it was then; events of older versions do not tell of them."""
    told = dict(account.adopted)
    for page in rows_of(connection, schema.adopted) if told else ():
        for row in page:
            wanted = told.pop(row["source"], None)
            if wanted is None:
                yield f"no event tells of the adopted row {row['origin']}"
            elif wanted != marks(provenance(row)):
                yield f"the adopted row {row['origin']} was altered"
    for source in told:
        yield f"adopted {source} is missing"


def _kinds(connection: "Connection", profile: "Profile", account: Account) -> Iterator[str]:
    for table, _ in declared(profile):
        found = [row for page in rows_of(connection, table) for row in page]
        yield from undeclared(profile, table, found)
    locations = {row["name"]: row["parent"] for page in rows_of(connection, schema.location) for row in page}
    for name, parent in locations.items():
        within = name.rpartition(WITHIN)[0] or None
        if parent != within:
            yield f"location {name!r} lies in {parent!r}, its name says {within!r}"
    for name in sorted(account.locations - set(locations)):
        yield f"location {name!r} is missing"


def _files(connection: "Connection", database: Database) -> Iterator[str]:
    for page in rows_of(connection, schema.file):
        for file in page:
            path = database.data_dir / file["path"]
            if not path.is_file():
                yield f"the attached file {path} is missing"
            elif sha256(path) != file["sha256"]:
                yield f"the attached file {path} was altered"
