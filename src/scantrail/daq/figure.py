"""The figure of a position scan: readings against positions with what they show, maps over a grid.

Pure; `plots` draws it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.mapped import map_panel
from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.stats import Found
from scantrail.daq.stats.curve import counting_error, positions
from scantrail.errors import InputError
from scantrail.plots import SERIES, Axis, Band, Element, Figure, Line, Marker, Note, Panel, Points, numbers

MOST_PANELS = 4
"""Columns up to which each has a panel of its own; of more, those of one unit share one."""


def scan_figure(measured: Measured, found: Sequence[Found] = (), *, title: str = "") -> Figure:
    """Return the figure of what was measured so far, with what was found in it.

    One dimension: readings against the first axis, each column in a panel with its peak, its centroid and its width.
    Two: a map of each column in the coordinates of the axes. More: as one, along the fastest.
    """
    of = {one.detector: one for one in found}
    extreme = " or ".join(shape for shape in ("peak", "dip") if any(one.shape == shape for one in found))
    if len(measured.shape) == 2:
        panels = tuple(map_panel(measured, column, of.get(column.name), extreme) for column in measured.columns)
        return Figure(_noted(panels, measured), title, columns=2)
    fastest = 0 if len(measured.shape) == 1 else len(measured.axes) - 1
    x = Axis(measured.axes[fastest].name, measured.axes[fastest].unit)
    if len(measured.shape) > 1:
        of = {name: _along(one, x.label) for name, one in of.items()}
    places = positions(measured, fastest)
    if len(measured.columns) <= MOST_PANELS:
        panels = tuple(_panel(x, places, column, measured, of.get(column.name), extreme) for column in measured.columns)
    else:
        panels = tuple(_shared(x, places, columns) for columns in _by_unit(measured.columns))
    return Figure(_noted(panels, measured), title, shared_x=True)


def compare_scans(scans: Mapping[str, Measured], *, title: str = "") -> Figure:
    """Return the figure of several scans along one axis, laid over each other; a panel for each column they share.

    Raises InputError for scans over a grid, of different axes, or without a common column.
    """
    grids = [name for name, measured in scans.items() if len(measured.shape) > 1]
    if grids:
        raise InputError(f"{' and '.join(grids)}: a map cannot be laid over another; plot each by itself")
    axes = {(measured.axes[0].name, measured.axes[0].unit): name for name, measured in scans.items()}
    if len(axes) > 1:
        told = ", ".join(f"{name} {axis}" for (axis, _), name in axes.items())
        raise InputError(f"scans are compared along one axis; these have {told}")
    first, *others = scans.values()
    shared = [one for one in first.columns if all(one.name in map(_name, other.columns) for other in others)]
    if not shared:
        raise InputError(f"{' and '.join(scans)} have no detector in common")
    x = Axis(first.axes[0].name, first.axes[0].unit)
    panels = tuple(Panel(x, Axis(column.name, column.unit), tuple(_over(column.name, scans))) for column in shared)
    return Figure(panels, title, shared_x=True)


def _over(name: str, scans: Mapping[str, Measured]) -> Iterator[Element]:
    for i, (label, measured) in enumerate(scans.items()):
        colour, shape = SERIES[i % len(SERIES)]
        column = next(column for column in measured.columns if column.name == name)
        x, y = numbers(positions(measured, 0)), numbers(column.values)
        yield Line(x, y, colour=colour)
        yield Points(x, y, label=label, colour=colour, shape=shape)


def _panel(x: Axis, places: Floats, column: Quantity, measured: Measured, found: Found | None, extreme: str) -> Panel:
    """Return the readings of a column with what was found in them; extreme: what the highest or lowest is called."""
    at, y, error = numbers(places), numbers(column.values), counting_error(column, measured.dwell)
    low, high = ((), ()) if error is None else (numbers(column.values - error), numbers(column.values + error))
    own: list[Element] = [Points(at, y, low, high, colour="blue")]
    if found is None or found.fit is None:
        turns = _turns(measured)
        along, of_rows = (numbers(np.insert(values, turns, np.nan)) for values in (places, column.values))
        own.insert(0, Line(along, of_rows, colour="blue"))
    if found is None:
        return Panel(x, Axis(column.name, column.unit), tuple(own))
    return Panel(x, Axis(column.name, column.unit), (*_behind(found), *own, *_marks(found, extreme), *_said(found)))


def _turns(measured: Measured) -> NDArray[np.intp]:
    """Return before which points a new row begins; over one axis there are none."""
    return np.flatnonzero(np.any(np.diff(measured.index[:, :-1], axis=0), axis=1)) + 1


def _along(found: Found, axis: str) -> Found:
    """Return what was found as a curve over one of several axes shows it."""
    return replace(found, statistics=tuple(one for one in found.statistics if one.axis in ("", axis)))


def _behind(found: Found) -> Iterator[Element]:
    edge, width = found.get("edge"), found.get("width")
    if found.span is not None:
        yield Band(*found.span, label="FWHM")
    elif edge is not None and edge.value is not None and width is not None and width.value is not None:
        yield Band(edge.value - width.value / 2.0, edge.value + width.value / 2.0, label="beam FWHM")


def _marks(found: Found, extreme: str) -> Iterator[Element]:
    peak, value, com, edge, mean = (found.get(name) for name in ("peak", "value", "com", "edge", "mean"))
    if mean is not None and mean.value is not None:
        yield Marker(mean.value, "y", label="mean", colour="green", stroke="dashed")
    centroid = com if com is not None and com.value is not None else found.get("centroid")
    if found.fit is not None:
        yield Line(numbers(found.fit.x), numbers(found.fit.y), label="error function", colour="vermilion")
    if edge is not None and edge.value is not None:
        yield Marker(edge.value, label="edge", colour="vermilion", stroke="dashed")
    if centroid is not None and centroid.value is not None:
        label = "raw centroid" if centroid.name == "com" else "centroid less background"
        yield Marker(centroid.value, label=label, colour="green", stroke="dashed")
    if peak is not None and peak.value is not None and value is not None:
        place = numbers([peak.value]), numbers([np.nan if value.value is None else value.value])
        yield Points(*place, label=extreme, colour="vermilion", shape="ring")


def _said(found: Found) -> Iterator[Element]:
    yield Note(f"{found.detector} {found.sentence}")
    yield from (Note(note, warning=True) for note in found.notes)


def _by_unit(columns: Sequence[Quantity]) -> list[list[Quantity]]:
    grouped: dict[str, list[Quantity]] = {}
    for column in columns:
        grouped.setdefault(column.unit, []).append(column)
    return list(grouped.values())


def _shared(x: Axis, places: Floats, columns: Sequence[Quantity]) -> Panel:
    elements: list[Element] = []
    for i, column in enumerate(columns):
        colour, shape = SERIES[i % len(SERIES)]
        at, y = numbers(places), numbers(column.values)
        elements += [Line(at, y, colour=colour), Points(at, y, label=column.name, colour=colour, shape=shape)]
    label = columns[0].name if len(columns) == 1 else "readings"
    return Panel(x, Axis(label, columns[0].unit), tuple(elements))


def _noted(panels: tuple[Panel, ...], measured: Measured) -> tuple[Panel, ...]:
    """Return the panels with what must be known of the whole scan over the first of them."""
    first, *others = panels
    notes = tuple(Note(note, warning=True) for note in measured.notes)
    return Panel(first.x, first.y, (*first.elements, *notes), first.title), *others


def _name(column: Quantity) -> str:
    return column.name
