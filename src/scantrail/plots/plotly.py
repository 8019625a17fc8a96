"""Figures for the browser: the document that plotly.js draws, as plain JSON. Nothing of plotly is imported."""

from collections.abc import Iterator, Sequence
from math import ceil, log10
from typing import Any

from scantrail.plots.cells import plain as one_line
from scantrail.plots.extent import settled
from scantrail.plots.legend import entries
from scantrail.plots.model import Axis, Figure, Image, Note, Panel
from scantrail.plots.palette import DARK, LIGHT, Inks
from scantrail.plots.showable import showable
from scantrail.plots.traces import Json, Place, annotations, end_of, plain, shape, trace

ALONE, STACKED = 380, 235
"""Height [pixels] of a panel alone and of one among others."""
GAP, TIGHT = 78, 34
"""Pixels between rows of panels: with an x axis each, and with one under the lowest."""
TOP, BOTTOM, LEGEND_ROW = 26, 52, 22
ASIDE = 0.075
"""Share of the width between panels side by side."""
BAR = 0.11
"""Share of the width that the scale of a map takes."""
PLAIN = (1e-3, 1e5)
"""Rates, or whatever stands on a log axis, whose powers of ten are written out."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


def document(figure: Figure, *, dark: bool = False, growing: bool = False, columns: int | None = None) -> Json:
    """Return `data` and `layout` of a figure, sized in height alone; notes are lines of text in `layout.meta.notes`.

    growing: axes without limits of their own follow the data, for a figure that is extended while it is looked at.
    columns: panels side by side, as the figure says if None.
    """
    inks = DARK if dark else LIGHT
    across = min(columns or figure.columns, len(figure.panels))
    down = ceil(len(figure.panels) / across)
    shown = tuple(showable(panel) for panel in figure.panels) if growing else settled(figure).panels
    layout = _sheet(figure, across, down, inks)
    data: list[Json] = []
    for number, (panel, domain) in enumerate(zip(shown, _domains(figure, shown, across, down), strict=True), start=1):
        place = _place(number, panel, domain)
        lowest = number + across > len(shown)
        layout |= _axes(place, domain, inks, shared=figure.shared_x, lowest=lowest)
        data += [one for element in panel.elements for one in trace(element, place, inks)]
        layout["shapes"] += [one for element in panel.elements for one in shape(element, place, inks)]
        layout["annotations"] += [*_heading(panel, place, inks), *annotations(panel.elements, place, inks)]
        if any(isinstance(element, Image) for element in panel.elements):
            layout["plot_bgcolor"] = inks.hole
    _label_once([*data, *layout["shapes"]])
    return {"data": data, "layout": layout}


def notes(figure: Figure) -> list[Json]:
    """Return the sentences that stand above panels: `text`, and whether it is a `warning`."""
    return [
        {
            "text": one_line(f"{panel.title}: {note.text}" if panel.title and len(figure.panels) > 1 else note.text),
            "warning": note.warning,
        }
        for panel in figure.panels
        for note in panel.elements
        if isinstance(note, Note)
    ]


def _sheet(figure: Figure, across: int, down: int, inks: Inks) -> dict[str, Any]:
    rows = ceil(len(entries(figure)) / 3)
    bottom = BOTTOM + rows * LEGEND_ROW
    return {
        "height": _tall(figure, down) + TOP + bottom,
        "margin": {"t": TOP, "b": bottom, "l": 64, "r": 16 if across == 1 else 24},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12.5, "color": inks.text},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -(BOTTOM - 6) / _tall(figure, down),
            "yanchor": "top",
            "tracegroupgap": 0,
        },
        "hovermode": "closest",
        "dragmode": "zoom",
        "barmode": "overlay",
        "uirevision": "kept",
        "shapes": [],
        "annotations": [],
        "meta": {"notes": notes(figure)},
    }


def _tall(figure: Figure, down: int) -> int:
    """Pixels from the top of the highest panel to the bottom of the lowest."""
    return ALONE if down == 1 else down * STACKED + (down - 1) * (TIGHT if figure.shared_x else GAP)


Domain = tuple[tuple[float, float], tuple[float, float]]


def _domains(figure: Figure, panels: Sequence[Panel], across: int, down: int) -> Iterator[Domain]:
    """Where each panel stands: shares of the width from the left and of the height from the bottom."""
    tall = _tall(figure, down)
    each = ALONE if down == 1 else STACKED
    step = each + (TIGHT if figure.shared_x else GAP)
    width = (1.0 - ASIDE * (across - 1)) / across
    for i, panel in enumerate(panels):
        row, column = divmod(i, across)
        left, top = column * (width + ASIDE), 1.0 - row * step / tall
        used = width - (BAR if any(isinstance(element, Image) for element in panel.elements) else 0.0)
        yield (left, left + used), (max(0.0, top - each / tall), top)


def _place(number: int, panel: Panel, domain: Domain) -> Place:
    (_, right), (low, high) = domain
    return Place(number, panel.x, panel.y, right, (low + high) / 2.0, high - low)


def _axes(place: Place, domain: Domain, inks: Inks, *, shared: bool, lowest: bool) -> Json:
    number = place.axis("x")[1:]
    x, y = _axis(place.x, domain[0], inks), _axis(place.y, domain[1], inks)
    x |= {"anchor": place.axis("y")}
    y |= {"anchor": place.axis("x")}
    if shared and place.number > 1:
        x["matches"] = "x"
    if shared and not lowest:
        x |= {"showticklabels": False, "title": {"text": ""}}
    return {f"xaxis{number}": x, f"yaxis{number}": y}


def _axis(axis: Axis, domain: tuple[float, float], inks: Inks) -> Json:
    made: Json = {
        "domain": list(domain),
        "title": {"text": plain(axis.text), "standoff": 8, "font": {"size": 13}},
        "type": {"linear": "linear", "log": "log", "time": "date"}[axis.scale],
        "gridcolor": inks.grid,
        "linecolor": inks.frame,
        "tickcolor": inks.frame,
        "showline": True,
        "ticks": "outside",
        "ticklen": 4,
        "zeroline": False,
        "automargin": True,
        "exponentformat": "power",
        "minexponent": 6,
    }
    if axis.scale == "log":
        made["exponentformat"] = "none" if axis.limits is None or _is_plain(axis.limits) else "power"
        made["dtick"] = 1 if axis.limits is None or _decades(axis.limits) > 1.5 else "D2"
    if axis.limits is not None:
        low, high = axis.limits
        made["range"] = [end_of(axis, low), end_of(axis, high)]
    return made


def _decades(limits: tuple[float, float]) -> float:
    return log10(limits[1] / limits[0])


def _is_plain(limits: tuple[float, float]) -> bool:
    """Whether powers of ten between the limits are short when written out."""
    return PLAIN[0] <= limits[0] and limits[1] < PLAIN[1]


def _heading(panel: Panel, place: Place, inks: Inks) -> Iterator[Json]:
    if panel.title:
        yield {
            "text": f"<b>{plain(panel.title)}</b>",
            "showarrow": False,
            "x": 0,
            "xref": f"{place.axis('x')} domain",
            "xanchor": "left",
            "y": 1,
            "yref": f"{place.axis('y')} domain",
            "yanchor": "bottom",
            "yshift": 3,
            "font": {"color": inks.text, "size": 13},
        }


def _label_once(drawn: Sequence[Json]) -> None:
    """Leave every label once in the legend, over all panels."""
    seen: set[str] = set()
    for one in drawn:
        if one.get("showlegend"):
            one["showlegend"] = one["name"] not in seen
            seen.add(one["name"])
