"""Finding a component or a position by what somebody typed, and naming near ones if there is none."""

import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.db import TEXT
from scantrail.errors import ComponentNotFound, InputError
from scantrail.tracker import schema
from scantrail.tracker.texts import is_text

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

_CANDIDATES = 2000


def find(connection: "Connection", component: str) -> "Row[Any]":
    """Return the row of a component, by its id without regard to case. Raises ComponentNotFound with near ids."""
    given = unicodedata.normalize("NFC", component).strip()
    if is_text(given) and (row := like(connection, given)) is not None and row.voided is None:
        return row
    raise ComponentNotFound(f"there is no component {component!r}{hint(_near(connection, component))}")


def like(connection: "Connection", component: str) -> "Row[Any] | None":
    """Return the row of a component that has this id but for its case, also one that was undone.

    SQLite knows the cases of ASCII alone; ids with other letters are few, and compared one by one.
    """
    row = connection.execute(_by_key(), {"given": component}).first()
    if row is not None or component.isascii():
        return row
    table = schema.component
    longer = sa.func.length(sa.cast(table.c.id, sa.LargeBinary)) > sa.func.length(table.c.id)
    ids = connection.execute(sa.select(table.c.id).where(longer)).scalars()
    same = next((each for each in ids if each.lower() == component.lower()), None)
    return None if same is None else connection.execute(sa.select(table).where(table.c.id == same)).first()


@cache
def _by_key() -> "Select[Any]":
    """Built once, for every command finds a component."""
    table = schema.component
    return sa.select(table).where(table.c.key == sa.func.lower(sa.bindparam("given", type_=TEXT)))


def find_type(connection: "Connection", kind: str) -> str:
    """Return the name of a component type. Raises InputError with the known ones."""
    known = list(connection.execute(sa.select(schema.component_type.c.name)).scalars())
    if kind not in known:
        raise InputError(f"there is no component type {kind!r}; known are {', '.join(sorted(known))}")
    return kind


def near_positions(connection: "Connection", position: str) -> str:
    """Return a hint that names the positions nearest to this name; empty if none is near."""
    names = list(connection.execute(sa.select(schema.position.c.name)).scalars())
    return hint(nearest(position, names))


def nearest(given: str, names: list[str]) -> list[str]:
    """Return up to three names that are spelled much like the one given."""
    import difflib  # needed for a name that is wrong alone

    by_key = {name.lower(): name for name in names}
    return [by_key[key] for key in difflib.get_close_matches(given[:200].lower(), by_key, 3, 0.6)]


def _near(connection: "Connection", component: str) -> list[str]:
    """Look among the ids that begin alike; in a large database not every id can be compared."""
    table = schema.component
    given = component.strip().lower()
    for start in dict.fromkeys((given[:2], given[:1], "")):
        query = sa.select(table.c.id).where(table.c.voided.is_(None))
        if start and is_text(start):
            query = query.where(table.c.key >= start, table.c.key < start + "\U0010ffff")
        if found := nearest(component, list(connection.execute(query.limit(_CANDIDATES)).scalars())):
            return found
    return []


def hint(names: list[str]) -> str:
    """Return the end of a message that names near ones; empty if there are none."""
    return f"; nearest: {', '.join(names)}" if names else ""
