"""Limits of measured quantities, and the verdict that follows from them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError
from scantrail.tracker import schema
from scantrail.tracker.change import Done, changing
from scantrail.tracker.lookup import find_type
from scantrail.tracker.moments import stamp
from scantrail.tracker.quantities import declared_name, limited_by
from scantrail.tracker.store import Database, using
from scantrail.tracker.texts import name, text
from scantrail.tracker.values import plain
from scantrail.tracker.workflow import OUTCOMES

if TYPE_CHECKING:
    from sqlalchemy import Connection


def set_limit(
    component_type: str,
    test_type: str,
    quantity: str | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
    required_for: str | None = None,
    source: str = "",
    set_by: str | None = None,
    db: Database | None = None,
) -> Done:
    """Set what a quantity of a test must lie between, both included; a limit set before is kept as an older version.

    required_for: a status that needs this test passed. Neither bound nor status takes the limit away. Raises
    InputError.
    """
    bounds = [None if bound is None else float(plain(bound, "a limit")) for bound in (low, high)]
    if bounds[0] is not None and bounds[1] is not None and bounds[0] > bounds[1]:
        raise InputError(f"the minimum {low:g} is above the maximum {high:g}")
    if required_for is not None and required_for not in OUTCOMES:
        raise InputError(f"{required_for!r} is no status to reach; it is one of {', '.join(OUTCOMES)}")
    with using(db) as database, changing(database, "limit", set_by) as change:
        connection, table = change.connection, schema.test_limit
        find_type(connection, component_type)
        types = schema.test_type
        known = {row.name: row.quantities for row in connection.execute(sa.select(types.c.name, types.c.quantities))}
        if test_type not in known:
            raise InputError(f"there is no test type {test_type!r}; known are {', '.join(sorted(known))}")
        if not quantity and bounds != [None, None]:
            raise InputError(f"a bound is for a quantity of {test_type}; name it before --min or --max")
        measure = name(quantity, "the quantity") if quantity else None
        if measure is not None and known[test_type] and not {measure, declared_name(measure)} & set(known[test_type]):
            declared = ", ".join(known[test_type])
            change.notices.append(f"the quantity {measure!r} is not declared for {test_type} ({declared})")
        same = table.c.quantity.is_(None) if measure is None else table.c.quantity == measure
        query = sa.select(table.c.id).where(
            table.c.type == component_type, table.c.test_type == test_type, same, table.c.voided.is_(None)
        )
        for number in list(connection.execute(query).scalars()):
            change.update(table, number, voided=change.time)
        label = " ".join(filter(None, (component_type, test_type, measure)))
        if bounds == [None, None] and required_for is None:
            change.said.append(f"{label} has no limit now")
        else:
            change.insert(
                table,
                type=component_type,
                test_type=test_type,
                quantity=measure,
                low=bounds[0],
                high=bounds[1],
                required_for=required_for,
                source=text(source, "the source"),
                made=change.time,
                made_by=change.person,
            )
            change.said.append(f"{label} {in_words(bounds[0], bounds[1], required_for)}")
    return change.done


def in_words(low: float | None, high: float | None, required_for: str | None) -> str:
    """Say what a limit demands.

    >>> in_words(None, 2000.0, "qualified")
    'at most 2000, required for qualified'
    """
    said = [f"at least {low:g}"] if low is not None else []
    said += [f"at most {high:g}"] if high is not None else []
    return ", ".join([" and ".join(said)] * bool(said) + [f"required for {required_for}"] * bool(required_for))


@dataclass(frozen=True, slots=True)
class Judged:
    """What limits say of measurements. within: None if none applies, or if what one applies to is lacking.

    limits: each version that was applied, or would have been to what is lacking.
    """

    within: bool | None
    breaches: tuple[str, ...]
    lacking: tuple[str, ...]
    limits: tuple[dict[str, Any], ...]


UNLIMITED = Judged(None, (), (), ())
"""What no limit has anything to say of."""


def judge(
    connection: "Connection",
    kind: str,
    test_type: str,
    measurements: Mapping[str, Any],
    missing: Iterable[str] = (),
) -> Judged:
    """Return what the limits of today say of measurements; a limit holds for a quantity of every channel.

    missing: names of what should have been measured and was not.
    """
    table = schema.test_limit
    query = sa.select(table).where(
        table.c.type == kind,
        table.c.test_type == test_type,
        table.c.quantity.is_not(None),
        table.c.voided.is_(None),
        sa.or_(table.c.low.is_not(None), table.c.high.is_not(None)),
    )
    breaches: list[str] = []
    lacking: list[str] = []
    applied = []
    for limit in connection.execute(query.order_by(table.c.id)):
        values = [one for one in _numbers(measurements) if limit.quantity in (one[0], limited_by(one[0]))]
        absent = [each for each in missing if limit.quantity in (each, limited_by(each))]
        lacking += absent
        if values or absent:
            applied.append(
                {"limit": limit.id, "quantity": limit.quantity, "low": limit.low, "high": limit.high}
                | {"made": stamp(limit.made), "made_by": limit.made_by}
            )
        breaches += [
            f"{measured} is {number:g}, {in_words(limit.low, limit.high, None)}"
            for measured, number in values
            if not ((limit.low is None or number >= limit.low) and (limit.high is None or number <= limit.high))
        ]
    within = False if breaches else None if lacking or not applied else True
    return Judged(within, tuple(breaches), tuple(dict.fromkeys(lacking)), tuple(applied))


def _numbers(measurements: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for measured, value in measurements.items():
        yield from ((measured, each) for each in (value if isinstance(value, list) else [value]) if _is_number(each))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
