"""`svt label`: QR codes of ids."""

from pathlib import Path

import click

from scantrail.cli.parts.completion import of
from scantrail.cli.parts.opening import json_option, opened, print_json


@click.command()
@click.argument("component_ids", metavar="ID...", nargs=-1, required=True, shell_complete=of("component"))
@click.option(
    "--output",
    metavar="FILE.png|DIR",
    type=click.Path(path_type=Path),
    help="File of one label, or directory of several; <ID>.png here if not given.",
)
@json_option
def label(component_ids: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """Write a label of each component ID: a QR code of the id, with the id beneath. Nothing is overwritten."""
    from scantrail.tracker import write_labels

    with opened() as database:
        paths = write_labels(database, component_ids, output)
    if as_json:
        print_json({"labels": [str(path) for path in paths]})
    else:
        for path in paths:
            click.echo(f"Label: {path}")
