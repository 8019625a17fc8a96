"""Finding components by any text that is kept of them: ids, serial numbers, notes, logs, attributes."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError
from scantrail.tracker import schema
from scantrail.tracker.store import Database
from scantrail.tracker.texts import text as checked

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection

_AROUND = 40
"""Characters that a match is shown with on each side."""
_BATCH = 500

_KEPT = (
    ("id", schema.component.c.id),
    ("serial", schema.component.c.serial),
    ("notes", schema.component.c.notes),
    ("log", schema.maintenance.c.text),
    ("resolution", schema.maintenance.c.resolution),
    ("test notes", schema.test.c.notes),
    ("installation notes", schema.installation.c.notes),
    ("assembly notes", schema.assembly.c.notes),
)
"""Where a text may stand, as people call it: in this order it is looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A component with every place where the text was found: (what it stands in, the text around it)."""

    component: str
    type: str
    status: str
    places: tuple[tuple[str, str], ...]


def search(database: Database, text: str) -> list[Found]:
    """Return the components of which something holds this text, without regard to case; every character is itself.

    Those come first whose id is the text, then those whose id holds it, then all others; each in the order of ids.
    Raises InputError for an empty text.
    """
    given = checked(text, "the text to search for").strip()
    if not given:
        raise InputError("the text to search for is empty")
    wanted = given.lower()
    places: dict[str, list[tuple[str, str]]] = {}
    with database.read() as connection:
        for name, column in _KEPT:
            for component, value in _matches(connection, column, _pattern(given)):
                if wanted in value.lower():
                    places.setdefault(component, []).append((name, _around(value, wanted)))
        column = schema.component.c.attributes
        for component, attributes in _matches(
            connection, column, _pattern(json.dumps(given, ensure_ascii=False)[1:-1])
        ):
            for name, value in _holding(attributes, wanted):
                places.setdefault(component, []).append((f"attribute {name}", _around(value, wanted)))
        rows = _rows(connection, list(places))
    found = [Found(each, *rows[each], tuple(places[each])) for each in places if each in rows]
    return sorted(found, key=lambda each: (_rank(each.component, wanted), each.component.lower()))


def _matches(connection: "Connection", column: "Column[Any]", pattern: str) -> Iterator[tuple[str, Any]]:
    """Yield component and value of rows that may hold the text: LIKE alone does not know the case of every letter."""
    table = column.table
    component = {"component": "id", "assembly": "parent"}.get(table.name, "component")
    held = sa.cast(column, sa.Text) if column is schema.component.c.attributes else column
    query = sa.select(table.c[component], column).where(held.ilike(pattern, escape="\\"), table.c.voided.is_(None))
    for row in connection.execute(query.order_by(*table.primary_key)):
        yield row[0], row[1]


def _pattern(given: str) -> str:
    """Return the pattern of everything that holds the text; a letter that is not ASCII stands for any one."""
    escaped = "".join(f"\\{each}" if each in "%_\\" else each if each.isascii() else "_" for each in given)
    return f"%{escaped}%"


def _holding(attributes: Mapping[str, Any], wanted: str) -> Iterator[tuple[str, str]]:
    for name, value in attributes.items():
        shown = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        if wanted in name.lower() or wanted in shown.lower():
            yield name, shown


def _around(value: str, wanted: str) -> str:
    """The text with a little of what stands around it; the start of a value that only its name made a match."""
    at = max(value.lower().find(wanted), 0)
    first, last = max(0, at - _AROUND), at + len(wanted) + _AROUND
    return f"{'…' if first else ''}{value[first:last]}{'…' if last < len(value) else ''}"


def _rank(component: str, wanted: str) -> int:
    key = component.lower()
    return 0 if key == wanted else 1 if wanted in key else 2


def _rows(connection: "Connection", components: list[str]) -> dict[str, tuple[str, str]]:
    table = schema.component
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(components), _BATCH):
        some = table.c.id.in_(components[start : start + _BATCH])
        query = sa.select(table.c.id, table.c.type, table.c.status).where(some, table.c.voided.is_(None))
        found.update((row.id, (row.type, row.status)) for row in connection.execute(query))
    return found
