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


def measurable(database: Database, component_id: str, kind: str) -> tuple[str, RunTest | None]:
    """Return the id of a component as it is spelled, and what a run of this kind is to it, None for no test.

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


def link_run(database: Database, uid: str, components: Iterable[str]) -> frozenset[str]:
    """Note that a run measured components, and return those that were not noted before. Raises DatabaseError."""
    from sqlalchemy.dialects import postgresql, sqlite  # 20 ms that reading does not pay

    table = schema.run_component
    with database.store.write() as connection:
        known = set(connection.execute(sa.select(table.c.component).where(table.c.run_uid == uid)).scalars())
        new = frozenset(components) - known
        if new:
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            rows = [{"run_uid": uid, "component": each} for each in sorted(new)]
            # another host may note the same run at the same moment
            connection.execute(insert(table).on_conflict_do_nothing(), rows)
    return new


def runs_measuring(database: Database, component_id: str) -> tuple[str, frozenset[str]]:
    """Return a component's id as it is spelled, and the uids of the runs that measured it. Raises ComponentNotFound."""
    table = schema.run_component
    with database.read() as connection:
        row = find(connection, component_id)
        uids = connection.execute(sa.select(table.c.run_uid).where(table.c.component == row.id)).scalars()
        return row.id, frozenset(uids)


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


def undone_tests(database: Database, run_uid: str, component: str, test_type: str) -> int:
    """Return how many tests of a component that a run became have been undone."""
    table = schema.test
    query = sa.select(sa.func.count()).where(
        table.c.run_uid == run_uid,
        table.c.component == component,
        table.c.type == test_type,
        table.c.voided.is_not(None),
    )
    with database.read() as connection:
        return int(connection.execute(query).scalar_one())
