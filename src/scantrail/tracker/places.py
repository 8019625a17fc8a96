"""Where components are: in a position, in one through the assembly they are part of, or at a location."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.tracker import schema

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select

_BATCH = 500
_LOOKED_UP = 5
"""Columns of `_query`, before those of the component."""
_COLUMNS = tuple(column.name for column in schema.component.c if column.name != "key")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a component is; `via`: the installed assembly that it sits in, `parent`: what it is directly part of."""

    location: str | None = None
    position: str | None = None
    via: str | None = None
    parent: str | None = None

    @property
    def text(self) -> str:
        """The position or the location; empty if neither is known."""
        return self.position or self.location or ""


def places(connection: "Connection", ids: Iterable[str]) -> dict[str, Place]:
    """Return where each of these components is."""
    found: dict[str, Place] = {}
    for batch in _batches(ids):
        for row in connection.execute(_query(), {"ids": batch}):
            _add(found, row)
    return found


def rows_and_places(connection: "Connection", ids: Iterable[str]) -> tuple[dict[str, dict[str, Any]], dict[str, Place]]:
    """Return the rows of those of these components that exist, in the order asked for, and where each is."""
    wanted = list(ids)
    rows: dict[str, dict[str, Any]] = {}
    found: dict[str, Place] = {}
    for batch in _batches(wanted):
        for row in connection.execute(_query_with_rows(), {"ids": batch}):
            _add(found, row)
            if row.depth == 0:
                rows[row.part] = dict(zip(_COLUMNS, row[_LOOKED_UP:], strict=True))
    return {each: rows[each] for each in wanted if each in rows}, found


def _batches(ids: Iterable[str]) -> Iterator[list[str]]:
    wanted = list(ids)
    for start in range(0, len(wanted), _BATCH):
        yield wanted[start : start + _BATCH]


def _add(found: dict[str, Place], row: "Row[Any]") -> None:
    known = found.get(row.part, Place(row.location))
    via = row.top if row.position and row.depth else known.via
    parent = row.top if row.depth == 1 else known.parent
    found[row.part] = Place(row.location, row.position or known.position, via, parent)


@cache
def _query() -> "Select[Any]":
    """Every component with each assembly above it, nearest first; built once, for every command asks it."""
    component, assembly, installation = schema.component, schema.assembly, schema.installation
    base = sa.select(component.c.id.label("part"), component.c.id.label("top"), sa.literal(0).label("depth"))
    up = base.where(component.c.id.in_(sa.bindparam("ids", expanding=True))).cte("up", recursive=True)
    up = up.union_all(
        sa.select(up.c.part, assembly.c.parent, up.c.depth + 1).join(
            assembly, sa.and_(assembly.c.child == up.c.top, schema.is_open(assembly))
        )
    )
    return (
        sa.select(up.c.part, up.c.top, up.c.depth, component.c.location, installation.c.position)
        .join(component, component.c.id == up.c.part)
        .outerjoin(installation, sa.and_(installation.c.component == up.c.top, schema.is_open(installation)))
        .order_by(up.c.depth)
    )


@cache
def _query_with_rows() -> "Select[Any]":
    return _query().add_columns(*(schema.component.c[name].label(f"its_{name}") for name in _COLUMNS))


def parts_of(connection: "Connection", component: str) -> list[str]:
    """Return every part below a component, at any depth, as it is assembled today."""
    assembly = schema.assembly
    down = (
        sa.select(assembly.c.child).where(assembly.c.parent == component, schema.is_open(assembly)).cte(recursive=True)
    )
    down = down.union(
        sa.select(assembly.c.child).join(down, sa.and_(assembly.c.parent == down.c.child, schema.is_open(assembly)))
    )
    return list(connection.execute(sa.select(down.c.child)).scalars())
