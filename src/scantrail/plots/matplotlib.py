"""Figures as files, by matplotlib: no global state, no display, the same picture on every machine."""

import os
from math import ceil
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet
from matplotlib.ticker import FixedFormatter, FixedLocator, NullFormatter

from scantrail.errors import InputError, OutputError
from scantrail.plots.extent import settled
from scantrail.plots.legend import entries
from scantrail.plots.lettering import fitting, set_plainly, shortened
from scantrail.plots.model import Axis, Figure, Image, Note, Panel, Scale
from scantrail.plots.palette import PALETTE
from scantrail.plots.strokes import draw, proxy
from scantrail.plots.ticks import ticks

WIDTH = 9.0
"""Inches, of 100 pixels each at scale 1."""
DOTS = {".png": 200, ".svg": 100, ".pdf": 100}
ALONE, STACKED = 4.3, 2.6
"""Height [inches] of a panel alone and of one among others."""
BESIDE, COLOUR_BAR = 1.1, 1.3
"""Inches that the labels of the y axis take, and those that the scale of a map does."""
TITLE, HEADING, LABEL, TICK = 12.0, 10.5, 10.0, 9.0
"""Sizes of type [points]."""
LEADING = 1.25
"""Distance of two lines of text in sizes of type."""
LEGEND_LETTERS = 116
"""Letters that a row of the legend holds."""
_SCALES: dict[Scale, str] = {"linear": "linear", "log": "log", "time": "linear"}
FRAME = "#9a9a9a"
GRID = "#ececec"


def save(figure: Figure, path: Path) -> Path:
    """Write the figure as the extension says (.png, .svg, .pdf), replacing what stood there, and return the path.

    Raises InputError for another extension, OutputError for a place that cannot be written.
    """
    extension = path.suffix.lower()
    if extension not in DOTS:
        raise InputError(f"a figure is written as {', '.join(DOTS)}; {path.name!r} ends in none of these.")
    sheet = _sheet(settled(figure))
    date = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}.get(extension, {})
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        try:
            sheet.savefig(draft, format=extension[1:], dpi=DOTS[extension], metadata=date, facecolor="white")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}.") from error
    return path


def _sheet(figure: Figure) -> Sheet:
    """The figure laid out: title, panels with their notes, one legend below."""
    columns = min(figure.columns, len(figure.panels))
    rows = ceil(len(figure.panels) / columns)
    across = [_across(panel, columns) for panel in figure.panels]
    above = [_above(panel, inches) for panel, inches in zip(figure.panels, across, strict=True)]
    title = fitting(figure.title, WIDTH - 0.5, TITLE, bold=True)
    legend = entries(figure)
    legend_columns = _legend_columns([shortened(label, LEGEND_LETTERS) for label in legend])
    legend_rows = ceil(len(legend) / legend_columns)
    text = sum(max(_height(a) for a in above[row * columns : (row + 1) * columns]) for row in range(rows))
    height = rows * (ALONE if rows == 1 else STACKED) + text + 0.6 + 0.24 * legend_rows + 0.25 * (title.count("\n") + 1)
    sheet = Sheet(figsize=(WIDTH, height), layout="constrained")
    sheet.get_layout_engine().set(w_pad=0.08, h_pad=0.06, hspace=0.0, wspace=0.02)  # type: ignore[union-attr,call-arg]
    if title:
        set_plainly(sheet.suptitle(title, x=0.012, ha="left", fontsize=TITLE, fontweight="bold", color=PALETTE["ink"]))
    for i, panel in enumerate(figure.panels):
        axes = sheet.add_subplot(rows, columns, i + 1)
        lowest = i + columns >= len(figure.panels)
        _panel(axes, panel, above[i], across[i], with_x=lowest or not figure.shared_x)
    if legend:
        _legend(sheet, figure, legend_columns)
    return sheet


def _across(panel: Panel, columns: int) -> float:
    """Inches between the ends of a panel's x axis, or nearly."""
    maps = any(isinstance(element, Image) for element in panel.elements)
    return WIDTH / columns - BESIDE - COLOUR_BAR * maps


def _panel(axes: Axes, panel: Panel, above: list[tuple[str, float, str]], across: float, *, with_x: bool) -> None:
    axes.set(xscale=_SCALES[panel.x.scale], yscale=_SCALES[panel.y.scale])
    axes.set(xlim=panel.x.limits, ylim=panel.y.limits, autoscale_on=False)
    draw(axes, panel.elements, panel.x, panel.y)
    axes.set(xlim=panel.x.limits, ylim=panel.y.limits)
    axes.set_axisbelow(True)
    if not any(isinstance(element, Image) for element in panel.elements):
        axes.grid(True, which="major", color=GRID, lw=0.7, zorder=0)
    for side, spine in axes.spines.items():
        spine.set(visible=side in ("left", "bottom"), color=FRAME, lw=0.8)
    _ticks(axes, "x", panel.x, max(3, int(across * (0.9 if panel.x.scale == "time" else 1.3))))
    _ticks(axes, "y", panel.y, 6)
    axes.tick_params(which="both", color=FRAME, labelsize=TICK, labelcolor=PALETTE["ink"], labelbottom=with_x)
    axes.tick_params(which="minor", length=2.0)
    axes.set_ylabel(shortened(panel.y.text, 40), fontsize=LABEL, color=PALETTE["ink"])
    if with_x:
        axes.set_xlabel(shortened(panel.x.text, int(across * 12)), fontsize=LABEL, color=PALETTE["ink"])
    set_plainly(axes.xaxis.label, axes.yaxis.label)
    _write_above(axes, above)


def _ticks(axes: Axes, name: str, axis: Axis, count: int) -> None:
    found = ticks(axis, count)
    places, labels = [place for place, _ in found.major], [label for _, label in found.major]
    target = axes.xaxis if name == "x" else axes.yaxis
    target.set_major_locator(FixedLocator(places))
    target.set_major_formatter(FixedFormatter(labels))
    target.set_minor_locator(FixedLocator([place for place in found.minor if place not in places]))
    target.set_minor_formatter(NullFormatter())


def _above(panel: Panel, across: float) -> list[tuple[str, float, str]]:
    """The lines of text over a panel from its top down: (text, size, colour)."""
    blocks = [(fitting(panel.title, across, HEADING, bold=True), HEADING, PALETTE["ink"])]
    for element in panel.elements:
        if isinstance(element, Note):
            colour = PALETTE["vermilion"] if element.warning else "#555555"
            blocks.append((fitting(element.text, across, TICK), TICK, colour))
    return [(line, size, colour) for text, size, colour in blocks for line in text.split("\n") if line]


def _height(above: list[tuple[str, float, str]]) -> float:
    """Inches that lines of text take."""
    return sum(size for _, size, _ in above) * LEADING / 72.0 + 0.1


def _write_above(axes: Axes, above: list[tuple[str, float, str]]) -> None:
    up = 5.0
    for line, size, colour in reversed(above):
        weight = "bold" if size == HEADING else "normal"
        text = axes.annotate(
            line,
            xy=(0.0, 1.0),
            xycoords="axes fraction",
            xytext=(0.0, up),
            textcoords="offset points",
            fontsize=size,
            fontweight=weight,
            color=colour,
            va="bottom",
        )
        set_plainly(text)
        up += size * LEADING


def _legend_columns(labels: list[str]) -> int:
    longest = max((len(label) for label in labels), default=0)
    return max(1, min(len(labels), LEGEND_LETTERS // (longest + 7)))


def _legend(sheet: Sheet, figure: Figure, columns: int) -> None:
    found = entries(figure)
    legend = sheet.legend(
        [proxy(element) for element in found.values()],
        [shortened(label, LEGEND_LETTERS) for label in found],
        loc="outside lower center",
        ncols=columns,
        frameon=False,
        fontsize=TICK,
        labelcolor=PALETTE["ink"],
        handlelength=2.2,
        columnspacing=1.8,
    )
    set_plainly(*legend.get_texts())
