"""A figure that grows with its run: what has to be drawn anew, and what is only added to it."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scantrail import acquire
from scantrail.errors import ScantrailError
from scantrail.plots import Figure, browser, joined, thinned, without_bars
from scantrail.web.live.follower import Follower, Row

MARKED = 200
"""Points of a run up to which each has a marker; beyond, lines alone are drawn, for a browser is faster at those."""
MOST = 800
"""Points of a series that are kept when a longer one is drawn anew, and that are added before it is again."""
REDRAW = 0.25
"""Seconds between two drawings of a figure that cannot be added to, at least, or four times what one takes."""

NARROW = 360
"""Pixels of a figure on a phone."""

LINES = ("linear", "list", "lockstep", "time")
"""Kinds of runs along one axis whose figure is the readings themselves."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    """How a browser wants its figures: on a dark page, on a narrow one."""

    dark: bool = False
    narrow: bool = False

    def document(self, figure: Figure, *, growing: bool = False) -> Json:
        """Return what plotly.js draws."""
        size = {"columns": 1, "width": NARROW} if self.narrow else {}
        return browser(figure, dark=self.dark, growing=growing, **size)


class Growth:
    """What one page has drawn of one run."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._drawn = 0
        self._since = 0
        self._signature: object = None
        self._next = 0.0

    def news(self, follower: Follower, *, last: bool = False) -> tuple[str, Json] | None:
        """Return ("figure", document), or ("extend", points to add), None if there is nothing new (or not yet).

        last: the run is over, so that nothing may be left for later.
        """
        count = len(follower.rows)
        if count == self._drawn:
            return None
        new = follower.rows[self._drawn : count]
        if self._signature is not None and self._since + len(new) <= MOST and _is_plain(follower):
            added = self._figure(follower, new, marked=count <= MARKED)
            document = None if added is None else self._look.document(added, growing=True)
            if document is not None and _signature(document) == self._signature:
                self._drawn, self._since = count, self._since + len(new)
                return "extend", _columns(document)
        return self._whole(follower, count, last=last)

    def _whole(self, follower: Follower, count: int, *, last: bool) -> tuple[str, Json] | None:
        began = time.monotonic()
        if began < self._next and not last:
            return None
        figure = self._figure(follower, follower.rows[:count], marked=count <= MARKED)
        self._drawn, self._since = count, count if count <= MOST else 0
        if figure is None:
            return None
        document = self._look.document(figure, growing=True)
        self._signature = _signature(document)
        self._next = began + max(REDRAW, 4.0 * (time.monotonic() - began))
        return "figure", document

    def _figure(self, follower: Follower, rows: Sequence[Row], *, marked: bool) -> Figure | None:
        try:
            figure = acquire.draw_live(follower.start_document, follower.units, rows)
        except (ScantrailError, KeyError, TypeError, ValueError):  # of another version: its table is shown alone
            return None
        if _is_plain(follower):  # a bar cannot be added at the end
            figure = without_bars(figure)
        return figure if marked else thinned(joined(figure), MOST)


def _is_plain(follower: Follower) -> bool:
    """Whether rows only add points at the end of lines: along one axis, and nothing is worked out of all of them."""
    start = follower.start_document
    dimensions: Sequence[object] = start.get("hints", {}).get("dimensions", ())
    return len(dimensions) == 1 and start["plan_name"] in LINES


def _signature(document: Mapping[str, Any]) -> object:
    """What must be the same for points to be added: the traces by kind and name, and no bars."""
    if any("error_y" in trace or trace["type"] != "scatter" for trace in document["data"]):
        return None
    return [(trace["mode"], trace.get("name"), trace["xaxis"], trace["yaxis"]) for trace in document["data"]]


def _columns(document: Mapping[str, Any]) -> Json:
    data = document["data"]
    return {"x": [trace["x"] for trace in data], "y": [trace["y"] for trace in data]}
