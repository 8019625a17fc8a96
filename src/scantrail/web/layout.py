"""The detector as a map: positions whose names share a beginning stand in a row, the rest of the name is the column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

Sitting = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A position, and who sits or sat in it, in order of time."""

    position: str
    sitting: tuple[Sitting, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of positions with the same columns: a name and, for each column, the place or None."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Place | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Map:
    """The sheets, and the positions that belong to no row."""

    sheets: tuple[Sheet, ...]
    others: tuple[Place, ...] = field(default=())


def detector_map(rows: Sequence[Sitting], order: Iterable[str]) -> Map:
    """Lay out positions; rows: as `list_positions` gives them; order: names as the profile's patterns yield them."""
    places = {
        name: Place(name, tuple(row for row in sitting if row["component"] is not None))
        for name, sitting in groupby(rows, key=lambda row: str(row["position"]))
    }
    named = [name for name in dict.fromkeys(order) if name in places]
    grid: dict[str, dict[str, Place]] = {}
    for name in named:
        first, _, rest = name.partition("_")
        grid.setdefault(first, {})[rest] = places[name]
    lone = {name for name, row in grid.items() if set(row) == {""}}
    sheets = tuple(
        Sheet(columns, tuple((name, tuple(grid[name].get(column) for column in columns)) for name in names))
        for columns, names in groupby((name for name in grid if name not in lone), key=lambda name: tuple(grid[name]))
    )
    kept = {name for name in named if name.partition("_")[0] not in lone}
    return Map(sheets, tuple(place for name, place in places.items() if name not in kept))
