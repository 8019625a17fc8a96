"""The journal of events and the rows of tables as they stand in the database, a page at a time, nothing trusted."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.db import JSON, TEXT, TIME
from scantrail.tracker import schema
from scantrail.tracker.moments import stamp
from scantrail.tracker.seal import SEALED
from scantrail.tracker.values import canonical, decode, encode

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select, Table

EVENTS = 500
ROWS = 5000
"""Rows read at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was found. `changes`: empty if they cannot be understood; `whole`: its seal fits what it says."""

    number: int
    time: str
    person: str
    previous: str
    hash: str
    changes: list[dict[str, Any]]
    whole: bool


def events(connection: "Connection") -> Iterator[list[Told]]:
    """Yield every event in order, in pages."""
    for rows in _pages(connection, schema.event, EVENTS):
        yield [_told(row) for row in rows]


def rows_of(connection: "Connection", table: "Table") -> Iterator[list[dict[str, Any]]]:
    """Yield every row of a table in the order of its key, in pages: times as text, JSON as values."""
    yield from _pages(connection, table, ROWS)


def some_rows(connection: "Connection", table: "Table", condition: "ColumnElement[bool]") -> list[dict[str, Any]]:
    """Return the rows of a table for which a condition holds, in the order of its key."""
    query = sa.select(*raw(connection, table)).where(condition).order_by(*table.primary_key)
    return _images(connection, table, query)


def _images(connection: "Connection", table: "Table", query: "Select[Any]") -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.computed is None]
    names = [column.name for column in columns]
    documents = [column.name for column in columns if column.type is JSON and table is not schema.event]
    moments = [column.name for column in columns if column.type is TIME and connection.dialect.name != "sqlite"]
    found = [dict(zip(names, row, strict=True)) for row in connection.execute(query).all()]
    if documents or moments:
        for row in found:
            for name in documents:
                if row[name] is not None:
                    row[name] = _parsed(row[name])
            for name in moments:
                if row[name] is not None:
                    row[name] = stamp(row[name])
    return found


def raw(connection: "Connection", table: "Table") -> "list[ColumnElement[Any]]":
    """Return the columns of a table so that no value in them, however it came there, keeps its row from being read."""
    sqlite = connection.dialect.name == "sqlite"
    columns: list[ColumnElement[Any]] = []
    for column in table.c:
        if column.computed is not None:
            continue
        if column.type is JSON:
            columns.append(sa.cast(column, TEXT).label(column.name))
        elif column.type is TIME and sqlite:
            columns.append(sa.type_coerce(column, TEXT).label(column.name))
        else:
            columns.append(column)
    return columns


def _pages(connection: "Connection", table: "Table", size: int) -> Iterator[list[dict[str, Any]]]:
    key = list(table.primary_key)
    query = sa.select(*raw(connection, table)).order_by(*key).limit(size)
    page = _images(connection, table, query)
    while page:
        yield page
        if len(page) < size:
            return
        last = [page[-1][column.name] for column in key]
        beyond = key[0] > last[0] if len(key) == 1 else sa.tuple_(*key) > sa.tuple_(*map(sa.literal, last))
        page = _images(connection, table, query.where(beyond))


def _told(row: dict[str, Any]) -> Told:
    changes = _parsed(row["changes"])
    document = {field: row[field] for field in SEALED} | {"time": row["time"], "changes": changes}
    for number in ("number", "undoes"):
        document[number] = None if document[number] is None else float(document[number])
    kept = changes if _readable(changes) else []
    number = row["number"]
    return Told(number, row["time"], row["person"], row["previous"], row["hash"], kept, _fits(document, row["hash"]))


def _fits(document: dict[str, Any], wanted: str) -> bool:
    """Numbers were read as doubles, so that the seal's text needs no second look at each, but for minus zero."""
    try:
        if hashlib.sha256(encode(document).encode()).hexdigest() == wanted:
            return True
        return hashlib.sha256(canonical(document).encode()).hexdigest() == wanted
    except (ValueError, OverflowError, RecursionError):
        return False


def _parsed(text: str) -> Any:  # noqa: ANN401 - a JSON value, or the text if it is none
    try:
        return decode(text)
    except (ValueError, RecursionError):
        return text


def _readable(changes: object) -> bool:
    return isinstance(changes, list) and all(
        isinstance(row, dict)
        and isinstance(row.get("table"), str)
        and isinstance(row.get("key"), str | float)
        and isinstance(row.get("after"), dict)
        and isinstance(row.get("before"), dict | None)
        for row in changes
    )
