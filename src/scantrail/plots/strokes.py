"""How each element is drawn on a pair of matplotlib axes: the one quiet style of the house."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
from matplotlib.patheffects import withStroke
from numpy.typing import NDArray

from scantrail.plots.legend import Labelled
from scantrail.plots.lettering import set_plainly, shortened
from scantrail.plots.model import Axis, Band, Bars, Colour, Element, Image, Line, Marker, Numbers, Points, Shape, Stroke
from scantrail.plots.palette import HOLE, PALETTE

SHAPES: dict[Shape, tuple[str, float]] = {
    "disc": ("o", 4.6),
    "square": ("s", 4.2),
    "triangle": ("^", 5.2),
    "diamond": ("D", 4.0),
    "ring": ("o", 4.8),
}
"""Marker of matplotlib and its size in points, so that all look equally large."""
STROKES: dict[Stroke, str | tuple[float, tuple[float, float]]] = {
    "solid": "-",
    "dashed": (0.0, (5.0, 2.2)),
    "dotted": (0.0, (1.2, 1.8)),
}
LIMIT = Outline(
    [(-0.45, 0.0), (0.45, 0.0), (0.0, 0.0), (0.0, -1.5), (-0.38, -0.95), (0.0, -1.5), (0.38, -0.95)],
    [Outline.MOVETO, Outline.LINETO] * 2 + [Outline.MOVETO, Outline.LINETO, Outline.LINETO],
)
"""A bar with an arrow that points down from it: the value lies below the bar."""
LIMIT_IN_LEGEND = Outline(LIMIT.vertices + np.array([0.0, 0.75]), LIMIT.codes)
"""The same about its own middle, half as far from it, and so drawn at half the size."""
LIMIT_SIZE = 17.0
THIN, NORMAL = 0.9, 1.4
SMALL = 8.5
EVEN = 0.01
"""Largest difference of two cells of a map that are drawn alike, as a share of their mean."""
LABEL_ROW = 13.0
"""Points between the texts of neighbouring markers."""
LEFTMOST, MIDMOST, RIGHTMOST = 0.2, 0.62, 0.82
"""Shares of the axis beyond which a text stands left of its line: of the lower lines, of a lone one, of the upper."""


def draw(axes: Axes, elements: Sequence[Element], x: Axis, y: Axis) -> None:
    """Draw elements in their order; a Note stands outside the axes and is left to the layout."""
    written = sorted(e.at for e in elements if isinstance(e, Marker) and e.along == "x" and e.text)
    for depth, element in enumerate(elements, start=2):
        match element:
            case Points():
                _points(axes, element, depth)
            case Line():
                axes.plot(_column(element.x), _column(element.y), zorder=depth, **_pen(element))
            case Bars():
                axes.stairs(element.counts, element.edges, fill=True, zorder=depth, **_body(element.colour))
            case Band():
                span = axes.axvspan if element.along == "x" else axes.axhspan
                span(element.low, element.high, color=PALETTE[element.colour], alpha=0.18, lw=0, zorder=1)
            case Marker():
                line = axes.axvline if element.along == "x" else axes.axhline
                line(element.at, zorder=depth, **_pen(element))
                if element.text:
                    _marker_text(axes, element, x if element.along == "x" else y, written)
            case Image():
                _image(axes, element)
            case _:
                continue


def proxy(element: Labelled) -> Artist:
    """What stands for an element in the legend."""
    colour = PALETTE[element.colour]
    match element:
        case Band():
            return Patch(color=colour, alpha=0.3, lw=0)
        case Bars():
            return Patch(**_body(element.colour))
        case Points() if all(element.limits):
            return Line2D([], [], ls="", **_arrow("ink") | {"marker": LIMIT_IN_LEGEND, "ms": LIMIT_SIZE / 2.0})
        case Points():
            return Line2D([], [], ls="", **_symbol(element))
        case _:
            return Line2D([], [], **_pen(element))


def _points(axes: Axes, points: Points, depth: int) -> None:
    x, y, upper = _column(points.x), _column(points.y), np.array(points.limits, dtype=bool)
    if points.high:
        low, high = _column(points.low or points.y), _column(points.high)
        bars = ~upper & np.isfinite(low) & np.isfinite(high) & np.isfinite(x)
        axes.vlines(x[bars], low[bars], high[bars], color=PALETTE[points.colour], lw=THIN, zorder=depth)
        if np.any(upper):
            axes.plot(x[upper], high[upper], ls="", zorder=depth, clip_on=False, **_arrow(points.colour))
    axes.plot(x[~upper], y[~upper], ls="", zorder=depth + 0.5, **_symbol(points))


def _image(axes: Axes, image: Image) -> None:
    values = np.ma.masked_invalid(np.array([_column(row) for row in image.values]))
    axes.set_facecolor(HOLE)
    # a picture of its own for even cells: the edges of many quadrilaterals show in vector formats
    if _even(image.x_bounds) and _even(image.y_bounds):
        ends = (image.x_bounds[0], image.x_bounds[-1], image.y_bounds[0], image.y_bounds[-1])
        shown: ScalarMappable = axes.imshow(
            values, origin="lower", extent=ends, aspect="auto", interpolation="nearest", cmap="cividis", zorder=1
        )
    else:
        shown = axes.pcolormesh(image.x_bounds, image.y_bounds, values, cmap="cividis", zorder=1)
    if values.count() and values.min() == values.max():
        shown.set_clim(float(values.min()) - 0.5, float(values.min()) + 0.5)
    figure = axes.get_figure()
    if figure is None:
        return
    bar = figure.colorbar(shown, ax=axes, pad=0.02)
    bar.outline.set_visible(False)
    bar.set_label(shortened(image.value.text, 60), fontsize=SMALL + 1.0)
    bar.ax.tick_params(labelsize=SMALL, length=3, color=PALETTE["grey"])
    set_plainly(bar.ax.yaxis.label)


def _even(bounds: tuple[float, ...]) -> bool:
    widths = np.diff(bounds)
    return bool(np.ptp(widths) <= EVEN * float(np.mean(widths)))


def _marker_text(axes: Axes, marker: Marker, axis: Axis, written: Sequence[float]) -> None:
    """Write at the upper end of a vertical line, at the right end of a horizontal one.

    written: where all vertical lines with a text stand; the lower half of them have it on their left, a row each.
    """
    share = _share(axis, marker.at)
    if marker.along == "x":
        row = written.index(marker.at)
        left = share > (MIDMOST if len(written) == 1 else LEFTMOST if row < len(written) / 2.0 else RIGHTMOST)
        where, place = ("data", "axes fraction"), (marker.at, 1.0)
        offset, sides = (-5.0 if left else 5.0, -3.0 - row * LABEL_ROW), ("right" if left else "left", "top")
    else:
        where, place = ("axes fraction", "data"), (1.0, marker.at)
        offset, sides = (-4.0, -3.0 if share > 0.5 else 3.0), ("right", "top" if share > 0.5 else "bottom")
    text = axes.annotate(
        shortened(marker.text, 60),
        xy=place,
        xycoords=where,
        xytext=offset,
        textcoords="offset points",
        ha=sides[0],
        va=sides[1],
        color=PALETTE[marker.colour],
        fontsize=SMALL + 0.5,
        zorder=60,
        annotation_clip=True,
        path_effects=[withStroke(linewidth=2.4, foreground="white", alpha=0.8)],
    )
    set_plainly(text)


def _share(axis: Axis, at: float) -> float:
    """How far along a settled axis a value lies, 0 to 1."""
    low, high = axis.limits or (0.0, 1.0)
    if axis.scale == "log":
        low, high, at = (float(np.log10(max(value, 1e-300))) for value in (low, high, at))
    return (at - low) / (high - low)


def _pen(element: Line | Marker | Points) -> dict[str, Any]:
    stroke = "solid" if isinstance(element, Points) else element.stroke
    return {"color": PALETTE[element.colour], "lw": NORMAL, "ls": STROKES[stroke], "marker": ""}


def _body(colour: Colour) -> dict[str, Any]:
    """Opaque, for bars stand in front of each other."""
    ink = np.array(to_rgb(PALETTE[colour]))
    return {"facecolor": tuple(0.55 * ink + 0.45), "edgecolor": PALETTE[colour], "lw": THIN}


def _symbol(points: Points) -> dict[str, Any]:
    colour = PALETTE[points.colour]
    marker, size = SHAPES[points.shape]
    face = "white" if points.shape == "ring" else colour
    return {"marker": marker, "ms": size, "mfc": face, "mec": colour, "mew": 1.1 if points.shape == "ring" else 0.4}


def _arrow(colour: Colour) -> dict[str, Any]:
    return {"marker": LIMIT, "ms": LIMIT_SIZE, "mfc": "none", "mec": PALETTE[colour], "mew": 1.0}


def _column(values: Numbers) -> NDArray[np.float64]:
    return np.array([np.nan if value is None else value for value in values], dtype=float)
