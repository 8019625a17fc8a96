"""Long series with fewer points that look the same: of each stretch its lowest and its highest."""

from dataclasses import replace

from scantrail.plots.model import Element, Figure, Line, Numbers, Points


def thinned(figure: Figure, most: int) -> Figure:
    """Return the figure with every longer series of plain points or of a line cut to about `most` of its points.

    Of each stretch the lowest and the highest value stay, so that no peak is lost; points with bars stay as they are.
    """
    panels = tuple(
        replace(panel, elements=tuple(_thinned(element, most) for element in panel.elements)) for panel in figure.panels
    )
    return replace(figure, panels=panels)


def _thinned(element: Element, most: int) -> Element:
    if not isinstance(element, Line | Points) or len(element.x) <= most:
        return element
    if isinstance(element, Points) and (element.high or element.upper):
        return element
    kept = _kept(element.y, most)
    return replace(element, x=tuple(element.x[i] for i in kept), y=tuple(element.y[i] for i in kept))


def _kept(values: Numbers, most: int) -> list[int]:
    """Indices of the extremes of each stretch, and of the first hole in it: a line must not bridge that."""
    stretch = max(2, 2 * len(values) // most)
    kept: list[int] = [0]
    for start in range(0, len(values), stretch):
        within = range(start, min(start + stretch, len(values)))
        filled = [(value, i) for i in within if (value := values[i]) is not None]
        holes = [i for i in within if values[i] is None][:1]
        ends = {min(filled)[1], max(filled)[1]} if filled else set()
        kept += sorted({*ends, *holes})
    return sorted({*kept, len(values) - 1})
