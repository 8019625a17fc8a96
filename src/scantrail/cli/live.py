"""Take an order on the command line: what is about to happen, a live view, what came of it."""

import json
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from math import prod
from typing import TYPE_CHECKING, Any, Self

import click

from scantrail.cli.outcome import print_outcome, print_problems, print_warnings
from scantrail.cli.stopping import heard_out, lost_with_terminal
from scantrail.cli.view import LiveView, points_taken
from scantrail.runs import duration

if TYPE_CHECKING:
    from rich.console import Console

    from scantrail.acquire import Order, Outcome
    from scantrail.cli.faces import Face
    from scantrail.plots import Figure
    from scantrail.runs import RunWriter


def take_order(order: "Order[Any]", *, as_json: bool, plot: bool = False) -> int:
    """Take what is ordered, showing it as it comes on a terminal; print the outcome and return the exit code.

    plot: draw the curves in the terminal, live and at the end.
    """
    from rich.console import Console

    from scantrail.acquire import carry_out, check, expected_time
    from scantrail.cli.faces import face_of
    from scantrail.cli.outbox import settle_owed
    from scantrail.db import database_url

    check(order)
    settle_owed(database_url(order.database, order.station.database.url))
    console = Console(stderr=True, highlight=False, emoji=False)
    face, seconds = face_of(order), expected_time(order)
    view = LiveView(order, face.sheet(order), seconds, plot=plot)
    warnings = WarningsKept()
    known: list[str] = []

    def begin() -> None:
        """Say what is about to happen, before anything moves."""
        known.extend(warnings.messages)
        with lost_with_terminal():
            words = "\n".join((*face.words(order, seconds), *going_on(order, seconds)))
            console.print(words, soft_wrap=True, markup=False)
            print_warnings(known, console)
            if console.is_terminal:
                console.print()
            growing.enter_context(_shown(view, console))

    def opened(run: "RunWriter") -> None:
        if face.may_be_refused:
            begin()
        view.watch(run)

    with heard_out(lambda: view.stopping):
        with warnings, ExitStack() as growing:
            if not face.may_be_refused:
                begin()
            outcome = carry_out(order, opened)
            view.join()
        with lost_with_terminal():
            if as_json:
                click.echo(json.dumps(outcome.document() | {"warnings": warnings.messages}, indent=2))
            else:
                _tell(outcome, order, face, plot=plot)
            print_problems(outcome, warnings.messages, known)
    return outcome.exit_code


@contextmanager
def _shown(view: LiveView, console: "Console") -> Iterator[None]:
    """Draw the view while the context lasts, if there is a terminal."""
    from rich.live import Live

    if not console.is_terminal:
        yield
        return
    live = Live(view, console=console, transient=True, refresh_per_second=8)
    live.start(refresh=True)
    try:
        yield
    finally:
        with lost_with_terminal():
            live.stop()


def _tell(outcome: "Outcome", order: "Order[Any]", face: "Face", *, plot: bool) -> None:
    from scantrail.cli.figures import show_figure

    print_outcome(outcome, order.plan.kind, face.table(outcome, order))
    if plot and (figure := drawn(outcome)) is not None:
        click.echo()
        show_figure(figure, output=None, terminal=True)


def going_on(order: "Order[Any]", seconds: float) -> Iterator[str]:
    """Say where an order goes on, a line; nothing for one that starts anew. seconds: of the whole plan."""
    if order.earlier:
        done, total = points_taken(order), prod(order.plan.shape)
        number, left = order.earlier[-1].start["scan_id"], duration(seconds * (total - done) / total)
        yield f"  goes on with run {number}: {done} of {total} points are there, about {left} to go"


def drawn(outcome: "Outcome") -> "Figure | None":
    """Return the picture of what was taken, None if there is none."""
    from scantrail.acquire import draw_records
    from scantrail.runs import chain

    if outcome.verdict is not None:
        return outcome.verdict.figure
    return draw_records(chain(outcome.directory).records) if outcome.data is not None and outcome.taken else None


class WarningsKept(logging.Handler):
    """Keeps what is logged as a warning while the context lasts, each once, until the screen is free again."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a message."""
        if (message := record.getMessage()) not in self.messages:
            self.messages.append(message)

    def __enter__(self) -> Self:
        logging.getLogger("scantrail").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("scantrail").removeHandler(self)
