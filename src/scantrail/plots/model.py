"""A figure as data: what is drawn where, with axes and units, and nothing of how a back end draws it.

Everything is frozen and made of tuples, numbers and text; a number that is not finite is a hole, None, so that
`Figure.document()` is plain JSON.
"""

from dataclasses import asdict, dataclass
from itertools import pairwise
from math import isfinite
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike

from scantrail.errors import InputError

Numbers = tuple[float | None, ...]
Scale = Literal["linear", "log", "time"]
"""On an axis of time stand Unix seconds; its ticks are dates in local time."""
Colour = Literal["ink", "grey", "blue", "vermilion", "green", "purple", "sky", "amber"]
"""Names of the palette (M. Okabe and K. Ito, Color Universal Design, 2008), each told apart by the colour-blind."""
Shape = Literal["disc", "square", "triangle", "diamond", "ring"]
Stroke = Literal["solid", "dashed", "dotted"]
Direction = Literal["x", "y"]

SERIES: tuple[tuple[Colour, Shape], ...] = (
    ("blue", "disc"),
    ("vermilion", "square"),
    ("green", "triangle"),
    ("purple", "diamond"),
    ("amber", "disc"),
    ("sky", "square"),
)
"""Colours and shapes of equal series side by side, in order; a seventh begins again."""


def numbers(values: ArrayLike) -> Numbers:
    """Return values as a column of a figure; what is not finite becomes a hole."""
    column = np.atleast_1d(np.asarray(values, dtype=float))
    return tuple(float(x) if isfinite(x) else None for x in column)


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows; limits are taken from the data if None."""

    label: str
    unit: str = ""
    scale: Scale = "linear"
    limits: tuple[float, float] | None = None

    @property
    def text(self) -> str:
        """The label as it is written: `quantity [unit]`."""
        return f"{self.label} [{self.unit}]" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class Points:
    """Measured points. low, high: ends of the error bars, () for none.

    Where `upper` is true there is no point: `high` is an upper limit, drawn as an arrow that points down from it.
    """

    x: Numbers
    y: Numbers
    low: Numbers = ()
    high: Numbers = ()
    upper: tuple[bool, ...] = ()
    label: str = ""
    colour: Colour = "ink"
    shape: Shape = "disc"
    kind: ClassVar[str] = "points"

    def __post_init__(self) -> None:
        _same_length(self.x, y=self.y, low=self.low or self.x, high=self.high or self.x, upper=self.upper or self.x)
        if any(self.upper) and not self.high:
            raise InputError("upper limits are drawn at `high`, which these points do not have.")

    @property
    def limits(self) -> tuple[bool, ...]:
        """Which points are upper limits, one answer a point."""
        return self.upper or (False,) * len(self.x)


@dataclass(frozen=True, slots=True)
class Line:
    """A line through points; a hole parts it."""

    x: Numbers
    y: Numbers
    label: str = ""
    colour: Colour = "ink"
    stroke: Stroke = "solid"
    kind: ClassVar[str] = "line"

    def __post_init__(self) -> None:
        _same_length(self.x, y=self.y)


@dataclass(frozen=True, slots=True)
class Band:
    """A translucent span from low to high along one axis, over the whole of the other."""

    low: float
    high: float
    along: Direction = "x"
    label: str = ""
    colour: Colour = "green"
    kind: ClassVar[str] = "band"


@dataclass(frozen=True, slots=True)
class Marker:
    """A straight line at one value of an axis (`along` x: a vertical one), over the whole of the other.

    text is written at the line, label stands in the legend.
    """

    at: float
    along: Direction = "x"
    text: str = ""
    label: str = ""
    colour: Colour = "green"
    stroke: Stroke = "solid"
    kind: ClassVar[str] = "marker"


@dataclass(frozen=True, slots=True)
class Bars:
    """A histogram: counts[i] from edges[i] to edges[i + 1], standing on zero; the edges ascend."""

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    label: str = ""
    colour: Colour = "blue"
    kind: ClassVar[str] = "bars"

    def __post_init__(self) -> None:
        if not self.counts or len(self.edges) != len(self.counts) + 1:
            raise InputError(f"{len(self.counts)} bars need one edge more than that; got {len(self.edges)}")
        if not all(low < high for low, high in pairwise(self.edges)):
            raise InputError("the edges of bars must ascend")


@dataclass(frozen=True, slots=True)
class Image:
    """A map: values[row][column] with holes; row 0 is at the bottom. value: what the colours show.

    x_edges, y_edges: where its columns and rows begin and end, ascending, one more than there are; () for a map by
    index, whose cells lie about the whole numbers.
    """

    values: tuple[Numbers, ...]
    value: Axis
    x_edges: tuple[float, ...] = ()
    y_edges: tuple[float, ...] = ()
    kind: ClassVar[str] = "image"

    def __post_init__(self) -> None:
        if not self.values or not self.values[0]:
            raise InputError("a map needs at least one row and one column.")
        if len({len(row) for row in self.values}) > 1:
            raise InputError("the rows of a map must be of one length.")
        _edges("columns", self.x_edges, len(self.values[0]))
        _edges("rows", self.y_edges, len(self.values))

    @property
    def x_bounds(self) -> tuple[float, ...]:
        """Where the columns begin and end."""
        return self.x_edges or tuple(i - 0.5 for i in range(len(self.values[0]) + 1))

    @property
    def y_bounds(self) -> tuple[float, ...]:
        """Where the rows begin and end."""
        return self.y_edges or tuple(i - 0.5 for i in range(len(self.values) + 1))


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence that stands above a panel, off the data."""

    text: str
    warning: bool = False
    kind: ClassVar[str] = "note"


Element = Points | Line | Bars | Band | Marker | Image | Note


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes and what is drawn in it; later elements are drawn over earlier ones."""

    x: Axis
    y: Axis
    elements: tuple[Element, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Panels, filled row by row into `columns`; with shared_x they have one x axis, written under the lowest."""

    panels: tuple[Panel, ...]
    title: str = ""
    shared_x: bool = False
    columns: int = 1

    def __post_init__(self) -> None:
        if not self.panels:
            raise InputError("a figure needs at least one panel.")
        if self.columns < 1:
            raise InputError(f"a figure needs at least one column of panels; got {self.columns}.")

    def document(self) -> dict[str, Any]:
        """Return the figure as JSON-safe values, each element with its `kind`."""
        panels = [
            {
                "title": panel.title,
                "x": asdict(panel.x),
                "y": asdict(panel.y),
                "elements": [{"kind": element.kind, **asdict(element)} for element in panel.elements],
            }
            for panel in self.panels
        ]
        return {"title": self.title, "shared_x": self.shared_x, "columns": self.columns, "panels": panels}


def _edges(what: str, edges: tuple[float, ...], number: int) -> None:
    if edges and len(edges) != number + 1:
        raise InputError(f"{number} {what} of a map have {number + 1} edges; got {len(edges)}.")
    if any(not low < high for low, high in pairwise(edges)):
        raise InputError(f"the edges of the {what} of a map must ascend.")


def _same_length(x: Numbers, **columns: tuple[object, ...]) -> None:
    lengths = {"x": len(x)} | {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise InputError(f"a series needs columns of one length; got {told}.")
