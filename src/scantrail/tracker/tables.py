"""The rows of a PostgreSQL database as JSON lines, a file a table, and back."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import Refused
from scantrail.tracker.moments import stamp

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData, Table

_BATCH = 1000


def dump_tables(connection: "Connection", directory: Path) -> None:
    """Write every table to `<directory>/<table>.jsonl`."""
    directory.mkdir()
    for table in _present(connection).sorted_tables:
        columns = _columns(table)
        with (directory / f"{table.name}.jsonl").open("w") as file:
            for row in connection.execute(sa.select(*columns).order_by(*table.primary_key)):
                json.dump({key: _plain(value) for key, value in row._asdict().items()}, file)
                file.write("\n")


def load_tables(connection: "Connection", directory: Path) -> None:
    """Read what `dump_tables` wrote into empty tables. Raises Refused if there are components or events already."""
    present = _present(connection)
    events = connection.execute(sa.select(sa.func.count()).select_from(present.tables["event"])).scalar_one()
    if events:
        raise Refused("the database holds components already; restore to an empty one")
    tables = [table for table in present.sorted_tables if (directory / f"{table.name}.jsonl").exists()]
    for table in tables:
        # the rows were true when they were written, but not at every moment while they are read
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    for table in reversed(tables):
        connection.execute(table.delete())
    for table in tables:
        with (directory / f"{table.name}.jsonl").open() as file:
            rows = (_row(table, json.loads(line)) for line in file)
            # a batch has the same columns throughout, so that what is null stays out of it
            for _, alike in groupby(rows, key=tuple):
                while batch := list(islice(alike, _BATCH)):
                    connection.execute(table.insert(), batch)
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
        if "id" in table.c and table.c.id.identity is not None:
            connection.exec_driver_sql(
                f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), "
                f'coalesce((SELECT max(id) FROM "{table.name}"), 0) + 1, false)'
            )


def _present(connection: "Connection") -> "MetaData":
    found = sa.MetaData()
    found.reflect(connection)
    return found


def _columns(table: "Table") -> Iterator[Any]:
    return (column for column in table.c if column.computed is None)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return stamp(value)
    return value if isinstance(value, str | int | float | list | dict | None) else str(value)


def _row(table: "Table", document: dict[str, Any]) -> dict[str, Any]:
    times = {column.name for column in table.c if isinstance(column.type, sa.DateTime)}
    return {
        key: datetime.fromisoformat(value) if key in times else value
        for key, value in document.items()
        if value is not None
    }
