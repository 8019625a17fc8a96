"""Cables and plugs of the reference."""

from dataclasses import dataclass, field
from functools import partial
from typing import Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import UNKNOWN, Adoption
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.remedies import connecting
from scantrail.tracker.bulk import insert_many

CABLE_RULE = "a cable is in one connection"


@dataclass(slots=True)
class _Plugged:
    """What is connected: cable -> its two ends; and how often two ends are, with which cables (None: without)."""

    cables: dict[str, tuple[str, str]] = field(default_factory=dict)
    pairs: dict[frozenset[str], list[str | None]] = field(default_factory=dict)

    def add(self, a: str, b: str, cable: str | None) -> None:
        """Note a connection."""
        self.pairs.setdefault(frozenset((a, b)), []).append(cable)
        if cable is not None:
            self.cables[cable] = (a, b)

    def between(self, a: str, b: str) -> list[str | None]:
        """Return the cables of the connections between two ends."""
        return self.pairs.get(frozenset((a, b)), [])


def adopt_connections(adoption: Adoption) -> None:
    """Write the connections, and their kind and notes into the log of their first end."""
    table = schema.connection
    plugged = _Plugged()
    for known in adoption.change.connection.execute(sa.select(table).where(schema.is_open(table))):
        plugged.add(known.a, known.b, known.cable)
    rows = adoption.ledger.pending(adoption.reference.tables["connections"])
    found = [(row, plug) for row in rows if (plug := _plug(adoption, row, plugged)) is not None]
    ends = (each for _, plug in found for each in (plug["a"], plug["b"], plug["cable"]) if each is not None)
    adoption.change.touch(*ends)
    numbers = insert_many(adoption.change, table, [plug for _, plug in found])
    for (row, _), number in zip(found, numbers, strict=True):
        adoption.ledger.adopt(row, "connection", number)
    insert_many(adoption.change, schema.maintenance, [note for row, plug in found if (note := _note(row, plug))])


def _plug(adoption: Adoption, row: Row, plugged: _Plugged) -> dict[str, Any] | None:
    a = adoption.component(row, "component_a_id")
    b = adoption.component(row, "component_b_id")
    if a is None or b is None:
        return None
    if a.id == b.id:
        adoption.ledger.find(row, "a connection has two ends", f"{a.id} is connected with itself", component=a.id)
        return None
    cable = _cable(adoption, row, (a.id, b.id), plugged)
    if cable is not None and cable in plugged.cables:
        said = f"{cable} connects {' with '.join(plugged.cables[cable])}, and by this row {a.id} with {b.id}"
        command = partial(connecting, adoption.standing, a.id, b.id, cable, used=cable)
        same = {a.id, b.id} == set(plugged.cables[cable])
        adoption.ledger.find(row, CABLE_RULE, said, command=None if same else command, component=cable)
        return None
    if cable is None and None in plugged.between(a.id, b.id):
        said = f"{a.id} and {b.id} are connected, and by this row once more"
        adoption.ledger.find(row, "two components are connected once, but for cables", said, component=a.id)
        return None

    def again() -> str:
        """What connects them, unless another row has."""
        known = cable in plugged.between(a.id, b.id) or cable in plugged.cables
        return "" if known else connecting(adoption.standing, a.id, b.id, cable or "")

    connected = adoption.moment(row, "installation_date", a.id, again)
    if connected is None:
        return None
    plugged.add(a.id, b.id, cable)
    return {"a": a.id, "b": b.id, "cable": cable, "connected": connected, "connected_by": UNKNOWN}


def _cable(adoption: Adoption, row: Row, ends: tuple[str, str], plugged: _Plugged) -> str | None:
    """The cable of a connection; one that is no component is a finding, and the connection is kept without it."""
    given = row.text("cable_id")
    if not given:
        return None
    ours = adoption.ids.get(str(row.values["cable_id"])) or adoption.ids.get(given)
    known = adoption.standing.find(ours or given)
    if known is not None and known.id not in ends:
        return known.id
    a, b = ends
    said = f"{a} and {b} are connected through {given!r}, which is {'one of them' if known else 'no component'}"

    def command() -> str:
        """What puts the cable in, where the connection is not one of several that no command can tell apart."""
        alone = len(plugged.between(a, b)) == 1
        return connecting(adoption.standing, a, b, given, instead=True) if alone else ""

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
