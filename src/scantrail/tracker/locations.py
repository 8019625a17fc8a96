"""Locations: a tree of what people type, `Clean Room > Shelf 2` standing in `Clean Room`."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError
from scantrail.tracker import schema
from scantrail.tracker.lookup import hint, nearest
from scantrail.tracker.texts import name

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from scantrail.tracker.store import Database

WITHIN = " > "
"""What stands between a location and one inside it."""


def known_location(connection: "Connection", given: str | None) -> str | None:
    """Return a location's name, made with all that it lies in if it is new; None for none. Raises InputError."""
    if not given:
        return None
    steps = [step.strip() for step in name(given, "the location").split(WITHIN)]
    if not all(steps):
        raise InputError(f"the location {given!r} names nothing before or after a {WITHIN.strip()}")
    table = schema.location
    parent = None
    for depth in range(len(steps)):
        wanted = WITHIN.join(steps[: depth + 1])
        if connection.execute(sa.select(table.c.name).where(table.c.name == wanted)).first() is None:
            connection.execute(table.insert(), {"name": wanted, "parent": parent})
        parent = wanted
    return parent


def inside(connection: "Connection", location: str) -> "Select[Any]":
    """Return the query of a location and every one inside it. Raises InputError, naming near ones, if there is none."""
    table = schema.location
    names = list(connection.execute(sa.select(table.c.name)).scalars())
    if location not in names:
        raise InputError(f"there is no location {location!r}{hint(nearest(location, names))}")
    down = sa.select(table.c.name).where(table.c.name == location).cte(recursive=True)
    down = down.union(sa.select(table.c.name).join(down, table.c.parent == down.c.name))
    return sa.select(down.c.name)


def list_locations(database: "Database") -> list[dict[str, Any]]:
    """Return each location with what it lies in and how many components are right there; ordered by name."""
    table, component = schema.location, schema.component
    here = sa.and_(component.c.location == table.c.name, component.c.voided.is_(None))
    query = (
        sa.select(table.c.name, table.c.parent, sa.func.count(component.c.id).label("components"))
        .outerjoin_from(table, component, here)
        .group_by(table.c.name, table.c.parent)
        .order_by(table.c.name)
    )
    with database.read() as connection:
        return [row._asdict() for row in connection.execute(query)]
