"""Long series with fewer points that look the same: of each stretch its lowest and its highest."""

from dataclasses import replace

from scantrail.plots.model import Element, Figure, Line, Numbers, Panel, Points


def thinned(figure: Figure, most: int) -> Figure:
    """Return the figure with every longer series of plain points or of a line cut to about `most` of its points.

    Of each stretch the lowest and the highest value stay, so that no peak is lost; points with bars stay as they are.
    """
    panels = tuple(
        replace(panel, elements=tuple(_thinned(element, most) for element in panel.elements)) for panel in figure.panels
    )
    return replace(figure, panels=panels)


def without_bars(figure: Figure) -> Figure:
    """Return the figure with its points alone, where there are no upper limits among them."""
    panels = tuple(
        replace(panel, elements=tuple(_without_bars(element) for element in panel.elements)) for panel in figure.panels
    )
    return replace(figure, panels=panels)


def _without_bars(element: Element) -> Element:
    return replace(element, low=(), high=()) if isinstance(element, Points) and not any(element.upper) else element


def joined(figure: Figure) -> Figure:
    """Return the figure without plain points through which a line is drawn anyway; the line takes their label."""
    return replace(figure, panels=tuple(replace(panel, elements=_joined(panel)) for panel in figure.panels))


def _joined(panel: Panel) -> tuple[Element, ...]:
    labels = {
        (element.x, element.y): element.label
        for element in panel.elements
        if isinstance(element, Points) and not element.high
    }
    lines = {(element.x, element.y) for element in panel.elements if isinstance(element, Line)}
    kept: list[Element] = []
    for element in panel.elements:
        if isinstance(element, Line):
            kept.append(replace(element, label=element.label or labels.get((element.x, element.y), "")))
        elif not (isinstance(element, Points) and not element.high and (element.x, element.y) in lines):
            kept.append(element)
    return tuple(kept)


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
    kept = {0, len(values) - 1}
    for start in range(0, len(values), stretch):
        within = range(start, min(start + stretch, len(values)))
        filled = [(value, i) for i in within if (value := values[i]) is not None]
        if filled:
            kept |= {min(filled)[1], max(filled)[1]}
        kept |= set([i for i in within if values[i] is None][:1])
    return sorted(kept)
