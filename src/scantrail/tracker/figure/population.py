"""A quantity over all components of a type, each in its newest test that has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.figure.quantities import as_number, named, unit_of_number
from scantrail.tracker.figure.subject import Bound, bounds_of
from scantrail.tracker.lookup import find_type
from scantrail.tracker.results import units_of
from scantrail.tracker.store import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Measured:
    """The quantity of one component, and when it was tested."""

    component: str
    value: float
    tested: datetime


@dataclass(frozen=True, slots=True)
class Population:
    """A quantity of a test type over a type of component, in order of the ids. `name`: how the number is called.

    bound: the limit in force; without: how many components of the type have no such number.
    """

    kind: str
    test_type: str
    quantity: str
    name: str
    unit: str
    measured: Sequence[Measured]
    bound: Bound | None = None
    without: int = 0


def population(database: Database, kind: str, quantity: str, test_type: str | None = None) -> Population:
    """Read a quantity of every component of a type; a superseded test does not count.

    Raises InputError for an unknown type and for a quantity that several test types have if none is named, Refused if
    it was never measured as a number.
    """
    with database.read() as connection:
        find_type(connection, kind)
        found = _newest(connection, kind, quantity)
        if not found:
            known = ", ".join(_quantities(connection, kind))
            has = f"measured were {known}" if known else "nothing was measured yet"
            raise Refused(f"no {kind} has a test with the quantity {quantity!r}; {has}")
        chosen = _chosen(found, kind, quantity, test_type)
        unit = units_of(connection).get(chosen, {}).get(quantity, "")
        bounds = bounds_of(connection, kind).get((chosen, quantity), ())
        table = schema.component
        count = sa.select(sa.func.count()).where(table.c.type == kind, table.c.voided.is_(None))
        total = connection.execute(count).scalar_one()
    numbers = ((row, as_number(row.number if row.other is None else row.other, unit)) for row in found[chosen])
    measured = [Measured(row.id, number, row.tested) for row, number in numbers if number is not None]
    if not measured:
        raise Refused(f"the {quantity} of no {kind} is a number")
    name = named(quantity, unit, of_lists=any(row.other is not None for row in found[chosen]))
    bound = next((bound for bound in bounds if bound.voided is None), None)
    without = total - len(measured)
    return Population(kind, chosen, quantity, name, unit_of_number(unit), measured, bound, without)


def _chosen(found: Mapping[str, object], kind: str, quantity: str, test_type: str | None) -> str:
    if test_type is not None and test_type not in found:
        raise Refused(f"no {kind} has a {test_type} with the quantity {quantity!r}; it is in {' and '.join(found)}")
    if test_type is None and len(found) > 1:
        raise InputError(f"the quantity {quantity!r} is in {' and '.join(found)}; name one of them with --test")
    return test_type or next(iter(found))


def _newest(connection: "Connection", kind: str, quantity: str) -> dict[str, list[Any]]:
    """Test type -> a row a component: its newest test that has the quantity and was not superseded."""
    component, test, value = schema.component, schema.test, schema.measurement
    replaced = sa.select(test.c.supersedes).where(test.c.supersedes.is_not(None), test.c.voided.is_(None))
    query = (
        sa.select(component.c.id, test.c.type, test.c.tested, value.c.number, value.c.other)
        .join_from(component, test, test.c.component == component.c.id)
        .join(value, value.c.test == test.c.id)
        .where(component.c.type == kind, component.c.voided.is_(None), test.c.voided.is_(None))
        .where(value.c.name == quantity, test.c.id.not_in(replaced))
        .order_by(test.c.type, component.c.key, test.c.tested, test.c.id)
    )
    newest: dict[str, dict[str, Any]] = {}
    for row in connection.execute(query):
        newest.setdefault(row.type, {})[row.id] = row
    return {test_type: [*rows.values()] for test_type, rows in newest.items()}


def _quantities(connection: "Connection", kind: str) -> list[str]:
    component, test, value = schema.component, schema.test, schema.measurement
    query = (
        sa.select(value.c.name)
        .join_from(value, test, value.c.test == test.c.id)
        .join(component, component.c.id == test.c.component)
        .where(component.c.type == kind, test.c.voided.is_(None))
    )
    return [*connection.execute(query.distinct().order_by(value.c.name)).scalars()]
