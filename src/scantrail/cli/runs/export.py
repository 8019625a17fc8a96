"""`scantrail runs export`: runs as files for other programs."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scantrail.cli.runs.places import locate, run_argument

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from scantrail.runs import Chain, Record, Recorded, Written

INCOMPLETE = 3
STANDARD_OUTPUT = "-"

output_option = click.option(
    "--output",
    type=click.Path(allow_dash=True, path_type=Path),
    default=STANDARD_OUTPUT,
    help="New file to write; never one that exists. Default: the standard output.",
)


@click.group()
def export() -> None:
    """Write a run to a file of another format.

    Where it goes on with other runs, their points come first. csv and nexus hold every run, xdi absorption spectra,
    spec scans of motors and of time.
    """


@export.command()
@run_argument
@click.option("--stream", default="primary", show_default=True, help="Which of its streams; `runs show` names them.")
@output_option
def csv(run: str, stream: str, output: Path) -> int:
    """Write all columns of a stream of RUN as CSV.

    The first column is the time of each row, ISO 8601 UTC.
    """
    from scantrail.runs import chain, export_csv, write_csv

    joined = chain(locate(run))
    if str(output) == STANDARD_OUTPUT:
        with _standard_output() as file:
            write_csv(joined.records, file, stream)
    else:
        _say(export_csv(joined.records, output, stream), "row", joined, output)
    return _told(joined, ())


@export.command()
@run_argument
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="New file to write, such as run.nxs; never one that exists.",
)
def nexus(run: str, output: Path) -> int:
    """Write RUN as NeXus, which viewers draw.

    One HDF5 file with all that was recorded. Grids are arrays by grid index, NaN where nothing was measured; energy
    scans conform to NXxas.
    """
    from scantrail.daq import columns_worked_out
    from scantrail.errors import InputError
    from scantrail.runs import chain, export_nexus

    if str(output) == STANDARD_OUTPUT:
        raise InputError("NeXus is no text for the standard output; give --output a name such as run.nxs")
    joined = chain(locate(run))
    written = export_nexus(joined.records, output, columns_worked_out(joined.records))
    _say(written.points, "point", joined, output, written.passes)
    return _told(joined, written.notices)


@export.command()
@run_argument
@output_option
def xdi(run: str, output: Path) -> int:
    """Write RUN, an energy scan, as XDI 1.0.

    Energy, detectors and mu, for programs that analyse XAFS.
    """
    from scantrail.runs import export_xdi, write_xdi

    return _as_text(run, output, write_xdi, export_xdi)


@export.command()
@run_argument
@output_option
def spec(run: str, output: Path) -> int:
    """Write RUN as a SPEC data file.

    It holds one scan, of one or two motors, of several in lock step, or of time.
    """
    from scantrail.runs import export_spec, write_spec

    return _as_text(run, output, write_spec, export_spec)


def _as_text(
    run: str,
    output: Path,
    write: "Callable[[Sequence[Record], TextIO, Sequence[Recorded]], Written]",
    export: "Callable[[Sequence[Record], Path, Sequence[Recorded]], Written]",
) -> int:
    from scantrail.daq import columns_worked_out
    from scantrail.runs import chain

    joined = chain(locate(run))
    worked_out = columns_worked_out(joined.records)
    if str(output) == STANDARD_OUTPUT:
        with _standard_output() as file:
            written = write(joined.records, file, worked_out)
    else:
        written = export(joined.records, output, worked_out)
        _say(written.points, "point", joined, output, written.passes)
    return _told(joined, written.notices)


def _say(count: int, unit: str, joined: "Chain", output: Path, passes: int = 1) -> None:
    numbers = [str(record.start["scan_id"]) for record in joined.records]
    runs = f"{'run' if len(numbers) == 1 else 'runs'} {', '.join(numbers)}"
    mean = f", each the mean of {passes} passes," if passes > 1 else ""
    click.echo(f"{count} {unit}{'' if count == 1 else 's'} of {runs}{mean} written to {output}.")


def _told(joined: "Chain", notices: Sequence[str]) -> int:
    """Say what the file lacks, and return the exit code."""
    missing = [*notices]
    if joined.missing is not None:
        first = joined.records[0].start["scan_id"]
        missing.append(f"run {first} goes on with run {joined.missing}, which is not beside it; its rows are missing")
    for notice in missing:
        click.echo(f"Notice: {notice}.", err=True)
    return INCOMPLETE if missing else 0


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
