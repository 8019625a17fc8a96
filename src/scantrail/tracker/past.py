"""The past: what happened to a component, and how everything stood at a moment."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.listing import PAGE, Page
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
    return page_at(database, moment, kind=kind, component_id=component_id, size=None).rows


def page_at(
    database: Database,
    moment: datetime,
    *,
    kind: str | None = None,
    component_id: str | None = None,
    page: int = 1,
    size: int | None = PAGE,
) -> Page:
    """Return one page of what `at` returns; size: components a page, None for all of them."""
    event, link, component = schema.event, schema.event_component, schema.component
    first = (page - 1) * (size or 0)
    with database.read() as connection:
        newest = connection.execute(sa.select(sa.func.max(event.c.number)).where(event.c.time <= moment)).scalar()
        earlier = link.alias("earlier")
        last = (
            sa.select(sa.func.max(earlier.c.event))
            .where(earlier.c.component == component.c.id, earlier.c.event <= (newest or 0))
            .scalar_subquery()
        )
        conditions: list[sa.ColumnElement[bool]] = [link.c.status.is_not(None)]
        if component_id is not None:
            conditions.append(component.c.id == find(connection, component_id).id)
        if kind is not None:
            conditions.append(component.c.type == find_type(connection, kind))
        stood = component.join(link, sa.and_(link.c.component == component.c.id, link.c.event == last))
        query = sa.select(component.c.id, component.c.type, link.c.status, link.c.place).select_from(stood)
        query = query.where(*conditions).order_by(component.c.key).limit(size).offset(first or None)
        rows = [row._asdict() | {"place": row.place or None} for row in connection.execute(query)]
        total = len(rows)
        if size is not None:
            counted = sa.select(sa.func.count()).select_from(stood).where(*conditions)
            total = connection.execute(counted).scalar_one()
    return Page(rows, total, first)
