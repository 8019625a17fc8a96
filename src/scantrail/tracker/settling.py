"""Findings: what an adopted database held against the rules, each with the command that settles it."""

from typing import Any

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Done, changing
from scantrail.tracker.store import Database, using
from scantrail.tracker.texts import text


def findings(database: Database, *, everything: bool = False) -> list[dict[str, Any]]:
    """Return the open findings, oldest first, each with its raw row as `document`; `everything`: settled ones, too.

    `command` does what is to be done and marks the finding as settled; adopting again does that by itself.
    """
    table, kept = schema.finding, schema.adopted
    query = (
        sa.select(*(column for column in table.c if column.name != "voided"), kept.c.kept_in)
        .outerjoin(kept, kept.c.source == table.c.source)
        .where(table.c.voided.is_(None))
        .order_by(table.c.id)
    )
    if not everything:
        query = query.where(table.c.settled.is_(None))
    with database.read() as connection:
        rows = [row._asdict() for row in connection.execute(query)]
    for row in rows:
        row["command"] = _settling(row["id"], row["command"])
        row["adopted"] = row.pop("kept_in") is not None
    return rows


def _settling(number: int, command: str | None) -> str:
    if command is None:
        return f"svt findings --settle {number} --answer TEXT"
    return command if command.startswith("svt adopt ") else f"{command} && svt findings --settle {number} --answer done"


def settle_finding(number: int, answer: str, *, settled_by: str | None = None, db: Database | None = None) -> Done:
    """Mark a finding as settled, saying how. Raises Refused if there is none of this number or it is settled."""
    if not text(answer, "the answer").strip():
        raise InputError("the answer is empty; say how the finding was settled")
    with using(db) as database, changing(database, "settle", settled_by) as change:
        table = schema.finding
        row = change.connection.execute(sa.select(table).where(table.c.id == number, table.c.voided.is_(None))).first()
        if row is None:
            raise Refused(f"there is no finding {number}")
        if row.settled is not None:
            raise Refused(f"finding {number} is settled already: {row.answer}")
        if row.component is not None:
            change.touch(row.component)
        change.update(table, number, settled=change.time, settled_by=change.person, answer=answer)
        change.said.append(f"settled finding {number}: {answer}")
    return change.done
