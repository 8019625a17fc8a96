"""Take an order on the command line: what is about to happen, a live view, what came of it."""

import json
import logging
from contextlib import nullcontext
from typing import TYPE_CHECKING, Self

import click

from scantrail.cli.wording import plan_in_words

if TYPE_CHECKING:
    from scantrail.acquire import Order


def take_order(order: "Order", *, as_json: bool, plot: bool = False) -> int:
    """Take what is ordered, showing it as it comes on a terminal; print the outcome and return the exit code.

    plot: draw the curves in the terminal, live and at the end.
    """
    from rich.console import Console
    from rich.live import Live

    from scantrail.acquire import carry_out, check
    from scantrail.cli.figures import show_figure
    from scantrail.cli.outcome import print_outcome, print_problems
    from scantrail.cli.view import LiveView

    check(order)
    console = Console(stderr=True, highlight=False)
    speed = order.options.speed or order.station.mocker.speed
    for line in plan_in_words(order.plan, speed):
        console.print(line, soft_wrap=True, markup=False)
    if console.is_terminal:
        console.print()
    view = LiveView(order, speed, plot=plot)
    shown = Live(view, console=console, transient=True, refresh_per_second=8) if console.is_terminal else nullcontext()
    with WarningsKept() as warnings, shown:
        outcome = carry_out(order, view.watch)
        view.join()
    if as_json:
        click.echo(json.dumps(outcome.document() | {"warnings": warnings.messages}, indent=2))
    else:
        print_outcome(outcome, order)
        if plot and outcome.verdict is not None:
            click.echo()
            show_figure(outcome.verdict.figure, output=None, terminal=True)
    print_problems(outcome, warnings.messages)
    return outcome.exit_code


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
