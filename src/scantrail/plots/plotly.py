"""Figures for the browser: the document that plotly.js draws, as plain JSON. Nothing of plotly is imported."""

from collections.abc import Iterator, Sequence
from math import ceil, log10
from typing import Any, NamedTuple

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
BAR, UNDER = 108, 58
"""Pixels that the scale of a map takes: beside it; under it, in a figure narrower than `NARROW`."""
BAR_AT = 46
"""Pixels from a map down to a scale under it."""
NARROW = 500
WIDE = 960
"""Width [pixels] of a figure where nobody says it: that of a page in a window that does not fill the screen."""
BESIDE = 80
"""Pixels left and right of the panels."""
LABEL, DATE = 45, 105
"""Pixels that a tick of an x axis is given at least."""
SLENDER = 4.0
"""A map up to so many times as long as it is wide, or the other way round, has the same scale along both axes."""
DATES = [
    {"dtickrange": [None, 1000], "value": "%H:%M:%S.%L"},
    {"dtickrange": [1000, 60_000], "value": "%H:%M:%S"},
    {"dtickrange": [60_000, 86_400_000], "value": "%m-%d %H:%M"},
    {"dtickrange": [86_400_000, "M1"], "value": "%Y-%m-%d"},
    {"dtickrange": ["M1", "M12"], "value": "%Y-%m"},
    {"dtickrange": ["M12", None], "value": "%Y"},
]
"""How dates are written, by the distance of the ticks [ms]: as everywhere else, on one line."""
PLAIN = (1e-3, 1e5)
"""Rates, or whatever stands on a log axis, whose powers of ten are written out."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif"


class Sheet(NamedTuple):
    """How panels share a figure: so many across and down, its width and the room below a map for its scale [pixels]."""

    across: int
    down: int
    width: int
    room: int
    shared_x: bool

    @property
    def each(self) -> int:
        """Height of a panel [pixels]."""
        return ALONE if self.down == 1 else STACKED

    @property
    def step(self) -> int:
        """From the top of a row of panels to the next [pixels]."""
        return self.each + (TIGHT if self.shared_x else GAP + self.room)

    @property
    def tall(self) -> int:
        """From the top of the highest panel to the bottom of the lowest [pixels]."""
        return self.each + (self.down - 1) * self.step

    @property
    def pixels(self) -> int:
        """Width that the panels share."""
        return self.width - BESIDE


def document(
    figure: Figure, *, dark: bool = False, growing: bool = False, columns: int | None = None, width: int = WIDE
) -> Json:
    """Return `data` and `layout` of a figure, sized in height alone; notes are lines of text in `layout.meta.notes`.

    growing: axes without limits of their own follow the data, for a figure that is extended while it is looked at.
    columns: panels side by side, as the figure says if None. width: about the pixels that it will have.
    """
    inks = DARK if dark else LIGHT
    across = min(columns or figure.columns, len(figure.panels))
    shown = tuple(showable(panel) for panel in figure.panels) if growing else settled(figure).panels
    room = UNDER if width < NARROW and any(map(_has_map, shown)) else 0
    sheet = Sheet(across, ceil(len(figure.panels) / across), width, room, figure.shared_x)
    layout = _layout(figure, sheet, inks)
    data: list[Json] = []
    for number, (panel, domain) in enumerate(zip(shown, _domains(sheet, shown), strict=True), start=1):
        place = _place(number, panel, domain, sheet)
        lowest = number + across > len(shown)
        layout |= _axes(place, domain, inks, shared=figure.shared_x, lowest=lowest, equal=_ratio(panel) is not None)
        data += [one for element in panel.elements for one in trace(element, place, inks)]
        layout["shapes"] += [one for element in panel.elements for one in shape(element, place, inks)]
        layout["annotations"] += [*_heading(panel, place, inks), *annotations(panel.elements, place, inks)]
        if _has_map(panel):
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


def _layout(figure: Figure, sheet: Sheet, inks: Inks) -> dict[str, Any]:
    rows = ceil(len(entries(figure)) / 3)
    bottom = BOTTOM + sheet.room + rows * LEGEND_ROW
    return {
        "height": sheet.tall + TOP + bottom,
        "margin": {"t": TOP, "b": bottom, "l": 64, "r": 16 if sheet.across == 1 else 24},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "size": 12.5, "color": inks.text},
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": -(BOTTOM + sheet.room - 6) / sheet.tall,
            "yanchor": "top",
            "tracegroupgap": 0,
        },
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": inks.frame, "activecolor": inks.text},
        "hovermode": "closest",
        "dragmode": "zoom",
        "barmode": "overlay",
        "uirevision": "kept",
        "shapes": [],
        "annotations": [],
        "meta": {"notes": notes(figure)},
    }


Domain = tuple[tuple[float, float], tuple[float, float]]


def _domains(sheet: Sheet, panels: Sequence[Panel]) -> Iterator[Domain]:
    """Where each panel stands: shares of the width from the left and of the height from the bottom."""
    width = (1.0 - ASIDE * (sheet.across - 1)) / sheet.across
    for i, panel in enumerate(panels):
        row, column = divmod(i, sheet.across)
        left, top = column * (width + ASIDE), 1.0 - row * sheet.step / sheet.tall
        used = width - (BAR / sheet.pixels if _has_map(panel) and not sheet.room else 0.0)
        if (ratio := _ratio(panel)) is not None:  # no wider than it may become, so that its scale stands beside it
            used = min(used, sheet.each * ratio / sheet.pixels)
        yield (left, left + used), (max(0.0, top - sheet.each / sheet.tall), top)


def _has_map(panel: Panel) -> bool:
    return any(isinstance(element, Image) for element in panel.elements)


def _ratio(panel: Panel) -> float | None:
    """How many times as wide as high a map is, where both its axes are of one unit and it is not too slender."""
    if not _has_map(panel) or panel.x.unit != panel.y.unit or {panel.x.scale, panel.y.scale} != {"linear"}:
        return None
    bounds = next((one.x_bounds, one.y_bounds) for one in panel.elements if isinstance(one, Image))
    wide, high = (panel.x.limits or bounds[0], panel.y.limits or bounds[1])
    ratio = (wide[-1] - wide[0]) / (high[-1] - high[0])
    return ratio if 1.0 / SLENDER <= ratio <= SLENDER else None


def _place(number: int, panel: Panel, domain: Domain, sheet: Sheet) -> Place:
    (left, right), (low, high) = domain
    below = BAR_AT / sheet.tall if sheet.room else None
    return Place(number, panel.x, panel.y, left, right, low, high, (right - left) * sheet.pixels, below)


def _axes(place: Place, domain: Domain, inks: Inks, *, shared: bool, lowest: bool, equal: bool) -> Json:
    number = place.axis("x")[1:]
    x, y = _axis(place.x, domain[0], inks), _axis(place.y, domain[1], inks)
    x |= {"anchor": place.axis("y"), "tickangle": 0}
    if place.x.scale != "log":
        x["nticks"] = max(3, int(place.width / (DATE if place.x.scale == "time" else LABEL)))
    y |= {"anchor": place.axis("x")}
    if shared and place.number > 1:
        x["matches"] = "x"
    if shared and not lowest:
        x |= {"showticklabels": False, "title": {"text": ""}}
    if equal:  # a map that becomes less wide stays at its scale
        x |= {"constrain": "domain", "constraintoward": "right" if place.below is None else "left"}
        y |= {"constrain": "domain", "scaleanchor": place.axis("x")}
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
        if made["dtick"] == "D2" and made["exponentformat"] == "power":
            made["tickformat"] = "~e"  # else a 2 or a 5 stands there without its power of ten
    if axis.scale == "time":
        made["tickformatstops"] = DATES
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
