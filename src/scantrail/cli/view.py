"""What a terminal shows of a scan: a view that follows its journal in a thread and draws what it has seen."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from scantrail.cli.pace import Pace
from scantrail.runs import PRIMARY, duration

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from scantrail.acquire import Order
    from scantrail.cli.sheets import Sheet
    from scantrail.runs import RunWriter

ROWS = 12
"""Newest points that the table shows."""

FEW_ROWS = 4
"""As many beside a plot."""

LEAST_PLOT, MOST_PLOT = 12, 24
"""Lines of a plot; a lower terminal shows none."""

BESIDE_PLOT = 6 + FEW_ROWS
"""Lines of the view around a plot: progress, what was asked, a warning, a blank, headings, rows, what is in force."""

BAR = 30
"""Width of the bar in characters."""


def points_taken(order: "Order[Any]") -> int:
    """Return how many points the runs hold that an order goes on with."""
    return sum(len(record.stream(PRIMARY)) for record in order.earlier)


class LiveView:
    """What a terminal shows while `order` is taken; rich draws it.

    sheet: its table. seconds: how long it is expected to take. plot: the curves stand above the table.
    """

    def __init__(self, order: "Order[Any]", sheet: "Sheet", seconds: float, *, plot: bool = False) -> None:
        self._sheet = sheet
        self._total: int = prod(order.plan.shape)
        self._pace = Pace(order, seconds)
        self._plot = plot
        self._all: list[Mapping[str, Any]] = []
        self._drawn: tuple[object, Text] | None = None
        self._rows: deque[Mapping[str, Any]] = deque(_rows_elsewhere(order), maxlen=FEW_ROWS if plot else ROWS)
        self._seen = points_taken(order)
        self._began = self._last = time.monotonic()
        self._run: RunWriter | None = None
        self._thread: threading.Thread | None = None

    def watch(self, run: "RunWriter") -> None:
        """Follow `run` from now on."""
        self._run = run
        self._began = self._last = time.monotonic()
        self._thread = threading.Thread(target=self._follow, args=(run,), name=f"view of run {run.number}", daemon=True)
        self._thread.start()

    @property
    def stopping(self) -> bool:
        """Whether the user asked the run to stop."""
        return self._run is not None and self._run.stop_requests > 0

    def join(self) -> None:
        """Wait until the last document has been seen."""
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def _follow(self, run: "RunWriter") -> None:
        from scantrail.runs import follow

        stream_of: dict[str, str] = {}
        start: Mapping[str, Any] = {}
        already = run.taken()
        for name, document in follow(run.directory):
            if name == "start":
                start = document
            elif name == "descriptor":
                stream_of[document["uid"]] = document["name"]
                if document["name"] == PRIMARY:
                    self._sheet.begin(start, document)
            elif name == "event":
                self._note(stream_of[document["descriptor"]], document["data"], new=document["seq_num"] > already)

    def _note(self, stream: str, row: Mapping[str, Any], *, new: bool) -> None:
        if stream == PRIMARY:
            self._rows.append(row)
            if self._plot:
                self._all.append(row)
        self._sheet.note(stream, row)
        if stream in (PRIMARY, "skipped") and new:
            self._seen += 1
            self._pace.count(row.get("point"))
            self._last = time.monotonic()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def __rich__(self) -> "RenderableType":
        from rich.console import Group

        return Group(self._progress(), *self._asked(), *self._warned(), "", *self._curves(), self._table())

    def _curves(self) -> "Iterator[Text]":
        if not self._plot or not self._all:
            return
        import shutil

        size = shutil.get_terminal_size()
        lines = min(size.lines - 1 - BESIDE_PLOT, MOST_PLOT)
        if lines < LEAST_PLOT:
            return
        shown = (len(self._all), size)
        if self._drawn is None or self._drawn[0] != shown:  # drawing anew each frame would cost the counting its time
            self._drawn = shown, self._plotted(size.columns - 1, lines)
        yield self._drawn[1]

    def _plotted(self, columns: int, lines: int) -> "Text":
        from rich.text import Text

        from scantrail.plots import terminal

        figure = self._sheet.figure(list(self._all))
        return Text("") if figure is None else Text.from_ansi(terminal(figure, columns, lines))

    def _progress(self) -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        total = self._total
        bar = ProgressBar(total, self._seen, width=BAR, complete_style="cyan", finished_style="green")
        grid = Table.grid(padding=(0, 2))
        name = f"run {self._run.number}" if self._run else "connecting"
        left = "" if self.stopping else f"{duration(self._left())} left"
        grid.add_row(name, bar, f"{self._seen} of {total} points", left)
        return grid

    def _left(self) -> float:
        """Time left [s], by what the points so far took; before the first, by what is expected."""
        return max(0.0, self._pace.left(self._last - self._began) - (time.monotonic() - self._last))

    def _asked(self) -> "Iterator[Text]":
        from rich.text import Text

        if self.stopping:
            yield Text("stops after this point; Ctrl-C again stops at once", "yellow")
        elif self._run and self._run.paused:
            yield Text(f'paused after this point; "scantrail runs resume {self._run.number}" goes on', "cyan")

    def _warned(self) -> "Iterator[Text]":
        from rich.text import Text

        if warnings := self._sheet.warnings():
            yield Text("; ".join(warnings), "yellow", no_wrap=True, overflow="ellipsis")

    def _table(self) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        for heading in self._sheet.headings():
            table.add_column(Text(heading), justify="right", no_wrap=True)
        if table.columns:
            for row in list(self._rows):
                table.add_row(*self._sheet.cells(row))
            if pending := self._sheet.pending():
                table.add_row(*pending, style="dim")
        return table


def _rows_elsewhere(order: "Order[Any]") -> Iterator[Mapping[str, Any]]:
    """Yield the rows of earlier runs, but for those in the journal that the view will follow."""
    for record in order.earlier[:-1] if order.reopened else order.earlier:
        yield from record.stream(PRIMARY).rows()
