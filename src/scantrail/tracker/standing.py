"""How a database stands, in memory: what many rows are checked against without a query for each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.profile import Profile

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Table


@dataclass(slots=True)
class Known:
    """A component as it is; `voided`: its addition was undone, and only its id is taken."""

    id: str
    type: str
    status: str
    location: str | None = None
    voided: bool = False


@dataclass(slots=True)
class Standing:
    """Components by lower-case id, what sits where and what is part of what; who writes keeps it up to date.

    positions: lower-case name -> name, of which those in `made` are in the database; occupants: position -> component;
    seats: component -> position; parents: child -> (parent, slot); children: parent -> slot -> child; slots: type of
    the whole -> slot -> type of the part; serials: (type, manufacturer, serial) -> component.
    """

    profile: Profile
    components: dict[str, Known] = field(default_factory=dict)
    serials: dict[tuple[str, str, str], str] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    slots: dict[str, dict[str, str]] = field(default_factory=dict)
    positions: dict[str, str] = field(default_factory=dict)
    made: set[str] = field(default_factory=set)
    accepts: set[tuple[str, str]] = field(default_factory=set)
    occupants: dict[str, str] = field(default_factory=dict)
    seats: dict[str, str] = field(default_factory=dict)
    parents: dict[str, tuple[str, str]] = field(default_factory=dict)
    children: dict[str, dict[str, str]] = field(default_factory=dict)

    def find(self, component: str) -> Known | None:
        """Return a component by its id without regard to case, None if there is none."""
        known = self.components.get(component.strip().lower())
        return None if known is None or known.voided else known

    def misfit(self, kind: str, position: str) -> str:
        """Say why a position of this name does not take a component of this type; empty if it does."""
        takers = self.profile.takers(position)
        if takers and kind not in takers:
            return f"{position} takes a {' or '.join(takers)}, not a {kind}"
        own = self.profile.types[kind].positions if kind in self.profile.types else ()
        if own and not takers:
            return f"there is no position {position!r} for a {kind} ({', '.join(own)})"
        return ""

    def chain(self, component: str) -> list[str]:
        """Return the assemblies above a component, the nearest first."""
        above: list[str] = []
        while component in self.parents and self.parents[component][0] not in above:
            component = self.parents[component][0]
            above.append(component)
        return above

    def spelled(self, position: str) -> str:
        """Return the name of a position as its pattern spells it, or as it was spelled first."""
        return self.positions.setdefault(position.lower(), self.profile.spelled(position))

    def seat(self, component: str, position: str) -> None:
        """Note that a component sits in a position from now on."""
        self.seats[component] = position
        self.occupants[position] = component

    def attach(self, parent: str, slot: str, child: str) -> None:
        """Note that a component is part of another from now on."""
        self.parents[child] = (parent, slot)
        self.children.setdefault(parent, {})[slot] = child

    def family(self, component: str) -> list[str]:
        """Return a component and every part below it."""
        found = [component]
        for each in found:
            found += [child for child in self.children.get(each, {}).values() if child not in found]
        return found

    def name_position(self, connection: "Connection", wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Make the positions that are new and let each take its type; (name, type) -> the name as it is spelled."""
        spelled: dict[tuple[str, str], str] = {}
        new: list[str] = []
        taking: list[tuple[str, str]] = []
        for given, kind in wanted:
            position = spelled[given, kind] = self.spelled(given)
            if position not in self.made:
                self.made.add(position)
                new.append(position)
            if (position, kind) not in self.accepts:
                self.accepts.add((position, kind))
                taking.append((position, kind))
        _add(connection, schema.position, [{"name": name} for name in new])
        _add(connection, schema.position_accepts, [{"position": name, "type": kind} for name, kind in taking])
        return spelled


def standing(connection: "Connection", profile: Profile) -> Standing:
    """Read how a database stands."""
    found = Standing(profile)
    table = schema.component
    columns = (table.c.id, table.c.type, table.c.status, table.c.location, table.c.voided)
    for row in connection.execute(sa.select(*columns, table.c.manufacturer, table.c.serial)):
        found.components[row.id.lower()] = Known(row.id, row.type, row.status, row.location, row.voided is not None)
        if row.serial is not None and row.voided is None:
            found.serials[row.type, row.manufacturer, row.serial] = row.id
    found.types.update(connection.execute(sa.select(schema.component_type.c.name)).scalars())
    for row in connection.execute(sa.select(schema.slot)):
        found.slots.setdefault(row.parent_type, {})[row.name] = row.child_type
    names = connection.execute(sa.select(schema.position.c.name)).scalars()
    found.positions.update((name.lower(), name) for name in names)
    found.made.update(found.positions.values())
    found.accepts.update((row.position, row.type) for row in connection.execute(sa.select(schema.position_accepts)))
    for sits in _open(connection, schema.installation):
        found.seat(sits.component, sits.position)
    for part in _open(connection, schema.assembly):
        found.attach(part.parent, part.slot, part.child)
    return found


def _open(connection: "Connection", table: "Table") -> "Iterable[Row[Any]]":
    return connection.execute(sa.select(table).where(schema.is_open(table)))


def _add(connection: "Connection", table: "Table", rows: list[dict[str, str]]) -> None:
    if rows:
        connection.execute(table.insert(), rows)
