"""Where the commands put a figure: a file, the terminal, or both."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scantrail.plots import Figure

LEAST_LINES = 16


def show_figure(figure: "Figure", *, output: Path | None, terminal: bool) -> None:
    """Save `figure` to `output`, if given, and draw it in the terminal, if asked. Raises InputError, OutputError."""
    from scantrail.plots import save
    from scantrail.plots import terminal as text

    if terminal:
        size = shutil.get_terminal_size()
        click.echo(text(figure, size.columns, max(size.lines - 4, LEAST_LINES), colour=True))
    if output is not None:
        click.echo(f"{save(figure, output)}", err=True)
