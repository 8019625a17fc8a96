"""What a terminal shows of a threshold scan: a view that follows its journal in a thread and draws what it has seen."""

import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from scantrail.cli.wording import duration

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

    from scantrail.acquire import Order
    from scantrail.runs import RunWriter

ROWS = 12
"""Newest points that the table shows."""

FEW_ROWS = 4
"""As many beside a plot."""

LEAST_PLOT, MOST_PLOT = 12, 24
"""Lines of a plot; a lower terminal shows none."""

BESIDE_PLOT = 5 + FEW_ROWS
"""Lines of the view around a plot: progress, what was asked, a blank one, headings, rows, thresholds in force."""

BAR = 30
"""Width of the bar in characters."""


class LiveView:
    """What a terminal shows while `order` is taken; rich draws it.

    speed: seconds of the detector's clock in one of ours. plot: the curves stand above the table.
    """

    def __init__(self, order: "Order", speed: float, *, plot: bool = False) -> None:
        self._plan = order.plan
        self._points = list(order.plan.points())
        self._before = sum(len(record.stream("primary")) for record in order.earlier)
        self._pace = order.plan.duration / len(self._points) / speed
        self._plot = plot
        self._all: list[Mapping[str, Any]] = []
        self._drawn: tuple[object, Text] | None = None
        self._rows: deque[Mapping[str, Any]] = deque(maxlen=FEW_ROWS if plot else ROWS)
        self._set: dict[int, int] = {}
        self._seen = self._before
        self._began = self._last = time.monotonic()
        self._run: RunWriter | None = None
        self._thread: threading.Thread | None = None

    def watch(self, run: "RunWriter") -> None:
        """Follow `run` from now on."""
        self._run = run
        self._began = self._last = time.monotonic()
        self._thread = threading.Thread(target=self._follow, args=(run,), name=f"view of run {run.number}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the last document has been seen."""
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def _follow(self, run: "RunWriter") -> None:
        from scantrail.runs import follow

        stream_of: dict[str, str] = {}
        already = run.taken()
        for name, document in follow(run.directory):
            if name == "descriptor":
                stream_of[document["uid"]] = document["name"]
            elif name == "event":
                self._note(stream_of[document["descriptor"]], document["data"], new=document["seq_num"] > already)

    def _note(self, stream: str, row: Mapping[str, Any], *, new: bool) -> None:
        if stream == "thresholds" and row["purpose"] == "scan":
            self._set[row["channel"]] = row["new_threshold"]
        if stream == "primary":
            self._rows.append(row)
            self._all.append(row)
        if stream in ("primary", "skipped"):
            self._set.clear()
            if new:
                self._seen += 1
                self._last = time.monotonic()

    # --- drawing ------------------------------------------------------------------------------------------------------

    def __rich__(self) -> "RenderableType":
        from rich.console import Group

        return Group(self._progress(), *self._asked(), "", *self._curves(), self._table())

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
        from scantrail.threshold import curves_of_rows, live_figure

        curves = curves_of_rows(self._plan, list(self._all))
        figure = live_figure([curve.counted() for curve in curves if curve.threshold])
        return Text.from_ansi(terminal(figure, columns, lines))

    def _progress(self) -> "RenderableType":
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        total = len(self._points)
        bar = ProgressBar(total, self._seen, width=BAR, complete_style="cyan", finished_style="green")
        grid = Table.grid(padding=(0, 2))
        name = f"run {self._run.number}" if self._run else "connecting"
        stopping = self._run is not None and self._run.stop_requests > 0
        left = "" if stopping else f"{duration(self._left())} left"
        grid.add_row(name, bar, f"{self._seen} of {total} points", left)
        return grid

    def _left(self) -> float:
        """Time left [s]: for each point to come what those so far took; before the first, what the plan says."""
        new = self._seen - self._before
        pace = (self._last - self._began) / new if new else self._pace
        return max(0.0, pace * (len(self._points) - self._seen) - (time.monotonic() - self._last))

    def _asked(self) -> "Iterator[Text]":
        from rich.text import Text

        if self._run and self._run.stop_requests:
            yield Text("stops after this point; Ctrl-C again stops at once", "yellow")
        elif self._run and self._run.paused:
            yield Text(f'paused after this point; "scantrail runs resume {self._run.number}" goes on', "cyan")

    def _table(self) -> "Table":
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
        headings = [heading for steps in self._plan.steps for heading in (f"{steps.name} [DAC]", "counts")]
        for heading in ("point", *headings, "live [s]"):
            table.add_column(Text(heading), justify="right", no_wrap=True)
        for row in list(self._rows):
            scanned = self._plan.scanned(self._points[row["point"]])
            seen = {n: (row[f"ch{n}_threshold"], row[f"ch{n}_counts"]) for n in scanned}
            table.add_row(str(row["point"]), *self._cells(seen), f"{row['live_time']:.2f}")
        if in_force := dict(self._set):
            table.add_row("", *self._cells({n: (threshold, "…") for n, threshold in in_force.items()}), style="dim")
        return table

    def _cells(self, seen: Mapping[int, tuple[object, object]]) -> "Iterator[str]":
        for channel in self._plan.channels:
            yield from map(str, seen.get(channel, ("", "")))
