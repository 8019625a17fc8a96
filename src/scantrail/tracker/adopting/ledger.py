"""The account of an adoption: which rows are kept where, which are findings, and how many there were."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.db import metadata
from scantrail.tracker import schema
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.bulk import insert_many
from scantrail.tracker.change import Change
from scantrail.tracker.seal import provenance
from scantrail.tracker.values import canonical

if TYPE_CHECKING:
    from sqlalchemy import Connection

Command = Callable[[], str]
"""Gives the commands that settle a finding, empty if there are none."""


@dataclass(slots=True)
class Count:
    """Rows of a table: all of them, adopted now, adopted before, settled as a finding, waiting as a finding."""

    rows: int = 0
    adopted: int = 0
    before: int = 0
    settled: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that was adopted: the table here, its key there, and what it said."""

    table: str
    key: str
    document: dict[str, Any]


class Ledger:
    """What is known of the reference's rows. Everything is written at the end, by `write`."""

    def __init__(self, change: Change, name: str) -> None:
        self.name = name
        self.counts: dict[str, Count] = {}
        self.findings = 0
        self._change = change
        self.changed: list[tuple[Row, Kept]] = []
        self._kept, self._undone = _kept(change.connection)
        self._known, self._open, self._settled = _findings(change.connection)
        self._rows: dict[str, dict[str, Any]] = {}
        self._found: list[dict[str, Any]] = []
        self._commands: list[Command | None] = []

    def pending(self, rows: Iterable[Row]) -> list[Row]:
        """Return the rows that are neither adopted nor settled; one that changed since it was adopted is a finding."""
        waiting: list[Row] = []
        for row in rows:
            count = self.counts.setdefault(row.table, Count())
            count.rows += 1
            if (kept := self._kept.get(row.uuid)) is not None:
                count.before += 1
                if canonical(kept.document) != canonical(row.values):
                    self.changed.append((row, kept))
            elif row.uuid in self._settled:
                count.settled += 1
            else:
                count.waiting += 1
                waiting.append(row)
        return waiting

    def keeper(self, row: Row) -> Kept | None:
        """Return where a row is kept, None if it is not."""
        return self._kept.get(row.uuid)

    def adopt(self, row: Row, table: str, key: str | int) -> None:
        """Note that a row is kept in a table from now on; what was found of it before is settled by that."""
        count = self.counts[row.table]
        count.waiting -= 1
        count.adopted += 1
        self._kept[row.uuid] = Kept(table, str(key), dict(row.values))
        self._rows[row.uuid] = {
            "source": row.uuid,
            "origin": self._origin(row),
            "kept_in": table,
            "key": str(key),
            "document": dict(row.values),
        }
        for number in self._open.pop(row.uuid, ()):
            answer = {"settled": self._change.time, "settled_by": self._change.person, "answer": "adopted since"}
            self._change.update(schema.finding, number, **answer)

    def find(
        self, row: Row, rule: str, said: str, *, command: Command | None = None, component: str | None = None
    ) -> None:
        """Note, once, that a row breaks a rule.

        `command` settles it: asked for when everything is adopted. Without one, it is for a person to judge.
        """
        if (row.uuid, rule) in self._known:
            return
        self._known.add((row.uuid, rule))
        self.findings += 1
        self._commands.append(command)
        self._found.append(
            {
                "source": row.uuid,
                "origin": self._origin(row),
                "component": component,
                "rule": rule,
                "said": said,
                "command": None,
                "document": dict(row.values),
                "found": self._change.time,
            }
        )

    def write(self) -> None:
        """Write what was adopted and what was found. Raises nothing: all of it was checked."""
        table, connection = schema.adopted, self._change.connection
        if again := [{"again": source} for source in self._rows if source in self._undone]:
            connection.execute(table.delete().where(table.c.source == sa.bindparam("again")), again)
        if self._rows:
            connection.execute(table.insert(), list(self._rows.values()))
        for source, row in self._rows.items():
            self._change.seal(table, source, provenance(row))
        for found, command in zip(self._found, self._commands, strict=True):
            found["command"] = (command() or None) if command is not None else None
        insert_many(self._change, schema.finding, self._found)

    def _origin(self, row: Row) -> str:
        return f"{self.name}: {row.origin}"


def _kept(connection: "Connection") -> tuple[dict[str, Kept], set[str]]:
    """What was adopted before; and what was, but is undone."""
    table = schema.adopted
    names = list(connection.execute(sa.select(table.c.kept_in).distinct()).scalars())
    alive = {name: set(connection.execute(_keys(name)).scalars()) for name in names}
    kept: dict[str, Kept] = {}
    undone: set[str] = set()
    for row in connection.execute(sa.select(table)):
        if row.key in alive[row.kept_in]:
            kept[row.source] = Kept(row.kept_in, row.key, row.document)
        else:
            undone.add(row.source)
    return kept, undone


def _keys(name: str) -> "sa.Select[Any]":
    target = metadata.tables[name]
    return sa.select(sa.cast(target.c.id, sa.Text)).where(target.c.voided.is_(None))


def _findings(connection: "Connection") -> tuple[set[tuple[str, str]], dict[str, list[int]], set[str]]:
    """Return the findings there are, the numbers of the open ones by source, and the sources of settled ones."""
    table = schema.finding
    known: set[tuple[str, str]] = set()
    still: dict[str, list[int]] = {}
    settled: set[str] = set()
    columns = (table.c.id, table.c.source, table.c.rule, table.c.settled)
    for row in connection.execute(sa.select(*columns).where(table.c.voided.is_(None))):
        known.add((row.source, row.rule))
        if row.settled is None:
            still.setdefault(row.source, []).append(row.id)
        else:
            settled.add(row.source)
    return known, still, settled
