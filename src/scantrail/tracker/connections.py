"""Cables and plugs: which component is connected with which, and through what."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.lookup import find
from scantrail.tracker.store import Database, using
from scantrail.tracker.texts import name

if TYPE_CHECKING:
    from sqlalchemy import Row


def connect_components(
    a: str, b: str, *, cable: str | None = None, connected_by: str | None = None, db: Database | None = None
) -> Done:
    """Connect two components, each `ID` or `ID:PORT`, through a cable if one is named.

    Raises ComponentNotFound, InputError, Refused for a port or a cable in use.
    """
    with using(db) as database, changing(database, "connect", connected_by) as change:
        ends = [_end(change, end) for end in (a, b)]
        wire = find(change.connection, cable) if cable else None
        ids = [row.id for row, _ in ends] + ([wire.id] if wire else [])
        if len(set(ids)) < len(ids):
            raise Refused(f"{ids[0]} cannot be connected with itself; name two ends and another cable")
        if wire is not None and wire.type != "cable" and "cable" in change.profile.types:
            raise Refused(f"{wire.id} is a {wire.type}, not a cable")
        for row in (*(end for end, _ in ends), *([wire] if wire else [])):
            if row.status in {"retired", "lost"}:
                raise Refused(f"{row.id} is {row.status} and cannot be connected")
        _free(change, ends, wire)
        change.touch(*ids)
        (first, first_port), (second, second_port) = ends
        change.insert(
            schema.connection,
            a=first.id,
            a_port=first_port,
            b=second.id,
            b_port=second_port,
            cable=wire.id if wire else None,
            connected=change.time,
            connected_by=change.person,
        )
        through = f" through {wire.id}" if wire else ""
        change.said.append(f"connected {_label(first.id, first_port)} with {_label(second.id, second_port)}{through}")
    return change.done


def disconnect_components(
    a: str, b: str | None = None, *, disconnected_by: str | None = None, db: Database | None = None
) -> Done:
    """Close the connection of `a` (`ID` or `ID:PORT`, or a cable) with `b`, or its only one. Raises Refused."""
    with using(db) as database, changing(database, "disconnect", disconnected_by) as change:
        table = schema.connection
        ends = [_end(change, end) for end in (a, b) if end]
        query = sa.select(table).where(schema.is_open(table), *(_touches(row, port) for row, port in ends))
        found = list(change.connection.execute(query))
        labels = " with ".join(_label(row.id, port) for row, port in ends)
        if not found:
            raise Refused(f"there is no connection of {labels}")
        if len(found) > 1:
            several = ", ".join(f"{_label(row.a, row.a_port)} with {_label(row.b, row.b_port)}" for row in found)
            raise Refused(f"{labels} has {len(found)} connections: {several}; name both ends, with their ports")
        row = found[0]
        change.touch(row.a, row.b, *([row.cable] if row.cable else []))
        change.update(table, row.id, disconnected=change.time, disconnected_by=change.person)
        through = f", which {row.cable} connected" if row.cable else ""
        change.said.append(f"disconnected {_label(row.a, row.a_port)} from {_label(row.b, row.b_port)}{through}")
    return change.done


def _end(change: Change, given: str) -> "tuple[Row[Any], str | None]":
    """An id may hold a colon itself: the whole is tried first."""
    from scantrail.errors import ComponentNotFound

    component, colon, port = given.rpartition(":")
    if not colon:
        return find(change.connection, given), None
    try:
        return find(change.connection, given), None
    except ComponentNotFound:
        if not port.strip():
            raise InputError(f"{given!r} names no port after the colon; write ID:PORT") from None
        return find(change.connection, component), name(port, "the port")


def _free(change: Change, ends: "list[tuple[Row[Any], str | None]]", wire: "Row[Any] | None") -> None:
    table = schema.connection
    for row, port in ends:
        if port is None:
            continue
        taken = change.connection.execute(sa.select(table).where(schema.is_open(table), _touches(row, port))).first()
        if taken is not None:
            other = taken.b if taken.a == row.id else taken.a
            raise Refused(f"{row.id}:{port} is connected with {other}; disconnect it first")
    if wire is not None:
        taken = change.connection.execute(
            sa.select(table).where(schema.is_open(table), table.c.cable == wire.id)
        ).first()
        if taken is not None:
            raise Refused(f"the cable {wire.id} connects {taken.a} with {taken.b}; disconnect them first")
    if all(port is None for _, port in ends):
        both = [_touches(row, None) for row, _ in ends]
        same = sa.select(table).where(schema.is_open(table), *both, table.c.a_port.is_(None), table.c.b_port.is_(None))
        if (taken := change.connection.execute(same).first()) is not None and taken.cable == (wire and wire.id):
            raise Refused(f"{taken.a} and {taken.b} are connected already")


def _touches(row: "Row[Any]", port: str | None) -> sa.ColumnElement[bool]:
    table = schema.connection
    sides = [
        sa.and_(table.c[side] == row.id, *([table.c[f"{side}_port"] == port] if port is not None else []))
        for side in ("a", "b")
    ]
    return sa.or_(*sides, *([table.c.cable == row.id] if port is None else []))


def _label(component: str, port: str | None) -> str:
    return f"{component}:{port}" if port else component
