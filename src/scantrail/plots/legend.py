"""What a legend says: every label once over all panels, what was measured first."""

from scantrail.plots.model import Band, Bars, Element, Figure, Line, Marker, Points

Labelled = Points | Line | Bars | Band | Marker
ORDER = (Points, Line, Bars, Marker, Band)


def entries(figure: Figure) -> dict[str, Labelled]:
    """Label -> the first element that carries it."""
    found: dict[str, Labelled] = {}
    for panel in figure.panels:
        for element in panel.elements:
            if isinstance(element, Labelled) and element.label and _visible(element):
                found.setdefault(element.label, element)
    return dict(sorted(found.items(), key=lambda entry: ORDER.index(type(entry[1]))))


def _visible(element: Element) -> bool:
    return not isinstance(element, Points | Line) or any(x is not None for x in element.x)
