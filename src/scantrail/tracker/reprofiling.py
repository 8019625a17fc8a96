"""A database's profile follows its experiment: types, slots, positions and tests come, change and go."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.declared import Rows, declared, fits, key_of, label
from scantrail.tracker.profile import Profile, from_document, load_profile
from scantrail.tracker.store import Database, using
from scantrail.tracker.values import canonical

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Table

_SHOWN = 3
"""Components that a refusal names."""


def update_profile(profile: Profile | str, *, updated_by: str | None = None, db: Database | None = None) -> Done:
    """Let a database follow a newer version of its profile: a `Profile`, a shipped one's name, or a path.

    Raises ProfileError; Refused for another profile than the database's, for a type that components or limits are of,
    for a slot that holds a part of another type, and for a position in which somebody sits that it would not take.
    """
    wanted = load_profile(profile) if isinstance(profile, str) else profile
    with using(db) as database, changing(database, "update-profile", updated_by) as change:
        if wanted.name != change.profile.name:
            raise Refused(
                f"the database {database.name} keeps the profile {change.profile.name}, and that is {wanted.name}; "
                "make a database of its own for it"
            )
        if canonical(wanted.document()) == canonical(change.profile.document()):
            change.said.append(f"the database keeps this profile {wanted.name} already")
        else:
            change_profile(change, wanted)
    return change.done


def take_back(change: Change, row: dict[str, Any]) -> None:
    """Bring the profile back that an event replaced. Raises Refused if it was replaced again, or is in use now."""
    if canonical(row["after"]["document"]) != canonical(change.profile.document()):
        raise Refused(f"the profile {change.profile.name} was updated again since; it cannot be undone")
    change_profile(change, from_document(row["before"]["document"], "the former profile"))


def change_profile(change: Change, wanted: Profile) -> None:
    """Replace the profile within a command. Raises Refused."""
    for why in _in_the_way(change, wanted):
        raise Refused(f"the profile {wanted.name} cannot be taken: {why}")
    before = dict(declared(change.profile))
    after = declared(wanted)
    said = [words for table, rows in after for words in _differences(table, before[table], rows)]
    for table, rows in reversed(after):
        _take_away(change, table, [key for key in before[table] if key not in rows])
    for table, rows in after:
        _bring(change, table, rows)
    _close_misfits(change, wanted)
    change.update(schema.profile, 1, document=wanted.document(), chosen=change.time)
    change.said.append(f"updated the profile {wanted.name}: {', '.join(said) or 'what it asks for'}")


def _in_the_way(change: Change, wanted: Profile) -> Iterator[str]:
    connection, component = change.connection, schema.component
    for name in change.profile.types:
        if name in wanted.types:
            continue
        of_it = sa.select(component.c.id).where(component.c.type == name).order_by(component.c.key)
        if found := list(connection.execute(of_it).scalars()):
            some = ", ".join(found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
            yield f"it lacks the type {name}, and of that {_count(len(found), 'component')} ({some})"
        limits = sa.select(sa.func.count()).where(schema.test_limit.c.type == name)
        if number := connection.execute(limits).scalar_one():
            yield f"it lacks the type {name}, and of that {_count(number, 'limit')}, old ones too"
    part, whole, assembly = component.alias(), component.alias(), schema.assembly
    query = sa.select(assembly.c.parent, assembly.c.slot, assembly.c.child, part.c.type, whole.c.type.label("of"))
    query = query.join(part, part.c.id == assembly.c.child).join(whole, whole.c.id == assembly.c.parent)
    for row in connection.execute(query.where(schema.is_open(assembly)).order_by(assembly.c.id)):
        if row.of in wanted.types and wanted.types[row.of].slots.get(row.slot) != row.type:
            yield f"{row.child} is attached to {row.parent} as {row.slot}, which would not take a {row.type}"
    sits = schema.installation
    seats = sa.select(sits.c.component, sits.c.position, component.c.type)
    seats = seats.join(component, component.c.id == sits.c.component).where(schema.is_open(sits))
    for seat in connection.execute(seats.order_by(sits.c.id)):
        if not fits(wanted, seat.position, seat.type):
            yield f"{seat.component} sits in {seat.position}, which would not take a {seat.type}"


def _take_away(change: Change, table: "Table", keys: list[tuple[str, ...]]) -> None:
    """Delete what the profile no longer makes, but for what history refers to: that stays, and takes nothing new."""
    if table is schema.position_accepts:
        return
    for key in keys:
        this = _is(table, key)
        used = sa.or_(*(_refers(table, key[0])), sa.false())
        if change.connection.execute(sa.select(used)).scalar():
            if table is schema.test_type:
                change.notices.append(f"the test type {key[0]} is kept, for there are tests or limits of it")
            continue
        if table is schema.position:
            accepts = schema.position_accepts
            names = sa.select(table.c.name).where(this)
            change.connection.execute(accepts.delete().where(accepts.c.position.in_(names)))
        elif table is schema.component_type:
            accepts = schema.position_accepts
            change.connection.execute(accepts.delete().where(accepts.c.type == key[0]))
        change.connection.execute(table.delete().where(this))


def _refers(table: "Table", name: str) -> "Iterator[ColumnElement[bool]]":
    if table is schema.test_type:
        for column in (schema.test.c.type, schema.test_limit.c.test_type):
            yield sa.exists().where(column == name)
    elif table is schema.position:
        yield sa.exists().where(sa.func.lower(schema.installation.c.position) == name)


def _bring(change: Change, table: "Table", rows: Rows) -> None:
    """Make or change each row; a position that has its name already, however it is spelled, keeps that."""
    keys = [column.name for column in table.primary_key]
    present = {key_of(table, row._asdict()) for row in change.connection.execute(sa.select(*table.primary_key))}
    spelled = {}
    if table is schema.position_accepts:
        names = change.connection.execute(sa.select(schema.position.c.name)).scalars()
        spelled = {name.lower(): name for name in names}
    for key, row in rows.items():
        values = dict(row)
        if table is schema.position_accepts:
            values["position"] = spelled.get(key[0], values["position"])
        if key not in present:
            change.connection.execute(table.insert(), values)
        elif len(values) > len(keys):
            rest = {field: value for field, value in values.items() if field not in keys}
            change.connection.execute(table.update().where(_is(table, key)).values(**rest))


def _close_misfits(change: Change, wanted: Profile) -> None:
    table = schema.position_accepts
    for position, kind in list(change.connection.execute(sa.select(table.c.position, table.c.type))):
        if not fits(wanted, position, kind):
            change.connection.execute(table.delete().where(table.c.position == position, table.c.type == kind))


def _differences(table: "Table", before: Rows, after: Rows) -> Iterator[str]:
    what = {"component_type": "type", "test_type": "test type", "position_accepts": ""}.get(table.name, table.name)
    groups = {
        "added": [row for key, row in after.items() if key not in before],
        "changed": [row for key, row in after.items() if key in before and dict(before[key]) != dict(row)],
        "without": [row for key, row in before.items() if key not in after],
    }
    for verb, rows in groups.items():
        if rows and what:
            names = ", ".join(label(table, row) for row in rows[:_SHOWN])
            more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
            yield f"{verb} {what}{'s' * (len(rows) > 1)} {names}{more}"


def _is(table: "Table", key: tuple[str, ...]) -> "ColumnElement[bool]":
    columns = [table.c.key] if table is schema.position else list(table.primary_key)
    return sa.and_(*(column == value for column, value in zip(columns, key, strict=True)))


def _count(number: int, what: str) -> str:
    return f"there {'is' if number == 1 else 'are'} {number} {what}{'s' * (number != 1)}"
