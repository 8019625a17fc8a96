"""A map: readings over two axes, by grid index, at the positions that the index stands for."""

from collections.abc import Iterator

import numpy as np

from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.stats import Found
from scantrail.daq.stats.grid import gridded
from scantrail.plots import Axis, Element, Image, Note, Panel, Points, numbers


def map_panel(measured: Measured, column: Quantity, found: Found | None = None, extreme: str = "peak") -> Panel:
    """Return the map of a column in the coordinates of both axes, the slow one upwards, with what was found in it.

    What was not measured is a hole. Rows and columns without a position of their own, or two at one place, leave the
    map by grid index. extreme: what the highest or lowest point is called.
    """
    slow, fast = measured.axes[0], measured.axes[-1]
    grid = gridded(measured, column.values)
    rows, columns = _places(measured, 0), _places(measured, 1)
    value = Axis(column.name, column.unit)
    said = () if found is None else tuple(_said(found))
    if not (_distinct(rows) and _distinct(columns)):
        image = Image(tuple(numbers(row) for row in grid), value)
        return Panel(Axis(f"{fast.name} index"), Axis(f"{slow.name} index"), (image, *said), column.name)
    upwards, rightwards = np.argsort(rows), np.argsort(columns)
    ordered = grid[upwards][:, rightwards]
    edges = _edges(columns[rightwards]), _edges(rows[upwards])
    image = Image(tuple(numbers(row) for row in ordered), value, *edges)
    marks = () if found is None else tuple(_marks(found, extreme))
    elements: tuple[Element, ...] = (image, *marks, *said)
    return Panel(Axis(fast.name, fast.unit), Axis(slow.name, slow.unit), elements, column.name)


def _marks(found: Found, extreme: str) -> Iterator[Points]:
    for name, shape in (("peak", "ring"), ("centroid", "diamond")):
        places = [one.value for one in found.all(name)]
        if len(places) == 2 and None not in places:
            y, x = places
            label = extreme if name == "peak" else name
            yield Points((x,), (y,), label=label, colour="vermilion", shape="ring" if shape == "ring" else "diamond")


def _said(found: Found) -> Iterator[Note]:
    yield Note(found.sentence)
    yield from (Note(note, warning=True) for note in found.notes)


def _places(measured: Measured, dimension: int) -> Floats:
    """Return the position of each row or column: as planned, else the mean setpoint of its points.

    Rows to which a scan never came lie as far apart as the others.
    """
    if measured.grid:
        return measured.grid[dimension]
    number, index = measured.shape[dimension], measured.index[:, dimension]
    count = np.bincount(index, minlength=number)
    places: Floats = np.full(number, np.nan)
    np.divide(np.bincount(index, measured.axes[dimension].values, number), count, out=places, where=count > 0)
    held = np.flatnonzero(np.isfinite(places))
    if 1 < len(held) < number:
        slope, offset = np.polyfit(held, places[held], 1)
        places = np.where(np.isfinite(places), places, offset + slope * np.arange(number))
    return places


def _distinct(places: Floats) -> bool:
    return bool(np.all(np.isfinite(places)) and len(np.unique(places)) == len(places))


def _edges(places: Floats) -> tuple[float, ...]:
    """Return where cells about ascending places begin and end: half way between neighbours."""
    if len(places) == 1:
        return float(places[0]) - 0.5, float(places[0]) + 0.5
    middles = (places[1:] + places[:-1]) / 2.0
    first, last = 2.0 * places[0] - middles[0], 2.0 * places[-1] - middles[-1]
    return (float(first), *map(float, middles), float(last))
