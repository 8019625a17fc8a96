"""The limits of the axes, settled once for all back ends, so that a figure looks alike on paper and in a terminal."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import log10

from scantrail.plots.model import Axis, Band, Bars, Direction, Figure, Image, Line, Marker, Numbers, Panel, Points
from scantrail.plots.showable import showable, shows

MARGIN = 0.05
"""Share of the axis left free on either side of the data."""
FINEST = 1e-9
"""Smallest width of an axis, as a share of its values."""
HALF_A_DAY = 43_200.0
"""Seconds shown on either side of a lone moment."""


def settled(figure: Figure) -> Figure:
    """The figure with limits on every axis and without what cannot be shown; panels that share x get the same limits.

    The y axis shows every point with its bar; lines count only where there are no points: a fit may fall to nothing.
    """
    panels = tuple(_settled(showable(panel)) for panel in figure.panels)
    if figure.shared_x:
        spans = [panel.x.limits for panel in panels if panel.x.limits is not None]
        whole = min(low for low, _ in spans), max(high for _, high in spans)
        panels = tuple(replace(panel, x=replace(panel.x, limits=whole)) for panel in panels)
    return replace(figure, panels=panels)


def _settled(panel: Panel) -> Panel:
    return replace(
        panel,
        x=replace(panel.x, limits=_limits(panel.x, panel, "x")),
        y=replace(panel.y, limits=_limits(panel.y, panel, "y")),
    )


def _limits(axis: Axis, panel: Panel, along: Direction) -> tuple[float, float]:
    values = axis.limits if axis.limits is not None else tuple(_reach(panel, along))
    held = [value for value in values if shows(axis, value)]
    if not held:
        return (0.1, 10.0) if axis.scale == "log" else (0.0, 1.0)
    low, high = min(held), max(held)
    narrow = high - low <= FINEST * max(abs(low), abs(high))
    if not narrow and (axis.limits is not None or any(isinstance(element, Image) for element in panel.elements)):
        return low, high
    if axis.scale == "log":
        return _padded_log(low, high)
    if narrow:
        aside = HALF_A_DAY if axis.scale == "time" else 0.1 * max(abs(low), abs(high)) or 1.0
        return low - aside, high + aside
    return low - MARGIN * (high - low), high + MARGIN * (high - low)


def _padded_log(low: float, high: float) -> tuple[float, float]:
    """At least one decade, so that a lone point has a neighbourhood."""
    first, last = log10(low), log10(high)
    lacking = max(1.0 - (last - first), 0.0) / 2.0
    margin = MARGIN * (last - first) + lacking
    return float(10.0 ** (first - margin)), float(10.0 ** (last + margin))


def _reach(panel: Panel, along: Direction) -> Iterator[float]:
    """Every value that should be seen along an axis: data and their bars, markers and bands, not the holes."""
    for element in panel.elements:
        match element:
            case Points() if along == "x":
                yield from _filled(element.x)
            case Points():
                yield from _filled(y for y, limit in zip(element.y, element.limits, strict=True) if not limit)
                yield from _filled(element.low)
                yield from _filled(element.high)
            case Bars():
                yield from element.edges if along == "x" else (0.0, *element.counts)
            case Line() if along == "x":
                yield from _filled(element.x)
            case Line() if not _measured(panel):
                yield from _filled(element.y)
            case Band() if element.along == along:
                yield from (element.low, element.high)
            case Marker() if element.along == along:
                yield element.at
            case Image():
                bounds = element.x_bounds if along == "x" else element.y_bounds
                yield from (bounds[0], bounds[-1])
            case _:
                continue


def _measured(panel: Panel) -> bool:
    return any(isinstance(element, Points) and element.x for element in panel.elements)


def _filled(values: Iterable[float | None] | Numbers) -> Iterator[float]:
    return (x for x in values if x is not None)
