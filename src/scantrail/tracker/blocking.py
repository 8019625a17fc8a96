"""What stands between a component and a status: tests that are required, and not passed or never made."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.limits import judge
from scantrail.tracker.lookup import find
from scantrail.tracker.profile import from_document
from scantrail.tracker.workflow import NOT_INSTALLABLE, TRANSITIONS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from scantrail.tracker.store import Database


@dataclass(frozen=True, slots=True)
class Blocks:
    """What stands between a component and being qualified: nothing if `reasons` is empty."""

    component: str
    status: str
    reasons: tuple[str, ...]


def blocks(database: "Database", component: str) -> Blocks:
    """Return what stands between a component and the status qualified. Raises ComponentNotFound."""
    with database.read() as connection:
        row = find(connection, component)
        if row.status == "qualified":
            return Blocks(row.id, row.status, ())
        reasons = []
        if row.status == "installed":
            reasons.append("it is installed; it is qualified or not before that")
        elif row.status in NOT_INSTALLABLE or "qualified" not in TRANSITIONS[row.status]:
            ways = ", ".join(step for step in TRANSITIONS[row.status] if step != "installed")
            reasons.append(f"it is {row.status}; from there it may become {ways}")
        reasons += missing_tests(connection, row.id, row.type, "qualified")
        return Blocks(row.id, row.status, tuple(reasons))


def required_tests(connection: "Connection", kind: str, status: str) -> list[str]:
    """Return the test types that a type must pass to reach a status: the profile's, and those of `limit`."""
    row = connection.execute(sa.select(schema.profile.c.name, schema.profile.c.document)).first()
    profile = None if row is None else from_document(row.document, row.name)
    declared = profile.types[kind].required.get(status, ()) if profile and kind in profile.types else ()
    table = schema.test_limit
    query = sa.select(table.c.test_type).where(
        table.c.type == kind, table.c.required_for == status, table.c.voided.is_(None)
    )
    return list(dict.fromkeys([*declared, *connection.execute(query.order_by(table.c.id)).scalars()]))


def missing_tests(connection: "Connection", component: str, kind: str, status: str) -> list[str]:
    """Return in words the required tests whose newest result is not a pass."""
    return [
        said
        for test_type in required_tests(connection, kind, status)
        if (said := _lack(connection, component, kind, test_type))
    ]


def _lack(connection: "Connection", component: str, kind: str, test_type: str) -> str:
    table = schema.test
    replaced = sa.select(table.c.supersedes).where(table.c.supersedes.is_not(None), table.c.voided.is_(None))
    newest = connection.execute(
        sa.select(table.c.id, table.c.stated, table.c.measured)
        .where(table.c.component == component, table.c.type == test_type, table.c.voided.is_(None))
        .where(table.c.id.not_in(replaced.where(table.c.component == component)))
        .order_by(table.c.tested.desc(), table.c.id.desc())
        .limit(1)
    ).first()
    if newest is None:
        return f"a passed {test_type} (none was made)"
    if newest.measured is False:
        return f"a passed {test_type} (the newest is outside its limits)"
    if newest.stated is False:
        return f"a passed {test_type} (the newest failed)"
    if newest.stated is None and newest.measured is None:
        return f"a passed {test_type} (the newest has no verdict)"
    # its verdict stands, but a limit that was changed since asks for more
    breaches = judge(connection, kind, test_type, _numbers(connection, newest.id)).breaches
    return f"a passed {test_type} (by the limits of today {'; '.join(breaches)})" if breaches else ""


def _numbers(connection: "Connection", test: int) -> dict[str, Any]:
    table = schema.measurement
    rows = connection.execute(sa.select(table).where(table.c.test == test).order_by(table.c.name))
    return {row.name: row.number if row.other is None else row.other for row in rows}
