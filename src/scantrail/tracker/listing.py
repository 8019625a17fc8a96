"""Pages of components, the occupancy of positions, and figures of the whole."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.locations import inside
from scantrail.tracker.lookup import find_type
from scantrail.tracker.places import places
from scantrail.tracker.profile import Profile
from scantrail.tracker.store import Database
from scantrail.tracker.texts import text
from scantrail.tracker.workflow import known_status

if TYPE_CHECKING:
    from sqlalchemy import Connection

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Components of one page, as JSON-safe rows, and how many there are in all."""

    rows: list[dict[str, Any]]
    total: int
    first: int


def list_components(
    database: Database,
    *,
    kind: str | None = None,
    status: str | None = None,
    location: str | None = None,
    page: int = 1,
    size: int | None = PAGE,
) -> Page:
    """Return one page of the components of a type, in a status, kept at or inside a location; ordered by id.

    size: components a page, None for all of them. Raises InputError for a type, status or location that there is not.
    """
    table = schema.component
    conditions: list[sa.ColumnElement[bool]] = [table.c.voided.is_(None)]
    with database.read() as connection:
        if kind is not None:
            conditions.append(table.c.type == find_type(connection, kind))
        if status is not None:
            conditions.append(table.c.status == known_status(status))
        if location is not None:
            conditions.append(table.c.location.in_(inside(connection, location)))
        return page_of(connection, conditions, (page - 1) * (size or 0), size)


def page_of(
    connection: "Connection", conditions: "Sequence[sa.ColumnElement[bool]]", first: int, size: int | None
) -> Page:
    """Return the components for which conditions hold, by id, from the one after `first` others; size None: all."""
    table = schema.component
    columns = (table.c.id, table.c.type, table.c.status, table.c.manufacturer, table.c.serial)
    query = sa.select(*columns).where(*conditions).order_by(table.c.key).limit(size).offset(first or None)
    rows: list[dict[str, Any]] = [row._asdict() for row in connection.execute(query)]
    where = places(connection, [row["id"] for row in rows])
    total = connection.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one()
    for row in rows:
        place = where[row["id"]]
        row["manufacturer"] = row["manufacturer"] or None
        row |= {"place": place.text or None, "via": place.via, "part_of": place.parent}
    return Page(rows, total, first)


def list_positions(
    database: Database, *, run_period: str | None = None, at: datetime | None = None, kind: str | None = None
) -> list[dict[str, Any]]:
    """Return each position with who sits in it: today, at a moment, or everybody of a run period; ordered by name.

    kind: only positions that take this type. Raises InputError if there is none of this name.
    """
    sits, position, accepts = schema.installation, schema.position, schema.position_accepts
    if run_period is not None:
        there = sits.c.run_period == text(run_period, "the run period")
    elif at is not None:
        there = sa.and_(sits.c.installed <= at, sa.or_(sits.c.removed.is_(None), sits.c.removed > at))
    else:
        there = sits.c.removed.is_(None)
    query = (
        sa.select(
            position.c.name.label("position"), sits.c.component, sits.c.run_period, sits.c.installed, sits.c.removed
        )
        .outerjoin_from(position, sits, sa.and_(sits.c.position == position.c.name, sits.c.voided.is_(None), there))
        .order_by(position.c.key, sits.c.installed)
    )
    if run_period is not None:
        query = query.where(sits.c.component.is_not(None))
    else:  # one that an older profile made takes nothing now
        takes = sa.select(accepts.c.type).where(accepts.c.position == position.c.name).exists()
        query = query.where(sa.or_(sits.c.component.is_not(None), takes))
    if kind is not None:
        query = query.where(position.c.name.in_(sa.select(accepts.c.position).where(accepts.c.type == kind)))
    with database.read() as connection:
        if kind is not None:
            find_type(connection, kind)
        return [row._asdict() for row in connection.execute(query)]


def summary(database: Database) -> dict[str, Any]:
    """Return how many components of each type are in each status, tests by verdict, positions taken and free."""
    table, test = schema.component, schema.test
    kinds = (
        sa.select(table.c.type, table.c.status, sa.func.count().label("count"))
        .where(table.c.voided.is_(None))
        .group_by(table.c.type, table.c.status)
    )
    verdicts = (
        sa.select(test.c.type, test.c.stated, test.c.measured, sa.func.count().label("count"))
        .where(test.c.voided.is_(None))
        .group_by(test.c.type, test.c.stated, test.c.measured)
    )
    components: dict[str, dict[str, int]] = {}
    tests: dict[str, dict[str, int]] = {}
    with database.read() as connection:
        for row in connection.execute(kinds):
            components.setdefault(row[0], {})[row[1]] = row[2]
        for row in connection.execute(verdicts):
            counts = tests.setdefault(row.type, {"pass": 0, "fail": 0, "none": 0})
            stated = row.stated if row.stated is not None else row.measured
            counts["none" if stated is None else "pass" if stated else "fail"] += row[3]
        return {
            "database": database.name,
            "profile": database.profile.name,
            "components": dict(sorted(components.items())),
            "tests": dict(sorted(tests.items())),
            "positions": _occupancy(connection, database.profile),
            "open_issues": _open_issues(connection),
        }


def list_test_types(database: Database) -> list[dict[str, Any]]:
    """Return every test type with its quantities, their units, and the limits in force."""
    table, limit = schema.test_type, schema.test_limit
    with database.read() as connection:
        limits: dict[str, list[dict[str, Any]]] = {}
        columns = (limit.c.type, limit.c.test_type, limit.c.quantity, limit.c.low, limit.c.high, limit.c.required_for)
        query = sa.select(*columns, limit.c.source).where(limit.c.voided.is_(None)).order_by(limit.c.id)
        for row in connection.execute(query):
            limits.setdefault(row.test_type, []).append(row._asdict())
        types = [row._asdict() for row in connection.execute(sa.select(table).order_by(table.c.name))]
    required: dict[str, list[str]] = {}
    for name, kind in database.profile.types.items():
        for status, tests in kind.required.items():
            for test in tests:
                required.setdefault(test, []).append(f"{name} to be {status}")
    return [{**row, "limits": limits.get(row["name"], []), "required": required.get(row["name"], [])} for row in types]


def _occupancy(connection: "Connection", profile: Profile) -> dict[str, dict[str, int | None]]:
    """Positions taken and free by type, None if there is no end to them; one that takes several counts for each."""
    accepts, sits = schema.position_accepts, schema.installation
    taken = sa.func.count(sits.c.id)
    query = (
        sa.select(accepts.c.type, sa.func.count().label("all"), taken.label("taken"))
        .outerjoin_from(accepts, sits, sa.and_(sits.c.position == accepts.c.position, schema.is_open(sits)))
        .group_by(accepts.c.type)
        .order_by(accepts.c.type)
    )
    return {
        row[0]: {"taken": row[2], "free": None if profile.unlimited(row[0]) else row[1] - row[2]}
        for row in connection.execute(query)
    }


def _open_issues(connection: "Connection") -> int:
    table = schema.maintenance
    query = sa.select(sa.func.count()).where(
        table.c.type.in_(("issue", "repair")), table.c.resolved.is_(None), table.c.voided.is_(None)
    )
    return int(connection.execute(query).scalar_one())
