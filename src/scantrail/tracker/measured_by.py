"""Runs and the components that they measured: who may be measured, which run measured whom, what came of it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import Refused
from scantrail.tracker import schema
from scantrail.tracker.lookup import find
from scantrail.tracker.run_tests import RunTest, run_test
from scantrail.tracker.store import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

GONE = ("retired", "lost")
"""Statuses in which nothing can be measured."""


def measurable(database: Database, component_id: str, kind: str) -> tuple[str, RunTest]:
    """Return the id of a component as it is spelled, and what a run of this kind is to it.

    Raises ComponentNotFound with the nearest ids, Refused for one that is retired or lost, or of another type.
    """
    with database.read() as connection:
        row = find(connection, component_id)
    if row.status in GONE:
        raise Refused(
            f"{row.id} is {row.status}, so nothing can measure it; `svt update {row.id} --status testing` "
            "brings it back"
        )
    return row.id, run_test(database.profile.runs, kind, row.id, row.type)


def link_run(database: Database, uid: str, components: Iterable[str]) -> None:
    """Note that a run measured components; noted again, nothing changes. Raises DatabaseError."""
    table = schema.run_component
    with database.store.write() as connection:
        known = set(connection.execute(sa.select(table.c.component).where(table.c.run_uid == uid)).scalars())
        rows = [{"run_uid": uid, "component": each} for each in dict.fromkeys(components) if each not in known]
        if rows:
            connection.execute(table.insert(), rows)


def runs_of(connection: "Connection", component: str) -> list[dict[str, Any]]:
    """Return the runs that measured a component, newest first, as far as this catalogue knows them."""
    table = schema.run_component
    if connection.execute(sa.select(table.c.run_uid).where(table.c.component == component).limit(1)).first() is None:
        return []
    from scantrail.runs import run_table as run  # most components of a tracker were never in a run

    columns = (run.c.number, run.c.uid, run.c.kind, run.c.status, run.c.points, run.c.started)
    query = sa.select(*columns).join_from(table, run, run.c.uid == table.c.run_uid)
    query = query.where(table.c.component == component).order_by(run.c.started.desc(), run.c.number.desc())
    return [dict(row._asdict()) for row in connection.execute(query)]


def tests_of_run(database: Database, uid: str) -> list[dict[str, Any]]:
    """Return what a run was to the components it measured: component, test, verdicts, limits that judged."""
    table = schema.test
    query = sa.select(table).where(table.c.run_uid == uid, table.c.voided.is_(None)).order_by(table.c.component)
    with database.read() as connection:
        return [
            {
                "component": row.component,
                "test_type": row.type,
                "uuid": row.uuid,
                "pass_fail": row.stated,
                "measured": row.measured,
                "limits": row.limits or [],
            }
            for row in connection.execute(query)
        ]
