"""Putting parts into the slots of assemblies and taking them out again."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.lookup import find
from scantrail.tracker.maintenance import write_log
from scantrail.tracker.places import parts_of, places
from scantrail.tracker.store import Database, using
from scantrail.tracker.texts import text

if TYPE_CHECKING:
    from sqlalchemy import Row


def assemble_module(
    module_id: str,
    sensor_id: str | None = None,
    hybrid_id: str | None = None,
    *,
    parts: Mapping[str, str] | None = None,
    replace: bool = False,
    assembled_by: str | None = None,
    notes: str = "",
    db: Database | None = None,
) -> Done:
    """Attach parts to an assembly: slot -> id in `parts`, those of the seed's modules by name.

    A part that already sits in its slot changes nothing; `replace` takes another one out. Raises ComponentNotFound,
    InputError for a slot that there is not, Refused with the reason and the occupant.
    """
    named = {"sensor": sensor_id, "hybrid": hybrid_id}
    wanted = {**{slot: part for slot, part in named.items() if part}, **(parts or {})}
    if not wanted:
        raise InputError(f"nothing to attach to {module_id}: name a part, such as --sensor ID")
    with using(db) as database, changing(database, "assemble", assembled_by) as change:
        module = find(change.connection, module_id)
        _not_installed(change, module, "assemble")
        for slot, part in wanted.items():
            _attach(
                change, module, slot, find(change.connection, part), replace=replace, notes=text(notes, "the notes")
            )
    return change.done


def disassemble_module(
    module_id: str,
    *,
    slots: Iterable[str] = (),
    disassembled_by: str | None = None,
    notes: str = "",
    db: Database | None = None,
) -> Done:
    """Detach every part of an assembly, or those in these slots. Raises ComponentNotFound, InputError, Refused."""
    with using(db) as database, changing(database, "disassemble", disassembled_by) as change:
        module = find(change.connection, module_id)
        _not_installed(change, module, "disassemble")
        sitting = {row.slot: row for row in _sitting(change, module.id)}
        if not sitting:
            raise Refused(f"{module.id} has no parts to detach")
        chosen = list(slots) or list(sitting)
        for slot in chosen:
            if slot not in sitting:
                raise InputError(f"nothing is attached to {module.id} as {slot!r}; attached: {', '.join(sitting)}")
            _detach(change, module, sitting[slot], text(notes, "the notes"))
    return change.done


def _attach(change: Change, module: "Row[Any]", slot: str, part: "Row[Any]", *, replace: bool, notes: str) -> None:
    _fits(change, module, slot, part)
    sitting = {row.slot: row for row in _sitting(change, module.id)}
    if slot in sitting and sitting[slot].child == part.id:
        change.said.append(f"{part.id} is already attached to {module.id} as {slot}")
        return
    if module.id in (part.id, *parts_of(change.connection, part.id)):
        raise Refused(f"{part.id} contains {module.id}; an assembly cannot be a part of itself")
    place = places(change.connection, [part.id])[part.id]
    if place.parent:
        raise Refused(f"{part.id} is part of {place.parent}; disassemble {place.parent} first")
    if part.status == "installed":
        raise Refused(f"{part.id} is installed in {place.position}; remove it from there first")
    if part.status in {"retired", "lost"}:
        raise Refused(f"{part.id} is {part.status} and cannot become a part")
    if slot in sitting:
        if not replace:
            raise Refused(f"{sitting[slot].child} is attached to {module.id} as {slot}; --replace takes it out")
        _detach(change, module, sitting[slot], notes)
    inner = parts_of(change.connection, part.id)
    change.touch(module.id, part.id, *inner)
    change.insert(
        schema.assembly,
        parent=module.id,
        slot=slot,
        child=part.id,
        attached=change.time,
        attached_by=change.person,
        notes=notes,
    )
    for each in (part.id, *inner):
        change.set(each, {"location": module.location})
    tail = f": {notes}" if notes else ""
    write_log(change, module.id, "assembly", f"{part.id} attached as {slot}{tail}")
    write_log(change, part.id, "assembly", f"attached to {module.id} as {slot}{tail}")
    change.said.append(f"attached {part.id} to {module.id} as {slot}")


def _detach(change: Change, module: "Row[Any]", row: "Row[Any]", notes: str) -> None:
    change.touch(module.id, row.child, *parts_of(change.connection, row.child))
    change.update(schema.assembly, row.id, detached=change.time, detached_by=change.person)
    tail = f": {notes}" if notes else ""
    write_log(change, module.id, "disassembly", f"{row.child} detached, was {row.slot}{tail}")
    write_log(change, row.child, "disassembly", f"detached from {module.id}, was {row.slot}{tail}")
    change.said.append(f"detached {row.child} from {module.id}")


def _fits(change: Change, module: "Row[Any]", slot: str, part: "Row[Any]") -> None:
    table = schema.slot
    query = sa.select(table.c.name, table.c.child_type).where(table.c.parent_type == module.type)
    slots = {row.name: row.child_type for row in change.connection.execute(query)}
    if slot not in slots:
        has = f"it has {', '.join(slots)}" if slots else f"a {module.type} has none"
        raise InputError(f"{module.id} has no slot {slot!r}; {has}")
    if slots[slot] != part.type:
        raise Refused(f"the slot {slot} of {module.id} takes a {slots[slot]}; {part.id} is a {part.type}")


def _not_installed(change: Change, module: "Row[Any]", verb: str) -> None:
    place = places(change.connection, [module.id])[module.id]
    if place.position:
        raise Refused(f"{module.id} is installed in {place.position}; remove it before you {verb} it")


def _sitting(change: Change, module: str) -> "list[Row[Any]]":
    table = schema.assembly
    query = sa.select(table).where(table.c.parent == module, schema.is_open(table)).order_by(table.c.id)
    return list(change.connection.execute(query))
