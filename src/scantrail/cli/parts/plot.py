"""`svt plot`: tests as figures, in the terminal or in a file."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scantrail.cli.options import output_option
from scantrail.cli.parts.completion import of
from scantrail.cli.parts.opening import json_option, opened, print_json

if TYPE_CHECKING:
    from scantrail.tracker import Drawn

INCOMPLETE = 3


@click.command()
@click.argument("what", nargs=-1, metavar="ID TEST|trend [QUANTITY]")
@click.option(
    "--type",
    "kind",
    metavar="TYPE",
    shell_complete=of("component_type"),
    help="How a QUANTITY is distributed over all components of this type.",
)
@click.option("--test", "test_type", metavar="TEST", shell_complete=of("test_type"), help="Only tests of this type.")
@output_option
@json_option
def plot(what: tuple[str, ...], kind: str | None, test_type: str | None, output: Path | None, as_json: bool) -> int:
    """Plot the tests of component ID; or, with --type TYPE QUANTITY, of all components of a type.

    Of a TEST are drawn the sweeps in its data files, else its values channel by channel, else its numbers against time;
    "trend" draws numbers against time. In the terminal, unless --output names a file. Ends with 3 if something could
    not be read; the rest is drawn.
    """
    from scantrail.tracker import plot_component, plot_type

    if kind is not None:
        if len(what) != 1:
            raise click.UsageError("--type TYPE takes one QUANTITY and no component")
        with opened() as database:
            drawn = plot_type(database, kind, what[0], test_type=test_type)
    elif len(what) in (2, 3):
        with opened() as database:
            drawn = plot_component(database, what[0], what[1], *what[2:], test_type=test_type)
    else:
        raise click.UsageError(
            'give a component and what to plot of it: a test type, or "trend"; or --type and a QUANTITY'
        )
    _show(drawn, output, as_json=as_json)
    return INCOMPLETE if drawn.problems else 0


def _show(drawn: "Drawn", output: Path | None, *, as_json: bool) -> None:
    from scantrail.cli.figures import show_figure
    from scantrail.cli.parts.wording import line

    show_figure(drawn.figure, output=output, terminal=output is None and not as_json)
    if as_json:
        print_json({**drawn.facts, "problems": list(drawn.problems), "figure": drawn.figure.document()})
    else:
        _tell(drawn)
    for problem in drawn.problems:
        click.echo(f"! {line(problem)}", err=True)


def _tell(drawn: "Drawn") -> None:
    from rich.console import Console

    from scantrail.cli.parts.wording import line, table

    if drawn.rows:
        click.echo()
        Console(highlight=False, emoji=False).print(table(list(drawn.headings), drawn.rows))
    for note in drawn.notes:
        click.echo(line(note))
