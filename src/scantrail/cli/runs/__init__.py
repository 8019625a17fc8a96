"""`scantrail runs`: list, show, follow, export and control runs."""

import click

from scantrail.cli.runs.control import abort, pause, resume
from scantrail.cli.runs.export import export
from scantrail.cli.runs.index import list_runs, print_runs, reindex
from scantrail.cli.runs.plot import compare, plot
from scantrail.cli.runs.show import show
from scantrail.cli.runs.tail import tail

__all__ = ["print_runs", "runs"]


@click.group(commands=[list_runs, show, tail, plot, compare, export, reindex, pause, resume, abort])
def runs() -> None:
    """List, show, follow, export and control runs.

    RUN is the number of a run, the first characters of its uid (4 or more), or the path of its directory.
    """
