"""Taking back the newest command of a person: its rows are voided or given their fields back, never deleted."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.db import TIME, metadata
from scantrail.errors import Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.store import Database, using

if TYPE_CHECKING:
    from sqlalchemy import Row


_OF_OTHERS = frozenset({"component", "measurement", "adopted"})
"""Tables whose rows come back with those they belong to; components come last."""


def undo(db: Database | None = None) -> Done:
    """Compensate the newest event of the login that is not undone yet. Raises Refused if a later one touches it."""
    with using(db) as database, changing(database, "undo") as change:
        event = _newest(change)
        _nothing_later(change, event)
        link = schema.event_component
        touched = sa.select(link.c.component).where(link.c.event == event.number)
        change.touch(*change.connection.execute(touched).scalars())
        change.undoes = event.number
        rows = [row for row in reversed(event.changes) if row["table"] not in _OF_OTHERS]
        for row in rows:
            _take_back(change, row)
        for row in reversed(event.changes):
            if row["table"] == "component":
                _restore(change, row)
        change.said.append(f"undid event {event.number}: {event.said}")
    return change.done


def _newest(change: Change) -> "Row[Any]":
    event, undoing = schema.event, schema.event.alias("undoing")
    query = (
        sa.select(event)
        .outerjoin(undoing, undoing.c.undoes == event.c.number)
        .where(event.c.login == change.login, event.c.undoes.is_(None), undoing.c.number.is_(None))
        .order_by(event.c.number.desc())
        .limit(1)
    )
    row = change.connection.execute(query).first()
    if row is None:
        raise Refused(f"there is nothing of {change.login} to undo")
    return row


def _nothing_later(change: Change, event: "Row[Any]") -> None:
    """What was undone itself, and the undoing of it, do not count."""
    table, link, undoing = schema.event, schema.event_component, schema.event.alias("undoing")
    touched = sa.select(link.c.component).where(link.c.event == event.number)
    query = (
        sa.select(table.c.number, table.c.person, table.c.said, link.c.component)
        .join(link, link.c.event == table.c.number)
        .outerjoin(undoing, undoing.c.undoes == table.c.number)
        .where(table.c.number > event.number, link.c.component.in_(touched))
        .where(table.c.undoes.is_(None), undoing.c.number.is_(None))
        .order_by(table.c.number)
        .limit(1)
    )
    later = change.connection.execute(query).first()
    if later is not None:
        raise Refused(
            f"event {event.number} ({event.said}) cannot be undone: event {later.number} of {later.person} "
            f"({later.said}) touches {later.component} since"
        )


def _take_back(change: Change, row: dict[str, Any]) -> None:
    table = metadata.tables[row["table"]]
    if row["before"] is None:
        change.update(table, row["key"], voided=change.time)
    else:
        change.update(table, row["key"], **_values(table, row["before"]))


def _restore(change: Change, row: dict[str, Any]) -> None:
    table = schema.component
    if row["before"] is None:
        change.set(row["key"], {"voided": change.time})
        return
    values = _values(table, row["before"])
    query = sa.select(table.c.status).where(table.c.id == row["key"])
    if values.get("status") == change.connection.execute(query).scalar_one():
        del values["status"]  # the rows of installations have brought it back
    if values:
        change.set(row["key"], values)


def _values(table: sa.Table, image: dict[str, Any]) -> dict[str, Any]:
    times = {column.name for column in table.c if column.type is TIME}
    return {
        field: datetime.fromisoformat(value) if field in times and value is not None else value
        for field, value in image.items()
    }
