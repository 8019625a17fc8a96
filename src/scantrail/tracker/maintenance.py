"""What people write down of a component: issues, repairs, notes, observations, comments."""

from collections.abc import Sequence

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.lookup import find
from scantrail.tracker.store import Database, using
from scantrail.tracker.texts import name
from scantrail.tracker.texts import text as checked

LOG_TYPES: Sequence[str] = ("issue", "repair", "maintenance", "note", "observation", "comment")
"""What a person may log; assembly and disassembly are logged by themselves."""

SEVERITIES: Sequence[str] = ("info", "minor", "major", "critical")


def add_maintenance_log(
    component_id: str,
    text: str,
    log_type: str = "note",
    *,
    severity: str | None = None,
    logged_by: str | None = None,
    db: Database | None = None,
) -> Done:
    """Write something down of a component. Raises ComponentNotFound, InputError."""
    if log_type not in LOG_TYPES:
        raise InputError(f"there is no log type {log_type!r}; it is one of {', '.join(LOG_TYPES)}")
    if not checked(text, "the text").strip():
        raise InputError("the text is empty; say what there is to log")
    with using(db) as database, changing(database, "comment" if log_type == "comment" else "log", logged_by) as change:
        row = find(change.connection, component_id)
        change.touch(row.id)
        number = write_log(change, row.id, log_type, text, severity)
        change.said.append(f"logged {log_type} {number} of {row.id}")
    return change.done


def resolve_log(number: int, resolution: str, *, resolved_by: str | None = None, db: Database | None = None) -> Done:
    """Close an open log entry, saying how. Raises Refused if there is none of this number or it is closed."""
    with using(db) as database, changing(database, "resolve", resolved_by) as change:
        table = schema.maintenance
        row = change.connection.execute(sa.select(table).where(table.c.id == number, table.c.voided.is_(None))).first()
        if row is None:
            raise Refused(f"there is no log entry {number}")
        if row.type not in LOG_TYPES:
            raise Refused(f"log entry {number} tells of the {row.type} of {row.component}; there is nothing to resolve")
        if row.resolved is not None:
            raise Refused(f"log entry {number} of {row.component} is resolved already: {row.resolution}")
        change.touch(row.component)
        change.update(table, number, resolved=change.time, resolution=checked(resolution, "the resolution"))
        change.said.append(f"resolved {row.type} {number} of {row.component}")
    return change.done


def write_log(change: Change, component: str, log_type: str, text: str, severity: str | None = None) -> int:
    """Add a log entry within a command and return its number."""
    return change.insert(
        schema.maintenance,
        component=component,
        type=log_type,
        severity=name(severity, "the severity") if severity else None,
        text=text,
        opened=change.time,
        opened_by=change.person,
    )
