"""`scantrail runs export`: runs as files for other programs."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scantrail.cli.runs.places import locate, run_argument

if TYPE_CHECKING:
    from typing import TextIO

    from scantrail.runs import Chain

INCOMPLETE = 3


@click.group()
def export() -> None:
    """Write a run to a file of another format."""


@export.command()
@run_argument
@click.option("--stream", default="primary", show_default=True, help="Which of its streams; `runs show` names them.")
@click.option(
    "--output",
    type=click.Path(allow_dash=True, path_type=Path),
    default="-",
    help="New file to write; never one that exists. Default: the standard output.",
)
def csv(run: str, stream: str, output: Path) -> int:
    """Write all columns of a stream of RUN as CSV, below those of the runs that it goes on with.

    The first column is the time of each row, ISO 8601 UTC.
    """
    from scantrail.runs import chain, export_csv, write_csv

    joined = chain(locate(run))
    if str(output) == "-":
        with _standard_output() as file:
            write_csv(joined.records, file, stream)
    else:
        rows = export_csv(joined.records, output, stream)
        click.echo(f"{rows} {'row' if rows == 1 else 'rows'} of {_runs(joined)} written to {output}.")
    if joined.missing is None:
        return 0
    first = joined.records[0].start["scan_id"]
    click.echo(
        f"Notice: run {first} goes on with run {joined.missing}, which is not beside it; its rows are missing.",
        err=True,
    )
    return INCOMPLETE


def _runs(joined: "Chain") -> str:
    numbers = [str(record.start["scan_id"]) for record in joined.records]
    return f"{'run' if len(numbers) == 1 else 'runs'} {', '.join(numbers)}"


@contextmanager
def _standard_output() -> "Iterator[TextIO]":
    """Give the standard output; a full disk behind it is told as for a file, a reader that has left is let go."""
    from scantrail.errors import OutputError

    try:
        yield sys.stdout
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"cannot write to the standard output: {error.strerror or error}") from error
