"""What of a figure an axis can show: the rest becomes a hole, or ends where the axis's range of numbers ends."""

from dataclasses import replace
from math import isfinite

from scantrail.plots.model import Axis, Band, Element, Line, Marker, Numbers, Panel, Points

LARGEST, SMALLEST = 1e30, 1e-30
"""Ends of the numbers that are drawn, the smaller one of a log axis: no axis has room for more."""


def showable(panel: Panel) -> Panel:
    """The panel without what its axes cannot show, such as a point at zero on a log axis."""
    held = (_held(element, panel.x, panel.y) for element in panel.elements)
    return replace(panel, elements=tuple(element for element in held if element is not None))


def shows(axis: Axis, value: float) -> bool:
    """Whether an axis can show a value; the ends themselves only stand for what lies beyond."""
    return SMALLEST < value < LARGEST if axis.scale == "log" else abs(value) < LARGEST


def nearest(axis: Axis, value: float) -> float:
    """The value, or the end of what the axis can show in its direction."""
    return min(max(value, SMALLEST if axis.scale == "log" else -LARGEST), LARGEST)


def _held(element: Element, x: Axis, y: Axis) -> Element | None:
    match element:
        case Points():
            return replace(
                element,
                x=_holes(x, element.x),
                y=_holes(y, element.y),
                low=_ended(y, element.low),
                high=_holes(y, element.high),
            )
        case Line():
            return replace(element, x=_holes(x, element.x), y=_ended(y, element.y))
        case Marker():
            return element if shows(x if element.along == "x" else y, element.at) else None
        case Band():
            axis = x if element.along == "x" else y
            low, high = nearest(axis, element.low), nearest(axis, element.high)
            return replace(element, low=low, high=high) if isfinite(low) and isfinite(high) and low < high else None
        case _:
            return element


def _holes(axis: Axis, values: Numbers) -> Numbers:
    return tuple(value if value is not None and shows(axis, value) else None for value in values)


def _ended(axis: Axis, values: Numbers) -> Numbers:
    return tuple(None if value is None else nearest(axis, value) for value in values)
