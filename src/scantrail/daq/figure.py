"""The figure of a position scan: readings against positions, a map over a grid. Pure; `plots` draws it."""

from collections.abc import Iterator, Mapping, Sequence
from math import nan
from typing import Any

import numpy as np

from scantrail.daq.columns import index_key
from scantrail.plots import SERIES, Axis, Element, Figure, Image, Line, Panel, Points, numbers

Rows = Sequence[Mapping[str, Any]]


def scan_figure(start: Mapping[str, Any], units: Mapping[str, str | None], rows: Rows, *, title: str = "") -> Figure:
    """Return the figure of what was measured so far: `rows` of the primary stream below the start document `start`.

    One dimension: all detectors against the first axis, those of one unit in a panel. Two: a map of each detector by
    grid index. More: as one dimension, along the fastest. units: by data key.
    """
    axes = [keys[0] for keys, _ in start["hints"]["dimensions"]]
    if len(axes) == 2:
        return Figure(tuple(_map(start, axes, key, units, rows) for key in start["detectors"]), title, columns=2)
    grouped: dict[str, list[str]] = {}
    for key in start["detectors"]:
        grouped.setdefault(units.get(key) or "", []).append(key)
    x = Axis(axes[-1], units.get(axes[-1]) or "")
    panels = tuple(
        Panel(x, Axis(keys[0] if len(keys) == 1 else "readings", unit), tuple(_curves(axes[-1], keys, rows)))
        for unit, keys in grouped.items()
    )
    return Figure(panels, title, shared_x=True)


def _curves(axis: str, keys: Sequence[str], rows: Rows) -> Iterator[Element]:
    x = _column(axis, rows)
    for i, key in enumerate(keys):
        colour, shape = SERIES[i % len(SERIES)]
        y = _column(key, rows)
        yield Line(x, y, colour=colour)
        yield Points(x, y, label=key, colour=colour, shape=shape)


def _map(start: Mapping[str, Any], axes: Sequence[str], key: str, units: Mapping[str, str | None], rows: Rows) -> Panel:
    slow, fast = axes
    grid = np.full(tuple(start["shape"]), nan)
    for row in rows:
        value = row.get(key)
        grid[row[index_key(slow)], row[index_key(fast)]] = nan if value is None else value
    image = Image(tuple(numbers(row) for row in grid), Axis(key, units.get(key) or ""))
    return Panel(Axis(index_key(fast)), Axis(index_key(slow)), (image,), key)


def _column(key: str, rows: Rows) -> tuple[float | None, ...]:
    return numbers([nan if (value := row.get(key)) is None else value for row in rows])
