"""`scantrail runs plot` and `compare`: runs as pictures, in a file or in the terminal."""

from pathlib import Path

import click

from scantrail.cli.figures import show_figure
from scantrail.cli.foreign import file_of, read_file, scan_option
from scantrail.cli.options import PATH, output_option
from scantrail.cli.runs.places import locate


@click.command()
@click.argument("source", metavar="RUN | FILE")
@scan_option
@click.option("--config", type=PATH, help="Station file whose derived columns FILE gets. Default: the one in force.")
@output_option
def plot(source: str, scan: int | None, config: Path | None, output: Path | None) -> None:
    """Plot RUN, or a SPEC, XDI or CSV FILE, with what was found in it; in the terminal unless --output names a file."""
    from scantrail.acquire import draw_records, judge_measured
    from scantrail.runs import chain

    file = file_of(source)
    if file is None:
        figure = draw_records(chain(locate(source)).records)
    else:
        figure = judge_measured(read_file(file, scan, config)).figure
    show_figure(figure, output=output, terminal=output is None)


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN…")
@output_option
def compare(runs: tuple[str, ...], output: Path | None) -> None:
    """Plot two or more RUNs of one kind over each other."""
    from scantrail.acquire import compare_runs

    figure = compare_runs([locate(run) for run in runs])
    show_figure(figure, output=output, terminal=output is None)
