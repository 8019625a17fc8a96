"""Tests across components: who has passed what, and what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.blocking import required_tests
from scantrail.tracker.lookup import find_type
from scantrail.tracker.store import Database
from scantrail.tracker.workflow import OUTCOMES

if TYPE_CHECKING:
    from sqlalchemy import Connection

Verdict = Literal["pass", "fail", "none"]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The newest verdicts of the components of a type, a page of them by id.

    tests: the test types, those that are required first; required: test type -> statuses that need it. rows: for each
    component id, status and `verdicts`, test type -> its newest verdict; a test type without any is not in it.
    """

    kind: str
    tests: tuple[str, ...]
    required: dict[str, tuple[str, ...]]
    rows: tuple[dict[str, Any], ...]
    total: int
    first: int


def verdict_matrix(
    database: Database, kind: str, *, lacking: str | None = None, page: int = 1, size: int = 50
) -> Matrix:
    """Return the newest verdict of each test for a page of components of a type.

    lacking: only components without a passed test of this type. Raises InputError for a type that there is not.
    """
    with database.read() as connection:
        find_type(connection, kind)
        table = schema.component
        conditions = [table.c.type == kind, table.c.voided.is_(None)]
        if lacking is not None:
            newest = _newest(kind).where(schema.test.c.type == lacking).subquery()
            passed = sa.select(newest.c.component).where(newest.c.place == 1, newest.c.verdict == "pass")
            conditions.append(table.c.id.not_in(passed))
        query = sa.select(table.c.id, table.c.status).where(*conditions).order_by(table.c.key)
        first = (page - 1) * size
        rows = [{**row._asdict(), "verdicts": {}} for row in connection.execute(query.limit(size).offset(first))]
        total = connection.execute(sa.select(sa.func.count()).select_from(table).where(*conditions)).scalar_one()
        _fill(connection, kind, rows)
        required = _required(connection, kind)
        test, types = schema.test, schema.test_type
        one = sa.select(test.c.id).join(table, table.c.id == test.c.component)
        one = one.where(test.c.type == types.c.name, table.c.type == kind, test.c.voided.is_(None))
        made = connection.execute(sa.select(types.c.name).where(one.correlate(types).exists())).scalars()
        tests = tuple(dict.fromkeys([*required, *sorted(made)]))
    return Matrix(kind, tests, required, tuple(rows), total, first)


def _replaced() -> "sa.Select[Any]":
    test = schema.test
    return sa.select(test.c.supersedes).where(test.c.supersedes.is_not(None), test.c.voided.is_(None))


def _newest(kind: str) -> "sa.Select[Any]":
    """Every test of the components of a type with its verdict, numbered from the newest of its kind."""
    test, table = schema.test, schema.component
    no = sa.literal(False, test.c.stated.type)
    verdict = sa.case(
        (sa.or_(test.c.measured == no, test.c.stated == no), "fail"),
        (sa.and_(test.c.measured.is_(None), test.c.stated.is_(None)), "none"),
        else_="pass",
    ).label("verdict")
    place = sa.func.row_number().over(
        partition_by=(test.c.component, test.c.type), order_by=(test.c.tested.desc(), test.c.id.desc())
    )
    return (
        sa.select(test.c.component, test.c.type, verdict, place.label("place"))
        .join(table, table.c.id == test.c.component)
        .where(table.c.type == kind, test.c.voided.is_(None), test.c.id.not_in(_replaced()))
    )


def _fill(connection: "Connection", kind: str, rows: Sequence[dict[str, Any]]) -> None:
    by_id = {row["id"]: row["verdicts"] for row in rows}
    newest = _newest(kind).where(schema.test.c.component.in_(list(by_id))).subquery()
    for found in connection.execute(sa.select(newest).where(newest.c.place == 1)):
        by_id[found.component][found.type] = found.verdict


def _required(connection: "Connection", kind: str) -> dict[str, tuple[str, ...]]:
    needed: dict[str, list[str]] = {}
    for status in OUTCOMES:
        for test_type in required_tests(connection, kind, status):
            needed.setdefault(test_type, []).append(status)
    return {test_type: tuple(statuses) for test_type, statuses in needed.items()}
