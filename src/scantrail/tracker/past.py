"""The past: what happened to a component, and how everything stood at a moment."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.lookup import find, find_type
from scantrail.tracker.store import Database


def history(database: Database, component_id: str) -> list[dict[str, Any]]:
    """Return the events that concern a component, oldest first. Raises ComponentNotFound."""
    event, link = schema.event, schema.event_component
    columns = (event.c.number, event.c.time, event.c.person, event.c.login, event.c.command, event.c.said)
    undoing = event.alias("undoing")
    query = (
        sa.select(
            *columns, event.c.waiver, event.c.undoes, undoing.c.number.label("undone_by"), link.c.status, link.c.place
        )
        .join(link, link.c.event == event.c.number)
        .outerjoin(undoing, undoing.c.undoes == event.c.number)
        .order_by(event.c.number)
    )
    with database.read() as connection:
        row = find(connection, component_id)
        return [found._asdict() for found in connection.execute(query.where(link.c.component == row.id))]


def at(
    database: Database, moment: datetime, *, kind: str | None = None, component_id: str | None = None
) -> list[dict[str, Any]]:
    """Return id, type, status and place of every component as they stood at a moment; ordered by id.

    Told from the events alone, so from what was known then. Raises ComponentNotFound, InputError for an unknown type.
    """
    event, link, component = schema.event, schema.event_component, schema.component
    with database.read() as connection:
        newest = connection.execute(sa.select(sa.func.max(event.c.number)).where(event.c.time <= moment)).scalar()
        last = (
            sa.select(link.c.component, sa.func.max(link.c.event).label("event"))
            .where(link.c.event <= (newest or 0))
            .group_by(link.c.component)
        )
        if component_id is not None:
            last = last.where(link.c.component == find(connection, component_id).id)
        last_of = last.subquery()
        query = (
            sa.select(component.c.id, component.c.type, link.c.status, link.c.place)
            .join(last_of, last_of.c.component == component.c.id)
            .join(link, sa.and_(link.c.component == component.c.id, link.c.event == last_of.c.event))
            .where(link.c.status.is_not(None))
            .order_by(component.c.key)
        )
        if kind is not None:
            query = query.where(component.c.type == find_type(connection, kind))
        return [row._asdict() | {"place": row.place or None} for row in connection.execute(query)]
