"""The tests of a component with all that a figure of them needs: units, limits of every time, files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import Refused
from scantrail.tracker import schema
from scantrail.tracker.lookup import find
from scantrail.tracker.results import tests_of, units_of
from scantrail.tracker.store import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit of a quantity, both ends included, in force from `made` until `voided` (None: still)."""

    low: float | None
    high: float | None
    made: datetime
    voided: datetime | None

    def ends(self) -> tuple[tuple[str, float], ...]:
        """Return what it demands, as ("at least", low) and ("at most", high)."""
        both = (("at least", self.low), ("at most", self.high))
        return tuple((words, end) for words, end in both if end is not None)

    def holds(self, value: float) -> bool:
        """Whether a value keeps within it."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


@dataclass(frozen=True, slots=True)
class Subject:
    """A component and its tests, the newest first, as `tests_of` gives them; data_dir holds their files.

    units: test type -> quantity -> unit; bounds: (test type, quantity) -> limits, the oldest first.
    """

    id: str
    kind: str
    operating_voltage: float | None
    tests: Sequence[Mapping[str, Any]]
    units: Mapping[str, Mapping[str, str]]
    bounds: Mapping[tuple[str, str], Sequence[Bound]]
    data_dir: Path

    def of_type(self, test_type: str) -> list[Mapping[str, Any]]:
        """Return the tests of a type, the newest first. Raises Refused if there is none."""
        found = [test for test in self.tests if test["test_type"] == test_type]
        if not found:
            kinds = dict.fromkeys(test["test_type"] for test in self.tests)
            has = f"it has {', '.join(kinds)}" if kinds else "it has none at all"
            raise Refused(f"{self.id} has no test of the type {test_type!r}; {has}")
        return found

    def unit(self, test_type: str, quantity: str) -> str:
        """Return the unit of a quantity, empty if none is declared."""
        return self.units.get(test_type, {}).get(quantity, "")

    def bound_now(self, test_type: str, quantity: str) -> Bound | None:
        """Return the limit that is in force, None if there is none."""
        return next((bound for bound in self.bounds.get((test_type, quantity), ()) if bound.voided is None), None)


def subject(database: Database, component: str) -> Subject:
    """Read a component's tests. Raises ComponentNotFound."""
    with database.read() as connection:
        row = find(connection, component)
        kind = database.profile.types.get(row.type)
        return Subject(
            row.id,
            row.type,
            None if kind is None else kind.operating_voltage,
            tests_of(connection, row.id),
            units_of(connection),
            bounds_of(connection, row.type),
            database.data_dir,
        )


def bounds_of(connection: "Connection", kind: str) -> dict[tuple[str, str], list[Bound]]:
    """Return every limit of a component type, the oldest first, by test type and quantity."""
    table = schema.test_limit
    query = sa.select(table).where(
        table.c.type == kind,
        table.c.quantity.is_not(None),
        sa.or_(table.c.low.is_not(None), table.c.high.is_not(None)),
    )
    found: dict[tuple[str, str], list[Bound]] = {}
    for row in connection.execute(query.order_by(table.c.made, table.c.id)):
        key = (row.test_type, row.quantity)
        found.setdefault(key, []).append(Bound(row.low, row.high, row.made, row.voided))
    return found


def when(moment: datetime) -> str:
    """Write a moment in local time, to the minute."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def verdict(test: Mapping[str, Any]) -> str:
    """Return pass, fail, disputed (stated to pass, but the limits say fail, or the reverse), or none."""
    stated, measured = test["pass_fail"], test["measured"]
    if stated is not None and measured is not None and stated != measured:
        return "disputed"
    judged = stated if stated is not None else measured
    return "none" if judged is None else "pass" if judged else "fail"


VERDICTS = {"pass": "pass", "fail": "fail", "disputed": "verdicts differ", "none": ""}
"""What `verdict` returns, as a legend says it."""
