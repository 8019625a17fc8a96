"""The sheets of an export: which tables go into it, row by row, as values that CSV and JSON both hold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.db import BOOLEAN, INTEGER, JSON, REAL, TIME, metadata
from scantrail.errors import InputError
from scantrail.tracker import schema
from scantrail.tracker.moments import stamp
from scantrail.tracker.transfer.cells import read_number, read_value, write_value
from scantrail.tracker.values import plain

if TYPE_CHECKING:
    from sqlalchemy import Column, Connection, Table

Values = dict[str, Any]

VERDICTS = {True: "pass", False: "fail"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of an export. `spread`: a column whose entries have columns of their own, and what these begin with."""

    name: str
    table: "Table"
    spread: tuple[str, str] | None = None

    @property
    def columns(self) -> "Sequence[Column[Any]]":
        """What is kept of a row: everything but what follows from the rest, and what was undone."""
        left_out = {"voided", "key"} if self.table is not schema.adopted else set()
        return [column for column in self.table.c if column.name not in left_out]

    def headings(self, rows: Sequence[Mapping[str, Any]]) -> list[str]:
        """Return the headings of a CSV file of these rows."""
        names = [column.name for column in self.columns if self.spread is None or column.name != self.spread[0]]
        if self.spread is not None:
            column, prefix = self.spread
            names += [f"{prefix}{name}" for name in dict.fromkeys(name for row in rows for name in row[column])]
        return names

    def cells(self, headings: Sequence[str], row: Mapping[str, Any]) -> list[str]:
        """Return the cells of a row under these headings."""
        plain = {column.name: _cell(column, row[column.name]) for column in self.columns}
        if self.spread is not None:
            column, prefix = self.spread
            plain |= {f"{prefix}{name}": write_value(value) for name, value in row[column].items()}
        return [plain.get(heading, "") for heading in headings]

    def read_cells(self, cells: Mapping[str, str]) -> Values:
        """Return the row of the cells of a CSV file. Raises InputError."""
        row = {column.name: _value(column, cells[column.name]) for column in self.columns if column.name in cells}
        if self.spread is not None:
            name, prefix = self.spread
            found = {
                heading.removeprefix(prefix): cell for heading, cell in cells.items() if heading.startswith(prefix)
            }
            row[name] = {key: plain(read_value(cell), f"{key} of {self.name}") for key, cell in found.items() if cell}
        return row

    def plain(self, row: Mapping[str, Any]) -> Values:
        """Return a row as JSON."""
        return {name: stamp(value) if isinstance(value, datetime) else value for name, value in row.items()}

    def read_plain(self, row: Mapping[str, Any]) -> Values:
        """Return the row of a JSON document. Raises InputError."""
        wanted = {column.name for column in self.columns} | ({self.spread[0]} if self.spread else set())
        if strange := set(row) ^ wanted:
            raise InputError(f"a row of {self.name} lacks {sorted(strange)[0]!r}, or has it for nothing")
        found = {column.name: _fitting(self.name, column, row[column.name]) for column in self.columns}
        if self.spread is not None and self.spread[0] not in found:
            found[self.spread[0]] = plain(row[self.spread[0]], f"{self.spread[0]} of {self.name}")
        return found


SHEETS = (
    Sheet("types", schema.component_type),
    Sheet("test_types", schema.test_type),
    Sheet("locations", schema.location),
    Sheet("positions", schema.position),
    Sheet("positions_accept", schema.position_accepts),
    Sheet("components", schema.component, ("attributes", "attribute:")),
    Sheet("limits", schema.test_limit),
    Sheet("assemblies", schema.assembly),
    Sheet("installations", schema.installation),
    Sheet("connections", schema.connection),
    Sheet("tests", schema.test, ("measurements", "quantity:")),
    Sheet("files", schema.file),
    Sheet("logs", schema.maintenance),
    Sheet("findings", schema.finding),
    Sheet("adopted", schema.adopted),
    Sheet("movements", schema.movement),
    Sheet("runs", schema.run_component),
)
"""In an order in which each row comes after those that it refers to."""


def rows_of(connection: "Connection", sheet: Sheet) -> list[Values]:
    """Return what there is of a sheet today, in the order of its keys; what was undone is left out."""
    table = sheet.table
    query = sa.select(*sheet.columns).order_by(*table.primary_key)
    if "voided" in table.c:
        query = query.where(table.c.voided.is_(None))
    rows = [row._asdict() for row in connection.execute(query)]
    if table is schema.test:
        return _tests(connection, rows)
    if table in (schema.movement, schema.run_component):
        alive = set(connection.execute(_alive("component")).scalars())
        return [row for row in rows if row["component"] in alive]
    if table is schema.adopted:
        kept = {name: {str(key) for key in connection.execute(_alive(name)).scalars()} for name in _homes(rows)}
        return [row for row in rows if row["key"] in kept[row["kept_in"]]]
    return rows


def _tests(connection: "Connection", rows: list[Values]) -> list[Values]:
    """Tests with their measurements; one that supersedes another names that by its uuid."""
    values = schema.measurement
    uuids = {row["id"]: row["uuid"] for row in rows}
    found: dict[int, Values] = {row["id"]: {} for row in rows}
    for value in connection.execute(sa.select(values).order_by(values.c.test, values.c.name)):
        if value.test in found:
            found[value.test][value.name] = value.number if value.other is None else value.other
    return [{**row, "supersedes": uuids.get(row["supersedes"]), "measurements": found[row["id"]]} for row in rows]


def _alive(name: str) -> "sa.Select[Any]":
    table = metadata.tables[name]
    return sa.select(table.c.id).where(table.c.voided.is_(None))


def _homes(rows: Sequence[Values]) -> set[str]:
    return {row["kept_in"] for row in rows}


def _cell(column: "Column[Any]", value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, bool) and column.type is BOOLEAN:
        return VERDICTS[value]
    return write_value(value) if column.type is JSON or isinstance(value, float) else str(value)


def _value(column: "Column[Any]", cell: str) -> Any:  # noqa: ANN401 - what the column holds
    if not cell:
        return None if column.nullable else ""
    if column.name == "supersedes":
        return cell
    if column.type is TIME:
        return _time(cell)
    if column.type is BOOLEAN:
        return _verdict(cell)
    if column.type in (INTEGER, REAL):
        number = read_number(cell)
        return number if column.type is REAL else int(number)
    return plain(read_value(cell), column.name) if column.type is JSON else cell


def _fitting(sheet: str, column: "Column[Any]", value: object) -> Any:  # noqa: ANN401 - what the column holds
    """Return a value of a JSON document as its column holds it."""
    what = f"{column.name} of {sheet}"
    if value is None and column.nullable:
        return None
    if column.type is JSON:
        return plain(value, what)
    if column.type is TIME:
        return _time(value)
    if not _is_kind(column, value):
        raise InputError(f"{what} is {value!r}, which is a value of another kind")
    return plain(value, what)


def _is_kind(column: "Column[Any]", value: object) -> bool:
    if column.type is BOOLEAN or isinstance(value, bool):
        return column.type is BOOLEAN and isinstance(value, bool)
    if column.type is REAL:
        return isinstance(value, int | float)
    if column.type is INTEGER and column.name != "supersedes":  # the uuid of a test, here
        return isinstance(value, int)
    return isinstance(value, str)


def _time(text: object) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None:
        raise InputError(f"{text!r} is no time")
    return moment if moment.tzinfo is not None else moment.astimezone()


def _verdict(cell: str) -> bool:
    for verdict, word in VERDICTS.items():
        if cell == word:
            return verdict
    raise InputError(f"{cell!r} is neither pass nor fail")
