"""`scantrail runs list` and `reindex`: all the runs there are."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from scantrail.cli.runs.judged import as_linked
from scantrail.cli.runs.places import catalogue, database_option
from scantrail.cli.runs.wording import COLOURS, length, local, status_text
from scantrail.runs import share, summary_document

if TYPE_CHECKING:
    from rich.table import Table

    from scantrail.runs import Choice, RunSummary

NEWEST = 20


@click.command("list")
@click.option("--limit", type=click.IntRange(min=1), default=NEWEST, show_default=True, help="How many, newest first.")
@click.option("--kind", help="Only runs of this kind, such as threshold_parallel.")
@click.option("--status", type=click.Choice(list(COLOURS)), help="Only runs in this state.")
@click.option("--component", metavar="ID", help="Only runs that measured this component.")
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_runs(
    limit: int, kind: str | None, status: str | None, component: str | None, db_path: str | None, as_json: bool
) -> None:
    """List runs, newest first. A database that cannot be used is no obstacle: the directories are then read."""
    from typing import cast

    from scantrail.runs import Choice, RunStatus

    choice = Choice(kind, cast("RunStatus | None", status), component)
    if as_json:
        found = _found(choice, limit, db_path)
        click.echo(json.dumps([summary_document(run) for run in found], indent=2, ensure_ascii=False))
        return
    print_runs(db_path, choice, limit)


def print_runs(db_path: str | None = None, choice: "Choice | None" = None, limit: int = NEWEST) -> None:
    """Print a table of the chosen runs, newest first. Raises InputError, ConfigError for the database's place."""
    from rich.console import Console

    from scantrail.runs import Choice

    choice = choice or Choice()
    found = _found(choice, limit + 1, db_path)
    if not found:
        asked = choice != Choice()
        click.echo("No run matches." if asked else 'There are no runs yet. "scantrail demo" takes the first ones.')
        return
    Console(highlight=False, emoji=False).print(_table(found[:limit]))
    if len(found) > limit:
        click.echo(f"There are older runs: --limit {2 * limit} shows more.", err=True)


@click.command()
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def reindex(db_path: str | None, as_json: bool) -> None:
    """Make the catalogue again from the run directories."""
    from dataclasses import asdict

    from scantrail.db import open_database, render
    from scantrail.runs import reindex as write_catalogue
    from scantrail.station import data_root

    root, url = data_root(), catalogue(db_path)
    with open_database(url) as database:
        done = write_catalogue(database, root)
    if as_json:
        click.echo(json.dumps({**asdict(done), "root": str(root), "database": render(url)}, indent=2))
        return
    click.echo(f"{done.runs} {'run' if done.runs == 1 else 'runs'} of {root / 'runs'} written to {render(url)}.")
    for sentence in done.left_out:
        click.echo(f"Notice: {sentence}", err=True)


def _found(choice: "Choice", limit: int, db_path: str | None) -> "list[RunSummary]":
    from scantrail.runs import listing
    from scantrail.station import data_root

    url = catalogue(db_path)
    found, notice = listing(data_root(), url, as_linked(choice, url), limit=limit)
    if notice:
        click.echo(f"Notice: {notice}.", err=True)
    return found


def _table(runs: "Sequence[RunSummary]") -> "Table":
    from rich import box
    from rich.table import Table
    from rich.text import Text

    def shortened(text: str) -> Text:
        return Text(text, no_wrap=True, overflow="ellipsis")

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("run", justify="right", no_wrap=True)
    table.add_column("kind")
    table.add_column("status", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("started", no_wrap=True)
    table.add_column("took", justify="right", no_wrap=True)
    table.add_column("operator")
    for run in runs:
        table.add_row(
            str(run.number),
            shortened(run.kind),
            status_text(run.status),
            share(run),
            local(run.started),
            length(run),
            shortened(run.operator),
        )
    return table
