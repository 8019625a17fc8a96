"""A quantity over all components of a type, each in its newest test that has it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.figure.quantities import as_number, named, unit_of_number
from scantrail.tracker.figure.subject import Bound, bounds_of
from scantrail.tracker.lookup import find_type
from scantrail.tracker.quantities import declared_name, limited_by
from scantrail.tracker.results import units_of
from scantrail.tracker.store import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Measured:
    """The quantity of one component, and when it was tested; `channel`: which of several it was measured with."""

    component: str
    value: float
    tested: datetime
    channel: str = ""

    @property
    def label(self) -> str:
        """What was measured, as people call it."""
        return f"{self.component} {self.channel}".rstrip()


@dataclass(frozen=True, slots=True)
class Population:
    """A quantity of a test type over a type of component, in order of the ids. `name`: how the number is called.

    bound: the limit in force, which holds for every channel; without: how many components of the type have no such
    number.
    """

    kind: str
    test_type: str
    quantity: str
    name: str
    unit: str
    measured: Sequence[Measured]
    bound: Bound | None = None
    without: int = 0

    @property
    def components(self) -> int:
        """How many components there are."""
        return len({one.component for one in self.measured})

    @property
    def of_channels(self) -> bool:
        """Whether the numbers are those of channels, several a component."""
        return any(one.channel for one in self.measured)


def population(database: Database, kind: str, quantity: str, test_type: str | None = None) -> Population:
    """Read a quantity of every component of a type, with all its channels; a superseded test does not count.

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
        unit = units_of(connection).get(chosen, {}).get(declared_name(quantity), "")
        bound = _in_force(connection, kind, chosen, quantity)
        table = schema.component
        count = sa.select(sa.func.count()).where(table.c.type == kind, table.c.voided.is_(None))
        total = connection.execute(count).scalar_one()
    numbers = ((row, as_number(row.number if row.other is None else row.other, unit)) for row in found[chosen])
    measured = [
        Measured(row.id, number, row.tested, row.name.removeprefix(quantity).strip())
        for row, number in numbers
        if number is not None
    ]
    if not measured:
        raise Refused(f"the {quantity} of no {kind} is a number")
    name = named(quantity, unit, of_lists=any(row.other is not None for row in found[chosen]))
    whole = Population(kind, chosen, quantity, name, unit_of_number(unit), measured, bound)
    return replace(whole, without=total - whole.components)


def _in_force(connection: "Connection", kind: str, test_type: str, quantity: str) -> Bound | None:
    """The limit of today of a quantity; that of `threshold` holds for `threshold ch1` too."""
    bounds = bounds_of(connection, kind)
    standing = (
        bound
        for name in (quantity, limited_by(quantity))
        for bound in bounds.get((test_type, name), ())
        if bound.voided is None
    )
    return next(standing, None)


def _chosen(found: Mapping[str, object], kind: str, quantity: str, test_type: str | None) -> str:
    if test_type is not None and test_type not in found:
        raise Refused(f"no {kind} has a {test_type} with the quantity {quantity!r}; it is in {' and '.join(found)}")
    if test_type is None and len(found) > 1:
        raise InputError(f"the quantity {quantity!r} is in {' and '.join(found)}; name one of them with --test")
    return test_type or next(iter(found))


def _newest(connection: "Connection", kind: str, quantity: str) -> dict[str, list[Any]]:
    """Test type -> the rows of each component's newest test that has the quantity and was not superseded.

    Of a quantity that is declared, each channel has a row: `threshold ch1`, `threshold ch2`.
    """
    component, test, value = schema.component, schema.test, schema.measurement
    replaced = sa.select(test.c.supersedes).where(test.c.supersedes.is_not(None), test.c.voided.is_(None))
    query = (
        sa.select(component.c.id, test.c.type, test.c.tested, test.c.id.label("test"))
        .add_columns(value.c.name, value.c.number, value.c.other)
        .join_from(component, test, test.c.component == component.c.id)
        .join(value, value.c.test == test.c.id)
        .where(component.c.type == kind, component.c.voided.is_(None), test.c.voided.is_(None))
        .where(sa.or_(value.c.name == quantity, value.c.name.startswith(f"{quantity} ", autoescape=True)))
        .where(test.c.id.not_in(replaced))
        .order_by(test.c.type, component.c.key, test.c.tested, test.c.id, value.c.name)
    )
    units = units_of(connection)
    newest: dict[str, dict[str, list[Any]]] = {}
    for row in connection.execute(query):
        declared = units.get(row.type, {})
        if row.name != quantity and (row.name in declared or declared_name(quantity) not in declared):
            continue  # another quantity, whose name begins alike
        rows = newest.setdefault(row.type, {})
        if row.id in rows and rows[row.id][0].test == row.test:
            rows[row.id].append(row)
        else:
            rows[row.id] = [row]
    return {test_type: [row for rows in found.values() for row in rows] for test_type, found in newest.items()}


def _quantities(connection: "Connection", kind: str) -> list[str]:
    component, test, value = schema.component, schema.test, schema.measurement
    query = (
        sa.select(value.c.name)
        .join_from(value, test, value.c.test == test.c.id)
        .join(component, component.c.id == test.c.component)
        .where(component.c.type == kind, test.c.voided.is_(None))
    )
    return [*connection.execute(query.distinct().order_by(value.c.name)).scalars()]
