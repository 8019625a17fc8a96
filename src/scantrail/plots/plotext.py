"""Figures as text for a terminal, by plotext: canvas and ticks are its work, all words around them ours."""

import re
from collections.abc import Callable, Sequence
from math import ceil
from threading import Lock

import plotext

from scantrail.plots.cells import cells, cut, folded, padded, plain
from scantrail.plots.extent import settled
from scantrail.plots.glyphs import INKS, Canvas, draw, glyph, shades
from scantrail.plots.legend import entries
from scantrail.plots.model import Axis, Colour, Figure, Image, Marker, Note, Panel
from scantrail.plots.ticks import Ticks, ticks

NARROWEST, LOWEST = 24, 8
"""Columns and lines below which a panel says nothing."""
COMFORTABLE = 14
"""Lines from which panels are stacked rather than set side by side."""
LABEL_ROOM = 5
"""Columns that the labels of the y axis take, or nearly."""
GAP = 2
"""Columns between panels side by side."""
ONE_AT_A_TIME = Lock()
"""plotext draws on one canvas for the whole process."""
COLOURED = re.compile(r"\x1b\[[0-9;]*m")


def terminal(figure: Figure, width: int, height: int, *, colour: bool = True) -> str:
    """Return the figure as text of `height` lines, none wider than `width` columns; ANSI colours if asked for.

    More lines are taken where panels would fall below `LOWEST`, more columns only below `NARROWEST`.
    """
    width = max(width, NARROWEST)
    figure = settled(figure)
    paint = _paint if colour else _bare
    head = [paint(line, "ink", True) for line in folded(plain(figure.title), width)]
    foot = [*_legend(figure, width, paint), *_words(figure, width, paint)]
    columns, lines = _arrangement(len(figure.panels), width, height - len(head) - len(foot))
    across = (width - GAP * (columns - 1)) // columns
    body: list[str] = []
    for first in range(0, len(figure.panels), columns):
        row = figure.panels[first : first + columns]
        bare = figure.shared_x and columns == 1 and first + columns < len(figure.panels)
        blocks = [_panel(panel, across, lines, paint, with_x=not bare) for panel in row]
        body += [(" " * GAP).join(parts) for parts in zip(*blocks, strict=True)]
    return "\n".join([*head, *body, *foot])


def _arrangement(panels: int, width: int, lines: int) -> tuple[int, int]:
    """How many panels stand side by side, and how many lines each has."""
    columns = 1
    while ceil(panels / columns) * COMFORTABLE > lines and columns < panels:
        if (width - GAP * columns) // (columns + 1) < NARROWEST:
            break
        columns += 1
    return columns, max(LOWEST, lines // ceil(panels / columns))


Paint = Callable[[str, Colour, bool], str]


def _paint(text: str, colour: Colour, bold: bool = False) -> str:
    codes = ["1"] * bold + [f"38;5;{INKS[colour]}"] * (INKS[colour] is not None)
    return f"\x1b[{';'.join(codes)}m{text}\x1b[0m" if codes and text else text


def _bare(text: str, colour: Colour, bold: bool = False) -> str:
    return text


def _panel(panel: Panel, width: int, lines: int, paint: Paint, *, with_x: bool) -> list[str]:
    """A panel as lines of exactly `width` columns: name and quantity, canvas with ticks, the other quantity."""
    quantity = cut(plain(panel.y.text), width)
    title = padded(plain(panel.title), max(width - cells(quantity) - 1, 0))
    header = f"{paint(title, 'ink', True)} {quantity}" if panel.title else padded(quantity, width)
    block = [header, *_canvas(panel, width, lines - 1 - with_x, coloured=paint is _paint)]
    if with_x:
        quantity = cut(plain(panel.x.text), width)
        block.append(padded(" " * ((width - cells(quantity)) // 2) + quantity, width))
    return block


def _canvas(panel: Panel, width: int, lines: int, *, coloured: bool) -> list[str]:
    canvas = Canvas(panel.x, panel.y, width, lines)
    with ONE_AT_A_TIME:
        plotext.clear_figure()
        plotext.limit_size(False, False)
        plotext.theme("clear")
        plotext.plotsize(width, lines)
        plotext.xaxes(True, False)
        plotext.yaxes(True, False)
        plotext.xlim(*canvas.x_limits)
        plotext.ylim(*canvas.y_limits)
        plotext.xticks(*_placed(_fitting(panel.x, width), canvas.x))
        plotext.yticks(*_placed(ticks(panel.y, max(2, lines // 4)), canvas.y))
        draw(canvas, panel.elements, plotext.scatter)
        text = plotext.build()
    rows = text.rstrip("\n").split("\n")
    return rows if coloured else [COLOURED.sub("", row) for row in rows]


def _fitting(axis: Axis, width: int) -> Ticks:
    """As many ticks along x as there is room for between their labels."""
    for count in range(max(2, width // 12 + 1), 1, -1):
        found = ticks(axis, count)
        if sum(cells(label) + 2 for _, label in found.major) <= width - LABEL_ROOM:
            return found
    return ticks(axis, 1)


def _placed(found: Ticks, place: Callable[[float], float]) -> tuple[list[float], list[str]]:
    return [place(at) for at, _ in found.major], [label for _, label in found.major]


def _legend(figure: Figure, width: int, paint: Paint) -> list[str]:
    """What the signs mean, as many on a line as fit."""
    signs = [(glyph(element), plain(label), element.colour) for label, element in entries(figure).items()]
    lines, used = [""], 0
    for sign, label, colour in signs:
        label = cut(label, width - cells(sign) - 1)
        needed = cells(sign) + 1 + cells(label)
        if used and used + 3 + needed > width:
            lines.append("")
            used = 0
        lines[-1] += " " * 3 * bool(used) + f"{paint(sign, colour, False)} {label}"
        used += 3 * bool(used) + needed
    maps = [e for panel in figure.panels for e in panel.elements if isinstance(e, Image)]
    return [line for line in lines if line] + [cut(shades(image), width) for image in maps]


def _words(figure: Figure, width: int, paint: Paint) -> list[str]:
    """Notes and what is written at markers, under the panels: within them there is no room."""
    said: list[str] = []
    for panel in figure.panels:
        for text, colour in _texts(panel):
            name = f"{plain(panel.title)}: " if panel.title and len(figure.panels) > 1 else ""
            said += [paint(line, colour, False) for line in folded(name + plain(text), width)]
    return said


def _texts(panel: Panel) -> Sequence[tuple[str, Colour]]:
    texts: list[tuple[str, Colour]] = []
    for element in panel.elements:
        if isinstance(element, Marker) and element.text:
            texts.append((element.text, element.colour))
        elif isinstance(element, Note):
            texts.append((element.text, "vermilion" if element.warning else "ink"))
    return texts
