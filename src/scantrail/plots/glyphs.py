"""How each element is drawn in cells of a terminal: everything is a cloud of places with one sign and one colour."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import ceil, log10

import numpy as np
from numpy.typing import NDArray

from scantrail.plots.cells import plain
from scantrail.plots.legend import Labelled
from scantrail.plots.model import (
    Axis,
    Band,
    Bars,
    Colour,
    Element,
    Image,
    Line,
    Marker,
    Numbers,
    Points,
    Scale,
    Shape,
    Stroke,
)

Floats = NDArray[np.float64]
Scatter = Callable[..., None]
"""plotext.scatter(x, y, marker=, color=)."""

INKS: dict[Colour, int | None] = {
    "ink": None,
    "grey": 245,
    "blue": 33,
    "vermilion": 208,
    "green": 36,
    "purple": 170,
    "sky": 117,
    "amber": 178,
}
"""Codes of the 256 colours, legible on black and on white; None is the terminal's own."""
SIGNS: dict[Shape, str] = {"disc": "●", "square": "■", "triangle": "▲", "diamond": "◆", "ring": "○"}
STROKES: dict[Stroke, tuple[int, int]] = {"solid": (1, 1), "dashed": (27, 16), "dotted": (12, 2)}
"""Period of a stroke in samples and how many of them are drawn."""
STROKE_SIGNS: dict[Stroke, str] = {"solid": "───", "dashed": "╌╌╌", "dotted": "···"}
SHADES = " ░▒▓█"
HOLE = "×"
FINE = 3
"""Samples a cell and direction, more than a braille cell has dots."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """Two settled axes and the size of a panel in cells; places are in the axes' own measure, logarithms taken."""

    x_axis: Axis
    y_axis: Axis
    width: int
    height: int

    @property
    def x_limits(self) -> tuple[float, float]:
        """Ends of the x axis as places."""
        return _ends(self.x_axis)

    @property
    def y_limits(self) -> tuple[float, float]:
        """Ends of the y axis as places."""
        return _ends(self.y_axis)

    def x(self, value: float) -> float:
        """The place of a value along x."""
        return float(_placed(np.array([value]), self.x_axis.scale)[0])

    def y(self, value: float) -> float:
        """The place of a value along y."""
        return float(_placed(np.array([value]), self.y_axis.scale)[0])

    def places(self, x: Numbers, y: Numbers) -> tuple[Floats, Floats]:
        """Columns of values as places, NaN for holes and for what a logarithm does not have."""
        return _placed(_column(x), self.x_axis.scale), _placed(_column(y), self.y_axis.scale)


def draw(canvas: Canvas, elements: Iterable[Element], scatter: Scatter) -> None:
    """Draw elements, spans and lines under points; a Note stands outside the canvas."""
    every = list(elements)
    order: tuple[type[Element], ...] = (Image, Bars, Band, Marker, Line, Points)
    for kind in order:
        for element in every:
            match element:
                case Image() if kind is Image:
                    _image(canvas, element, scatter)
                case Bars() if kind is Bars:
                    _bars(canvas, element, scatter)
                case Band() if kind is Band:
                    _span(canvas, element.along, element.low, element.high, "░", element.colour, scatter)
                case Marker() if kind is Marker:
                    sign = "│" if element.along == "x" else "┄"
                    _span(canvas, element.along, element.at, element.at, sign, element.colour, scatter)
                case Line() if kind is Line:
                    _line(canvas, element, scatter)
                case Points() if kind is Points:
                    _points(canvas, element, scatter)
                case _:
                    continue


def glyph(element: Labelled) -> str:
    """What stands for an element in the legend."""
    match element:
        case Points():
            return "↓" if element.x and all(element.limits) else SIGNS[element.shape]
        case Band():
            return "░░░"
        case Bars():
            return _block(element) * 3
        case _:
            return STROKE_SIGNS[element.stroke]


def shades(image: Image) -> str:
    """What the shades of a map mean."""
    low, high = _range(image)
    return f"'{SHADES[0]}' {low:.4g} … '{SHADES[-1]}' {high:.4g}  {plain(image.value.text)}   '{HOLE}' no value"


def _points(canvas: Canvas, points: Points, scatter: Scatter) -> None:
    x, y = canvas.places(points.x, points.y)
    upper = np.array(points.limits, dtype=bool)
    if points.high:
        _, low = canvas.places(points.x, points.low or points.y)
        _, high = canvas.places(points.x, points.high)
        floor, ceiling = canvas.y_limits
        step = (ceiling - floor) / (canvas.height * FINE)
        for at, foot, top in zip(x[~upper], low[~upper], high[~upper], strict=True):
            if np.isfinite(at) and foot < top:
                bar = np.arange(max(foot, floor), min(top, ceiling), step)
                _put(canvas, np.full(len(bar), at), bar, "│", points.colour, scatter)
        _put(canvas, x[upper], high[upper], "↓", points.colour, scatter)
    _put(canvas, x[~upper], y[~upper], SIGNS[points.shape], points.colour, scatter)


def _line(canvas: Canvas, line: Line, scatter: Scatter) -> None:
    """Sample the line finer than a cell, along its length, so that its strokes are even wherever it is steep."""
    x, y = canvas.places(line.x, line.y)
    (left, right), (floor, ceiling) = canvas.x_limits, canvas.y_limits
    x = np.clip(x, 2.0 * left - right, 2.0 * right - left)
    y = np.clip(y, 2.0 * floor - ceiling, 2.0 * ceiling - floor)
    over = np.hypot(
        np.diff(x) / (right - left) * canvas.width * FINE, np.diff(y) / (ceiling - floor) * canvas.height * 2 * FINE
    )
    parts = [
        np.column_stack([np.linspace(x[i], x[i + 1], n + 1)[:-1], np.linspace(y[i], y[i + 1], n + 1)[:-1]])
        for i, n in ((i, max(1, ceil(length))) for i, length in enumerate(over) if np.isfinite(length))
    ]
    if not parts:
        return
    dots = np.concatenate(parts)
    period, drawn = STROKES[line.stroke]
    kept = dots[np.arange(len(dots)) % period < drawn]
    _put(canvas, kept[:, 0], kept[:, 1], "braille", line.colour, scatter)


def _span(canvas: Canvas, along: str, low: float, high: float, sign: str, colour: Colour, scatter: Scatter) -> None:
    """Fill every cell between two values of one axis, over the whole of the other; at least one column or row."""
    place, cells = (canvas.x, canvas.width) if along == "x" else (canvas.y, canvas.height)
    ends, others = (canvas.x_limits, canvas.y_limits) if along == "x" else (canvas.y_limits, canvas.x_limits)
    foot, top = place(low), place(high)
    if not (np.isfinite(foot) and np.isfinite(top)) or top < ends[0] or foot > ends[1]:
        return
    foot, top = max(foot, ends[0]), min(top, ends[1])
    count = 1 + ceil((top - foot) / (ends[1] - ends[0]) * cells * 2)
    across = canvas.height if along == "x" else canvas.width
    one, other = np.meshgrid(np.linspace(foot, top, count), np.linspace(*others, across * 2))
    x, y = (one, other) if along == "x" else (other, one)
    _put(canvas, x.ravel(), y.ravel(), sign, colour, scatter)


def _bars(canvas: Canvas, bars: Bars, scatter: Scatter) -> None:
    """Fill the cells under every count; the least of them has one."""
    (left, right), (floor, ceiling) = canvas.x_limits, canvas.y_limits
    across, up = (right - left) / canvas.width / FINE, (ceiling - floor) / canvas.height / FINE
    edges = np.clip(_placed(np.array(bars.edges), canvas.x_axis.scale), left, right)
    for i, count in enumerate(bars.counts):
        if not count or not edges[i] < edges[i + 1]:
            continue
        columns = np.linspace(edges[i], edges[i + 1], 2 + ceil((edges[i + 1] - edges[i]) / across))[:-1]
        rows = np.linspace(max(0.0, floor), min(count, ceiling), 1 + ceil(min(count, ceiling) / up))
        x, y = np.meshgrid(columns, rows)
        _put(canvas, x.ravel(), y.ravel(), _block(bars), bars.colour, scatter)


def _block(bars: Bars) -> str:
    """Two kinds of bars are told apart without colours, too."""
    return "▒" if bars.colour == "vermilion" else "█"


def _image(canvas: Canvas, image: Image, scatter: Scatter) -> None:
    """Show in each cell the value under its middle."""
    values = np.array([_column(row) for row in image.values])
    low, high = _range(image)
    x, y = (
        grid.ravel()
        for grid in np.meshgrid(
            np.linspace(*canvas.x_limits, canvas.width * 2), np.linspace(*canvas.y_limits, canvas.height * 2)
        )
    )
    column = _cell(x, image.x_bounds)
    row = _cell(y, image.y_bounds)
    share = (values[row, column] - low) / ((high - low) or 1.0)
    hole = np.isnan(share)
    level = np.clip(np.nan_to_num(share) * len(SHADES), 0, len(SHADES) - 1).astype(int)
    _put(canvas, x[hole], y[hole], HOLE, "grey", scatter)
    for i, sign in enumerate(SHADES):
        chosen = (level == i) & ~hole
        _put(canvas, x[chosen], y[chosen], sign, "ink", scatter)


def _cell(places: Floats, bounds: tuple[float, ...]) -> NDArray[np.intp]:
    """Return the index of the cell in which each place lies."""
    return np.clip(np.searchsorted(bounds, places, side="right") - 1, 0, len(bounds) - 2)


def _put(canvas: Canvas, x: Floats, y: Floats, sign: str, colour: Colour, scatter: Scatter) -> None:
    (left, right), (floor, ceiling) = canvas.x_limits, canvas.y_limits
    seen = (x >= left) & (x <= right) & (y >= floor) & (y <= ceiling)
    if np.any(seen):
        ink = INKS[colour]
        scatter(x[seen].tolist(), y[seen].tolist(), marker=sign, color="default" if ink is None else ink)


def _range(image: Image) -> tuple[float, float]:
    filled = [value for row in image.values for value in row if value is not None]
    return (min(filled), max(filled)) if filled else (0.0, 1.0)


def _ends(axis: Axis) -> tuple[float, float]:
    low, high = axis.limits or (0.1, 1.0)
    return (log10(low), log10(high)) if axis.scale == "log" else (low, high)


def _placed(values: Floats, scale: Scale) -> Floats:
    if scale != "log":
        return values
    return np.log10(values, out=np.full(len(values), np.nan), where=values > 0.0)


def _column(values: Numbers) -> Floats:
    return np.array([np.nan if value is None else value for value in values], dtype=float)
