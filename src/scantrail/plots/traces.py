"""How each element of a figure reads as a trace, a shape or an annotation of plotly.js: plain JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import pairwise
from math import log10
from typing import Any, NamedTuple

from scantrail.plots.model import Axis, Band, Bars, Element, Image, Line, Marker, Numbers, Points, Shape, Stroke
from scantrail.plots.palette import Inks

Json = dict[str, Any]

SHAPES: dict[Shape, tuple[str, float]] = {
    "disc": ("circle", 6.0),
    "square": ("square", 6.0),
    "triangle": ("triangle-up", 7.5),
    "diamond": ("diamond", 7.0),
    "ring": ("circle-open", 7.0),
}
"""Symbol of plotly.js and its size in pixels, so that all look equally large."""
DASHES: dict[Stroke, str] = {"solid": "solid", "dashed": "7px,4px", "dotted": "2px,3px"}
LABEL_ROW = 15
"""Pixels between the texts of neighbouring markers."""
LETTER = 6.7
"""Pixels that a letter of such a text takes, about."""
LEFTMOST, MIDMOST, RIGHTMOST = 0.2, 0.62, 0.82
"""Shares of the axis beyond which a text stands left of its line: of the lower lines, of a lone one, of the upper."""


class Place(NamedTuple):
    """The axes that something is drawn on: their number among the panels, what they show, where they stand.

    left, right, low, high: shares of the sheet. width: about the pixels from left to right. below: how far under them
    the scale of a map stands, beside them if None.
    """

    number: int
    x: Axis
    y: Axis
    left: float
    right: float
    low: float
    high: float
    width: float
    below: float | None = None

    def axis(self, letter: str) -> str:
        """Return what plotly.js calls the axis: x, y, x2, y2."""
        return f"{letter}{self.number if self.number > 1 else ''}"


def plain(text: str) -> str:
    """Return text that plotly.js shows as it stands: nothing in it is read as markup."""
    return escape(text, quote=False)


def column(axis: Axis, values: Numbers) -> list[Any]:
    """Return values as they stand on an axis; moments as local dates, which plotly.js takes as they are."""
    if axis.scale != "time":
        return list(values)
    return [None if value is None else _date(value) for value in values]


def end_of(axis: Axis, value: float) -> Any:  # noqa: ANN401 - a number or a date
    """Return a value as plotly.js wants the ends of an axis and places of text: of a log axis the logarithm."""
    return log10(value) if axis.scale == "log" else _date(value) if axis.scale == "time" else value


def trace(element: Element, place: Place, inks: Inks) -> Iterator[Json]:
    """Yield the traces of an element; a band, a marker or a note has none."""
    on = {"xaxis": place.axis("x"), "yaxis": place.axis("y")}
    match element:
        case Points():
            yield _points(element, place, inks) | on
        case Line():
            yield _line(element, place, inks) | on
        case Bars():
            yield _histogram(element, inks) | on
        case Image():
            yield _image(element, place, inks) | on
        case _:
            return


def shape(element: Element, place: Place, inks: Inks) -> Iterator[Json]:
    """Yield the shapes of an element: the span of a band, the line of a marker."""
    match element:
        case Band():
            span = {"x0": _at(place, element.along, element.low), "x1": _at(place, element.along, element.high)}
            yield {
                "type": "rect",
                **_along(element.along, span, place),
                "fillcolor": inks.palette[element.colour],
                "opacity": 0.18,
                "line": {"width": 0},
                "layer": "below",
                **_named(element.label),
            }
        case Marker():
            span = dict.fromkeys(("x0", "x1"), _at(place, element.along, element.at))
            yield {
                "type": "line",
                **_along(element.along, span, place),
                "line": {"color": inks.palette[element.colour], "width": 1.4, "dash": DASHES[element.stroke]},
                **_named(element.label),
            }
        case _:
            return


def annotations(elements: Sequence[Element], place: Place, inks: Inks) -> Iterator[Json]:
    """Yield what is written at markers: at the upper end of a vertical line, at the right end of a horizontal one.

    Of several vertical lines the lower half have it on their left, a row each.
    """
    written = sorted(e.at for e in elements if isinstance(e, Marker) and e.along == "x" and e.text)
    for element in elements:
        if not isinstance(element, Marker) or not element.text:
            continue
        text = {"text": plain(element.text), "showarrow": False, "font": {"color": inks.palette[element.colour]}}
        if element.along == "x":
            row, share = written.index(element.at), _share(place.x, element.at)
            limit = MIDMOST if len(written) == 1 else LEFTMOST if row < len(written) / 2.0 else RIGHTMOST
            yield text | _beside(element, place, share > limit) | {"yshift": -2 - row * LABEL_ROW}
        else:
            upper = _share(place.y, element.at) > 0.5
            yield text | {
                "x": 1,
                "xref": f"{place.axis('x')} domain",
                "y": end_of(place.y, element.at),
                "yref": place.axis("y"),
                "xanchor": "right",
                "yanchor": "top" if upper else "bottom",
                "xshift": -4,
            }


def _beside(line: Marker, place: Place, left: bool) -> Json:
    """Where the text of a vertical line stands: left or right of it, on the other side where it fits there alone.

    Where it fits on neither, it ends with the panel, and its line runs through it.
    """
    share, needed = _share(place.x, line.at), LETTER * len(line.text) + 5
    fits_left, fits_right = share * place.width >= needed, (1.0 - share) * place.width >= needed
    top = {"y": 1, "yref": f"{place.axis('y')} domain", "yanchor": "top"}
    if not fits_left and not fits_right:
        return top | {"x": 1, "xref": f"{place.axis('x')} domain", "xanchor": "right"}
    if fits_left != fits_right:
        left = fits_left
    at = {"x": end_of(place.x, line.at), "xref": place.axis("x")}
    return top | at | {"xanchor": "right" if left else "left", "xshift": -5 if left else 5}


def _date(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(seconds).isoformat(" ", "milliseconds")
    except (ValueError, OverflowError, OSError):  # no calendar reaches so far
        return None


def _at(place: Place, along: str, value: float) -> Any:  # noqa: ANN401 - a number or a date
    return column(place.x if along == "x" else place.y, (value,))[0]


def _points(points: Points, place: Place, inks: Inks) -> Json:
    colour = inks.palette[points.colour]
    symbol, size = SHAPES[points.shape]
    base: Json = {"type": "scatter", "mode": "markers", "x": column(place.x, points.x), **_named(points.label)}
    if points.x and all(points.limits):
        arrow = {"symbol": "arrow-bar-down", "size": 11, "color": colour}
        return base | {"y": list(points.high), "marker": arrow, "cliponaxis": False}
    # an upper limit among measured points is drawn at its end, with the arrow's shape
    y = [high if limit else y for y, high, limit in zip(points.y, points.high or points.y, points.limits, strict=True)]
    symbols = [("arrow-bar-down" if limit else symbol) for limit in points.limits] if any(points.limits) else symbol
    made = base | {"y": y, "marker": {"symbol": symbols, "size": size, "color": colour, "line": {"color": colour}}}
    if points.high:
        made["error_y"] = _bars(points, colour)
    return made


def _bars(points: Points, colour: str) -> Json:
    columns = zip(points.y, points.low or points.y, points.high, points.limits, strict=True)
    ends = [
        (None, None) if limit or None in (y, low, high) else (high - y, y - low)  # type: ignore[operator]
        for y, low, high, limit in columns
    ]
    up, down = [end[0] for end in ends], [end[1] for end in ends]
    return {
        "type": "data",
        "symmetric": False,
        "array": up,
        "arrayminus": down,
        "width": 0,
        "thickness": 1,
        "color": colour,
    }


def _line(line: Line, place: Place, inks: Inks) -> Json:
    pen = {"color": inks.palette[line.colour], "width": 1.6, "dash": DASHES[line.stroke]}
    return {
        "type": "scatter",
        "mode": "lines",
        "x": column(place.x, line.x),
        "y": list(line.y),
        "line": pen,
        "connectgaps": False,
        "hoverinfo": "x+y" if line.label else "skip",
        **_named(line.label),
    }


def _histogram(bars: Bars, inks: Inks) -> Json:
    colour = inks.palette[bars.colour]
    edges = bars.edges
    return {
        "type": "bar",
        "x": [(low + high) / 2.0 for low, high in pairwise(edges)],
        "width": [high - low for low, high in pairwise(edges)],
        "y": list(bars.counts),
        "marker": {"color": colour, "opacity": 0.6, "line": {"color": colour, "width": 1}},
        **_named(bars.label),
    }


def _image(image: Image, place: Place, inks: Inks) -> Json:
    return {
        "type": "heatmap",
        **({"x": list(image.x_edges)} if image.x_edges else {}),
        **({"y": list(image.y_edges)} if image.y_edges else {}),
        "z": [list(row) for row in image.values],
        "colorscale": "Cividis",
        "hoverongaps": False,
        "colorbar": {
            "title": {"text": plain(image.value.text), "side": "right" if place.below is None else "bottom"},
            "thickness": 12,
            "outlinewidth": 0,
            "tickfont": {"color": inks.text},
            "exponentformat": "power",
            "minexponent": 6,
            **_scale(place),
        },
    }


def _scale(place: Place) -> Json:
    """Return where the scale of a map stands: as high as the map beside it, or as wide under it."""
    if place.below is None:
        return {"x": place.right, "xpad": 6, "y": (place.low + place.high) / 2.0, "len": place.high - place.low}
    across = {"x": place.left, "xanchor": "left", "xpad": 0, "len": place.right - place.left, "nticks": 4}
    return across | {"orientation": "h", "y": place.low - place.below, "yanchor": "top", "ypad": 0}


def _named(label: str) -> Json:
    if not label:
        return {"showlegend": False}
    return {"name": plain(label), "legendgroup": plain(label), "showlegend": True}


def _along(along: str, span: Json, place: Place) -> Json:
    """Return where a span lies; along y, the axes change places."""
    if along == "x":
        return span | {"y0": 0, "y1": 1, "xref": place.axis("x"), "yref": f"{place.axis('y')} domain"}
    turned = {"x0": 0, "x1": 1, "y0": span["x0"], "y1": span["x1"]}
    return turned | {"xref": f"{place.axis('x')} domain", "yref": place.axis("y")}


def _share(axis: Axis, at: float) -> float:
    """How far along an axis a value lies, 0 to 1; in the middle where its limits are not settled."""
    if axis.limits is None or axis.limits[0] == axis.limits[1]:
        return 0.5
    low, high = axis.limits
    if axis.scale == "log":
        low, high, at = (log10(max(value, 1e-300)) for value in (low, high, at))
    return (at - low) / (high - low)
