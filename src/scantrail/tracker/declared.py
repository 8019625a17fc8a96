"""The rows that a profile makes: types, slots, test types, positions and what these take."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scantrail.tracker import schema
from scantrail.tracker.profile import Profile

if TYPE_CHECKING:
    from sqlalchemy import Table

Rows = Mapping[tuple[str, ...], Mapping[str, Any]]
"""Key of a row -> the row."""


def declared(profile: Profile) -> "list[tuple[Table, Rows]]":
    """Return every row that a profile makes, table by table in the order in which they refer to one another."""
    types = [
        {"name": name, "description": kind.description, "attributes": dict(kind.attributes)}
        for name, kind in profile.types.items()
    ]
    slots = [
        {"parent_type": name, "name": slot, "child_type": part}
        for name, kind in profile.types.items()
        for slot, part in kind.slots.items()
    ]
    tests = [
        {"name": name, "description": kind.description, "quantities": dict(kind.quantities)}
        for name, kind in profile.tests.items()
    ]
    positions = [{"name": name} for name in dict.fromkeys(name for name, _ in profile.positions())]
    accepts = [{"position": position, "type": kind} for position, kind in profile.positions()]
    rows: list[tuple[Table, list[dict[str, Any]]]] = [
        (schema.component_type, types),
        (schema.slot, slots),
        (schema.test_type, tests),
        (schema.position, positions),
        (schema.position_accepts, accepts),
    ]
    return [(table, {key_of(table, row): row for row in values}) for table, values in rows]


def fits(profile: Profile, position: str, kind: str) -> bool:
    """Tell whether a position may take components of a type: by a pattern, or as one outside all of them."""
    takers = profile.takers(position)
    return kind in takers or (not takers and not (kind in profile.types and profile.types[kind].positions))


def undeclared(profile: Profile, table: "Table", rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield how the rows of a table differ from what a profile makes.

    Types, test types and positions may be more than it names: adopting and first use make them.
    """
    wanted = dict(next(made for one, made in declared(profile) if one is table))
    for row in rows:
        key = key_of(table, row)
        if key in wanted:
            made = wanted.pop(key)
            for field, value in made.items():
                if not table.c[field].primary_key and row[field] != value:
                    yield f"{field} of {table.name} {label(table, row)} is {row[field]!r}, the profile says {value!r}"
        elif table is schema.slot or (
            table is schema.position_accepts and not fits(profile, row["position"], row["type"])
        ):
            yield f"the profile knows nothing of {table.name} {label(table, row)}"
    for made in wanted.values():
        yield f"{table.name} {label(table, made)} is missing"


def key_of(table: "Table", row: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the key of a row; of positions without regard to case."""
    key: tuple[str, ...] = tuple(row[column.name] for column in table.primary_key)
    return (key[0].lower(), *key[1:]) if table in (schema.position, schema.position_accepts) else key


def label(table: "Table", row: Mapping[str, Any]) -> str:
    """Return what a row is called: `sensor of module`."""
    return " of ".join(row[column.name] for column in reversed(list(table.primary_key)))
