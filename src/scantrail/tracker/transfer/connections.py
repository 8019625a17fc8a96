"""Connections from a table, each end an id and, if it has several, a port."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.bulk import insert_many
from scantrail.tracker.moments import stamp
from scantrail.tracker.standing import Known
from scantrail.tracker.texts import name
from scantrail.tracker.transfer.intake import Intake, past
from scantrail.tracker.transfer.kinds import Entry

End = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Plug:
    """A connection as a row gives it."""

    entry: Entry
    ends: tuple[End, End]
    cable: str | None
    times: dict[str, datetime | None]
    people: dict[str, str | None]


@dataclass(slots=True)
class Plugged:
    """What is connected today: connections by ends and cable, the ends with a port, the cables."""

    rows: dict[tuple[frozenset[End], str | None], Any] = field(default_factory=dict)
    over: set[tuple[frozenset[End], str | None, str, datetime | None]] = field(default_factory=set)
    ports: dict[End, str] = field(default_factory=dict)
    cables: dict[str, tuple[str, str]] = field(default_factory=dict)

    def add(self, ends: tuple[End, End], cable: str | None, row: Any) -> None:  # noqa: ANN401 - a row, or a new one
        """Note an open connection."""
        self.rows[frozenset(ends), cable] = row
        for end, other in (ends, ends[::-1]):
            if end[1] is not None:
                self.ports[end] = other[0]
        if cable is not None:
            self.cables[cable] = (ends[0][0], ends[1][0])

    def drop(self, ends: tuple[End, End], cable: str | None) -> None:
        """Note that a connection is closed."""
        del self.rows[frozenset(ends), cable]
        for end in ends:
            self.ports.pop(end, None)
        if cable is not None:
            self.cables.pop(cable, None)


def import_connections(intake: Intake, entries: Sequence[Entry]) -> None:
    """Write connections; those that are closed make room first."""
    plugged = _plugged(intake)
    plugs = [plug for entry in entries if (plug := _plug(intake, entry)) is not None]
    new: list[Plug] = []
    for plug in sorted(plugs, key=lambda plug: plug.times["disconnected"] is None):
        row = plugged.rows.get((frozenset(plug.ends), plug.cable))
        if plug.times["disconnected"] is None:
            _open(intake, plugged, plug, row, new)
        elif row is not None and plug.times["connected"] in (None, row.connected):
            _close(intake, plugged, plug, row)
        else:
            _past(intake, plugged, plug, new)
    _write(intake, new)


def _plugged(intake: Intake) -> Plugged:
    table, found = schema.connection, Plugged()
    for row in intake.change.connection.execute(sa.select(table).where(table.c.voided.is_(None))):
        ends = ((row.a, row.a_port), (row.b, row.b_port))
        if row.disconnected is None:
            found.add(ends, row.cable, row)
        else:
            same = (frozenset(ends), row.cable)
            found.over |= {(*same, "connected", row.connected), (*same, "disconnected", row.disconnected)}
    return found


def _plug(intake: Intake, entry: Entry) -> Plug | None:
    ends = [_end(intake, entry, side) for side in ("a", "b")]
    cable = _component(intake, entry, "cable", entry.cell("cable")) if entry.cell("cable") else None
    if cable is not None and cable.type != "cable" and "cable" in intake.change.profile.types:
        intake.refuse(entry, "cable", f"{cable.id} is a {cable.type}, not a cable")
    times = {
        column: intake.read(entry, column, past, entry.cell(column), intake.change.time) if entry.cell(column) else None
        for column in ("connected", "disconnected")
    }
    began, ended = times["connected"], times["disconnected"]
    if began is not None and ended is not None and ended < began:
        intake.refuse(entry, "disconnected", f"{entry.cell('disconnected')} is before it was connected")
    people = {
        column: intake.read(entry, column, name, entry.cell(column), "the name") if entry.cell(column) else None
        for column in ("connected_by", "disconnected_by")
    }
    a, b = ends
    if a is not None and b is not None and len({a[0], b[0], cable.id if cable else ""}) < 3:
        intake.refuse(entry, "b", f"{a[0]} cannot be connected with itself; name two ends and another cable")
    if not intake.is_good(entry) or a is None or b is None:
        return None
    return Plug(entry, (a, b), cable.id if cable else None, times, people)


def _end(intake: Intake, entry: Entry, side: str) -> End | None:
    """An end: an id with a port of its own column, or `ID:PORT` as `svt connect` takes it."""
    given, port = entry.cell(side), entry.cell(f"{side}_port")
    if intake.standing.find(given) is None and ":" in given and not port:
        given, _, port = given.rpartition(":")
    known = _component(intake, entry, side, given)
    if known is None:
        return None
    kept = intake.read(entry, f"{side}_port", name, port, "the port") if port else None
    if known.status in {"retired", "lost"} and not entry.cell("disconnected"):
        intake.refuse(entry, side, f"{known.id} is {known.status} and cannot be connected")
    return known.id, kept


def _component(intake: Intake, entry: Entry, column: str, given: str) -> Known | None:
    known = intake.standing.find(given)
    if known is None:
        intake.refuse(entry, column, f"there is no component {given!r}")
    return known


def _open(intake: Intake, plugged: Plugged, plug: Plug, row: Any, new: list[Plug]) -> None:  # noqa: ANN401 - a row
    began = plug.times["connected"]
    if row is not None and began in (None, row.connected if not isinstance(row, Plug) else began):
        intake.done(plug.entry, plug.ends[0][0], "unchanged")
        return
    if row is not None:
        ends = " and ".join(end[0] for end in plug.ends)
        intake.refuse(plug.entry, "connected", f"{ends} are connected since another time; what is, is not rewritten")
        return
    for side, end in zip(("a", "b"), plug.ends, strict=True):
        if end in plugged.ports:
            intake.refuse(plug.entry, side, f"{end[0]}:{end[1]} is connected with {plugged.ports[end]}")
            return
    if plug.cable in plugged.cables:
        said = f"the cable {plug.cable} connects {' with '.join(plugged.cables[plug.cable])}"
        intake.refuse(plug.entry, "cable", said)
        return
    plugged.add(plug.ends, plug.cable, plug)
    new.append(plug)


def _past(intake: Intake, plugged: Plugged, plug: Plug, new: list[Plug]) -> None:
    """A connection that is over, and was never open here."""
    same = (frozenset(plug.ends), plug.cable)
    began, ended = plug.times["connected"], plug.times["disconnected"]
    if any(each in plugged.over for each in ((*same, "connected", began), (*same, "disconnected", ended))):
        intake.done(plug.entry, plug.ends[0][0], "unchanged")
    elif began is None:
        said = f"{' and '.join(end[0] for end in plug.ends)} are not connected; what is over needs its beginning, too"
        intake.refuse(plug.entry, "connected", said)
    else:
        new.append(plug)


def _close(intake: Intake, plugged: Plugged, plug: Plug, row: Any) -> None:  # noqa: ANN401 - a row
    ended = plug.times["disconnected"]
    if ended is not None and ended < row.connected:
        said = f"{row.a} and {row.b} are connected since {stamp(row.connected)}, which is later"
        intake.refuse(plug.entry, "disconnected", said)
        return
    change, by = intake.change, plug.people["disconnected_by"] or intake.change.person
    change.touch(row.a, row.b, *([row.cable] if row.cable else []))
    change.update(schema.connection, row.id, disconnected=ended, disconnected_by=by)
    plugged.drop(plug.ends, plug.cable)
    intake.done(plug.entry, plug.ends[0][0], "changed")


def _write(intake: Intake, new: Sequence[Plug]) -> None:
    person, now = intake.change.person, intake.change.time
    intake.change.touch(*(each for plug in new for each in (plug.ends[0][0], plug.ends[1][0], plug.cable) if each))
    rows = []
    for plug in new:
        (a, a_port), (b, b_port) = plug.ends
        ended = plug.times["disconnected"]
        rows.append(
            {
                "a": a,
                "a_port": a_port,
                "b": b,
                "b_port": b_port,
                "cable": plug.cable,
                "connected": plug.times["connected"] or ended or now,
                "connected_by": plug.people["connected_by"] or person,
                "disconnected": ended,
                "disconnected_by": (plug.people["disconnected_by"] or person) if ended is not None else None,
            }
        )
        intake.done(plug.entry, a, "added")
    insert_many(intake.change, schema.connection, rows)
