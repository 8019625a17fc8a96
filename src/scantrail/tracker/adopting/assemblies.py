"""Parts of modules, which the reference keeps as columns of the module: who is part of what, and since when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import UNKNOWN, Adoption
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.remedies import attaching
from scantrail.tracker.adopting.spelling import is_id
from scantrail.tracker.bulk import insert_many

SLOTS = {"assembled_sensor_id": "sensor", "assembled_hybrid_id": "hybrid"}


@dataclass(frozen=True, slots=True)
class Joined:
    """A part of a module: the cell that says so, both ids here, and since when."""

    row: Row
    parent: str
    slot: str
    child: str
    attached: datetime
    notes: str


def plan_assemblies(adoption: Adoption) -> list[Joined]:
    """Return who is part of what. Of two modules that name one part, the one that was assembled last has it."""
    cells = [
        (row, column, row.part(column, part=row.values[column]))
        for row in adoption.reference.tables["components"]
        for column in SLOTS
        if row.text(column)
    ]
    pending = {cell.uuid for cell in adoption.ledger.pending(cell for _, _, cell in cells)}
    known = [
        _joined(adoption, row, column, cell)
        for row, column, cell in cells
        if cell.uuid in pending and str(row.values.get("id")) in adoption.ids
    ]
    for row, _, cell in cells:
        if cell.uuid in pending and str(row.values.get("id")) not in adoption.ids:
            adoption.ledger.find(cell, "a module is a component", f"{row.values.get('id')!r} is no component")
    ordered = sorted((each for each in known if each is not None), key=lambda each: each.attached, reverse=True)
    return [each for each in ordered if _fits(adoption, each)]


def write_assemblies(adoption: Adoption, joined: Sequence[Joined]) -> None:
    """Attach the parts."""
    adoption.change.touch(*(each for one in joined for each in (one.parent, one.child)))
    rows = [
        {
            "parent": each.parent,
            "slot": each.slot,
            "child": each.child,
            "attached": each.attached,
            "attached_by": UNKNOWN,
            "notes": each.notes,
        }
        for each in joined
    ]
    for each, number in zip(joined, insert_many(adoption.change, schema.assembly, rows), strict=True):
        adoption.ledger.adopt(each.row, "assembly", number)


def _joined(adoption: Adoption, row: Row, column: str, cell: Row) -> Joined | None:
    parent = adoption.ids[str(row.values.get("id"))]
    part = adoption.ids.get(str(row.values[column])) or adoption.ids.get(row.text(column))
    known = adoption.standing.find(part or row.text(column))
    slot = SLOTS[column]
    if known is None:
        said = f"{parent} has {row.values[column]!r} as its {slot}, which is no component"
        command = partial(attaching, adoption.standing, parent, slot, row.text(column))
        may = is_id(row.text(column))
        adoption.ledger.find(cell, f"{column} is a component", said, command=command if may else None, component=parent)
        return None
    attached, notes = _assembled(adoption, row, row.text(column))
    return Joined(cell, parent, slot, known.id, attached, notes)


def _assembled(adoption: Adoption, module: Row, part: str) -> tuple[datetime, str]:
    """When the module's log says that the part was attached; else when the module was changed last."""
    logged: list[datetime] = []
    for row in adoption.logs.get(str(module.values.get("id")), ()):
        said = row.text("description")
        if part in said and "assembl" in said.lower() and "disassembl" not in said.lower():
            moment = adoption.told(row, "log_date").moment
            logged += [moment] if moment else []
    if logged:
        return max(logged), ""
    for column in ("updated_at", "created_at"):
        if moment := adoption.told(module, column).moment:
            return moment, f"since {column} of the module at the latest"
    return adoption.change.time, "since when is not known"


def _fits(adoption: Adoption, each: Joined) -> bool:
    """Whether a part can be attached, and from then on is; if not, that is a finding."""
    standing, find = adoption.standing, adoption.ledger.find
    parent, child = standing.find(each.parent), standing.find(each.child)
    if parent is None or child is None:
        return False
    command = partial(attaching, standing, each.parent, each.slot, each.child)
    if standing.slots.get(parent.type, {}).get(each.slot) != child.type:
        said = f"{each.child}, a {child.type}, is {each.slot} of {each.parent}, a {parent.type}"
        find(each.row, "a part fits into its slot", said, component=each.parent)
    elif each.child in standing.parents:
        said = f"{each.child} is part of {standing.parents[each.child][0]}, and {each.parent} names it, too"
        find(each.row, "a part is in one assembly", said, command=command, component=each.child)
    elif (sits := standing.children.get(each.parent, {}).get(each.slot)) is not None:
        said = f"{each.parent} has {sits} as its {each.slot}, not {each.child}"
        find(each.row, "a slot takes one part", said, command=command, component=each.parent)
    elif each.parent == each.child or each.child in standing.chain(each.parent):
        said = f"{each.parent} is part of {each.child} and contains it"
        find(each.row, "an assembly is no part of itself", said, component=each.parent)
    elif each.child in standing.seats:
        said = f"{each.child} sits in {standing.seats[each.child]}, and {each.parent} names it as its {each.slot}"
        find(each.row, "a part of an assembly is not installed alone", said, command=command, component=each.child)
    else:
        standing.attach(each.parent, each.slot, each.child)
        return True
    return False
