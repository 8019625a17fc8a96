"""`scantrail runs plot` and `compare`: runs as pictures, in a file or in the terminal."""

from pathlib import Path

import click

from scantrail.cli.figures import show_figure
from scantrail.cli.options import output_option
from scantrail.cli.runs.places import locate, run_argument


@click.command()
@run_argument
@output_option
def plot(run: str, output: Path | None) -> None:
    """Plot RUN with what was found in it; in the terminal unless --output names a file."""
    from scantrail.acquire import draw_records
    from scantrail.runs import chain

    show_figure(draw_records(chain(locate(run)).records), output=output, terminal=output is None)


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN…")
@output_option
def compare(runs: tuple[str, ...], output: Path | None) -> None:
    """Plot two or more RUNs of one kind over each other."""
    from scantrail.acquire import compare_runs

    figure = compare_runs([locate(run) for run in runs])
    show_figure(figure, output=output, terminal=output is None)
