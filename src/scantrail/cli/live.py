"""Take an order on the command line: what is about to happen, a live view of the journal, what came of it."""

import json
import threading
import time
from collections import deque
from contextlib import nullcontext
from typing import TYPE_CHECKING

import click

from scantrail.cli.wording import duration, plan_in_words

if TYPE_CHECKING:
    from rich.console import RenderableType

    from scantrail.acquire import Order, Outcome
    from scantrail.runs import RunWriter

ROWS = 12
"""Newest points that the live table shows."""


def take_order(order: "Order", *, as_json: bool) -> int:
    """Take what is ordered, showing it as it comes on a terminal; print the outcome and return the exit code."""
    from rich.console import Console
    from rich.live import Live

    from scantrail.acquire import start

    console = Console(stderr=True)
    speed = order.options.speed or order.station.mocker.speed
    for line in plan_in_words(order.plan, speed):
        console.print(line, highlight=False)
    view = LiveView(order)
    shown = Live(view, console=console, transient=True, refresh_per_second=8) if console.is_terminal else nullcontext()
    with shown:
        outcome = start(order, view.watch)
    view.join()
    if as_json:
        click.echo(json.dumps(outcome.document(), indent=2))
    else:
        print_outcome(outcome, order)
    return outcome.exit_code


class LiveView:
    """Follows the journal of a run in a thread of its own and draws what it has seen."""

    def __init__(self, order: "Order") -> None:
        self._plan = order.plan
        self._before = sum(len(record.stream("primary")) for record in order.earlier)
        self._rows: deque[dict[str, float | None]] = deque(maxlen=ROWS)
        self._skipped = 0
        self._taken = self._before
        self._began = time.monotonic()
        self._run: RunWriter | None = None
        self._thread: threading.Thread | None = None

    def watch(self, run: "RunWriter") -> None:
        """Follow `run` from now on."""
        self._run = run
        self._began = time.monotonic()
        self._thread = threading.Thread(target=self._follow, name=f"view of run {run.number}", daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until the last document has been seen."""
        if self._thread is not None:
            self._thread.join(timeout=2.0)

    def _follow(self) -> None:
        from scantrail.runs import follow

        if self._run is None:
            return
        stream_of: dict[str, str] = {}
        already = self._run.taken()
        for name, document in follow(self._run.directory):
            if name == "descriptor":
                stream_of[document["uid"]] = document["name"]
            elif name == "event" and stream_of[document["descriptor"]] == "primary":
                self._rows.append(document["data"])
                if document["seq_num"] > already:
                    self._taken += 1
            elif name == "event" and stream_of[document["descriptor"]] == "skipped":
                self._skipped += 1

    def __rich__(self) -> "RenderableType":
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column("point", justify="right")
        for steps in self._plan.steps:
            table.add_column(f"{steps.name} [DAC]", justify="right")
            table.add_column("counts", justify="right")
        table.add_column("live [s]", justify="right")
        for row in list(self._rows):
            cells = [
                str(row.get(f"ch{steps.channel}_{what}", ""))
                for steps in self._plan.steps
                for what in ("threshold", "counts")
            ]
            table.add_row(str(row.get("point")), *cells, f"{row.get('live_time') or 0:.2f}")
        return Group(Text(self._progress()), table)

    def _progress(self) -> str:
        total, seen = self._plan.shape[0], self._taken + self._skipped
        share = seen / total if total else 1.0
        bar = "█" * round(24 * share) + "░" * (24 - round(24 * share))
        elapsed = time.monotonic() - self._began
        new = seen - self._before
        left = duration(elapsed / new * (total - seen)) if new else "…"
        line = f"{bar} {seen}/{total}  {left} left"
        if self._run is not None and self._run.stop_requests:
            line += "  stopping after this point; Ctrl-C again stops at once"
        return line


def print_outcome(outcome: "Outcome", order: "Order") -> None:
    """Print the counts as a table, the files, and whatever is not as it should be."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    table = Table(title=f"run {outcome.number}: {order.plan.kind.replace('_', ' ')}", title_justify="left")
    for steps in order.plan.steps:
        table.add_column(f"{steps.name} {steps.label}\n[dim]DAC[/]", justify="right")
        table.add_column("\n[dim]counts[/]", justify="right")
    columns = [outcome.points.get(steps.channel, []) for steps in order.plan.steps]
    for i in range(max(map(len, columns), default=0)):
        cells = []
        for points in columns:
            cells += [str(points[i].threshold), str(points[i].event_count)] if i < len(points) else ["", ""]
        table.add_row(*cells)
    if table.row_count:
        console.print(table)
    colour = {"success": "green", "abort": "yellow", "fail": "red"}[outcome.status]
    share = f"{outcome.taken} of {outcome.expected} points"
    console.print(f"run {outcome.number}: [{colour}]{outcome.status}[/], {share}, {outcome.directory}", soft_wrap=True)
    for path in outcome.files:
        console.print(f"  {path}", soft_wrap=True, highlight=False)
    for line in outcome.restored:
        console.print(f"  {line}", soft_wrap=True, highlight=False)
    errors = Console(stderr=True)
    for line in [*outcome.reasons, *outcome.errors, *outcome.notes]:
        errors.print(f"[yellow]![/] {line}", soft_wrap=True, highlight=False)
    if outcome.status != "success":
        errors.print(f'"scantrail runs resume {outcome.number}" goes on.', soft_wrap=True, highlight=False)
