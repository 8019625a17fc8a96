"""Figures as data, and their back ends: matplotlib for files, plotext for the terminal, plotly.js for the browser.

The back ends are loaded when they draw; describing a figure costs nothing but NumPy.
"""

from pathlib import Path
from typing import Any

from scantrail.errors import OutputError
from scantrail.plots.model import (
    SERIES,
    Axis,
    Band,
    Bars,
    Colour,
    Element,
    Figure,
    Image,
    Line,
    Marker,
    Note,
    Numbers,
    Panel,
    Points,
    Shape,
    numbers,
)
from scantrail.plots.thinning import joined, thinned, without_bars

__all__ = [
    "SERIES",
    "Axis",
    "Band",
    "Bars",
    "Colour",
    "Element",
    "Figure",
    "Image",
    "Line",
    "Marker",
    "Note",
    "Numbers",
    "Panel",
    "Points",
    "Shape",
    "browser",
    "joined",
    "numbers",
    "save",
    "terminal",
    "thinned",
    "without_bars",
]


def save(figure: Figure, path: Path) -> Path:
    """Write the figure as the extension says (.png, .svg, .pdf), replacing what stood there, and return the path.

    900 pixels wide at scale 1; a PNG has twice as many. Raises InputError for another extension, OutputError for a
    place that cannot be written; a file that stood there is then untouched. OutputError, too, where matplotlib refuses
    to be loaded, as it does for a MPLBACKEND that it does not know.
    """
    try:
        from scantrail.plots.matplotlib import save
    except (ImportError, ValueError) as error:
        raise OutputError(f"cannot write {path}: matplotlib cannot be loaded: {error}") from error

    return save(figure, path)


def browser(
    figure: Figure, *, dark: bool = False, growing: bool = False, columns: int | None = None, width: int = 960
) -> dict[str, Any]:
    """Return the figure as plotly.js draws it: `data` and `layout`, plain JSON; notes in `layout.meta.notes`.

    growing: axes without limits of their own follow the data, for a figure that is extended while it is looked at.
    columns: panels side by side, as the figure says if None. width: about the pixels that it will have.
    """
    from scantrail.plots.plotly import document

    return document(figure, dark=dark, growing=growing, columns=columns, width=width)


def terminal(figure: Figure, width: int, height: int, *, colour: bool = True) -> str:
    """Return the figure as text of `height` lines, none wider than `width` columns; ANSI colours if asked for.

    Panels stand beside each other where the width allows. What cannot be drawn legibly in so little space is given
    room downwards: a panel is never lower than eight lines nor narrower than 24 columns (or `width`).
    """
    from scantrail.plots.plotext import terminal

    return terminal(figure, width, height, colour=colour)
