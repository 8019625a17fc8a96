"""Cables and plugs of the reference."""

from typing import Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import UNKNOWN, Adoption
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.spelling import svt
from scantrail.tracker.bulk import insert_many


def adopt_connections(adoption: Adoption) -> None:
    """Write the connections, and their kind and notes into the log of their first end."""
    table = schema.connection
    used = {
        row.cable: (row.a, row.b)
        for row in adoption.change.connection.execute(sa.select(table).where(schema.is_open(table)))
        if row.cable is not None
    }
    rows = adoption.ledger.pending(adoption.reference.tables["connections"])
    found = [(row, plug) for row in rows if (plug := _plug(adoption, row, used)) is not None]
    ends = (each for _, plug in found for each in (plug["a"], plug["b"], plug["cable"]) if each is not None)
    adoption.change.touch(*ends)
    numbers = insert_many(adoption.change, table, [plug for _, plug in found])
    for (row, _), number in zip(found, numbers, strict=True):
        adoption.ledger.adopt(row, "connection", number)
    insert_many(adoption.change, schema.maintenance, [note for row, plug in found if (note := _note(row, plug))])


def _plug(adoption: Adoption, row: Row, used: dict[str, tuple[str, str]]) -> dict[str, Any] | None:
    a = adoption.component(row, "component_a_id")
    b = adoption.component(row, "component_b_id")
    if a is None or b is None:
        return None
    if a.id == b.id:
        adoption.ledger.find(row, "a connection has two ends", f"{a.id} is connected with itself", component=a.id)
        return None
    cable = _cable(adoption, row, a.id, b.id)
    again = svt("connect", a.id, b.id, cable=cable)
    connected = adoption.moment(row, "installation_date", a.id, again)
    if connected is None:
        return None
    if cable is not None and cable in used:
        said = f"{cable} connects {' with '.join(used[cable])}, and by this row {a.id} with {b.id}"
        command = f"{svt('disconnect', cable)} && {again}"
        adoption.ledger.find(row, "a cable is in one connection", said, command=command, component=cable)
        return None
    if cable is not None:
        used[cable] = (a.id, b.id)
    return {"a": a.id, "b": b.id, "cable": cable, "connected": connected, "connected_by": UNKNOWN}


def _cable(adoption: Adoption, row: Row, a: str, b: str) -> str | None:
    """The cable of a connection; one that is no component is a finding, and the connection is kept without it."""
    given = row.text("cable_id")
    if not given:
        return None
    ours = adoption.ids.get(str(row.values["cable_id"])) or adoption.ids.get(given)
    known = adoption.standing.find(ours or given)
    if known is not None and known.id not in (a, b):
        return known.id
    said = f"{a} and {b} are connected through {given!r}, which is {'one of them' if known else 'no component'}"
    command = f"{svt('disconnect', a, b)} && {svt('connect', a, b, cable=given)}"
    if known is None:
        command = f"{svt('add', id=given, type='cable')} && {command}"
    adoption.ledger.find(row, "cable_id is a component", said, command=None if known else command, component=a)
    return None


def _note(row: Row, plug: dict[str, Any]) -> dict[str, Any] | None:
    said = ": ".join(filter(None, (row.text("connection_type"), row.text("notes"))))
    if not said:
        return None
    return {
        "component": plug["a"],
        "type": "note",
        "text": f"connection with {plug['b']}: {said}",
        "opened": plug["connected"],
        "opened_by": UNKNOWN,
    }
