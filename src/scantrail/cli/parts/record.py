"""`svt record` and `svt sync`: runs that become tests of the components they measured."""

import click

from scantrail.cli.components import named, told
from scantrail.cli.parts.completion import of
from scantrail.cli.parts.opening import json_option, opened, print_json, unopened
from scantrail.cli.parts.wording import line

INCOMPLETE = 3


@click.command()
@click.argument("run", metavar="RUN")
@click.option(
    "--component",
    "components",
    multiple=True,
    metavar="ID",
    shell_complete=of("component"),
    help='What it measured, repeatable; by channels "1:ID,2:ID". Default: what the run names.',
)
@json_option
def record(run: str, components: tuple[str, ...], as_json: bool) -> None:
    """Record RUN, by its number, uid or directory, as a test of its components; twice is once."""
    from scantrail.acquire import record_run
    from scantrail.cli.runs.places import locate

    ids, channels = named(components)
    with opened() as database:
        done = record_run(locate(run), database, components=ids, channels=channels, anew=True)
    if as_json:
        print_json([{"component": one.component, "test": one.test, "measured": one.measured} for one in done])
        return
    for one in done:
        click.echo(line(told(one)))
        for notice in one.notices:
            click.echo(f"Note: {line(notice)}", err=True)


@click.command()
@json_option
def sync(as_json: bool) -> int:
    """Record the runs whose components could not be reached when they ended."""
    from scantrail.acquire import sync as settle
    from scantrail.acquire import unreadable, waiting
    from scantrail.station import data_root

    url = unopened().url
    settled, still = settle(url)
    still += [f"{path} cannot be read as what a run owes; repair or delete it" for path in unreadable()]
    elsewhere = [owed for owed in waiting() if owed not in waiting(url)]
    if as_json:
        done = [{"run": owed.number, "components": [one.component for one in tests]} for owed, tests in settled]
        print_json({"recorded": done, "waiting": still, "elsewhere": [owed.database for owed in elsewhere]})
        return INCOMPLETE if still else 0
    for owed, tests in settled:
        for one in tests:
            click.echo(f"Run {owed.number}: {line(told(one))}")
    if not settled and not still:
        click.echo("Nothing is owed to this database.")
    for sentence in still:
        click.echo(f"! {line(sentence)}", err=True)
    if still:
        click.echo(f"Notice: to give up a record, delete its file in {line(str(data_root() / 'outbox'))}.", err=True)
    for database_name in dict.fromkeys(owed.database for owed in elsewhere):
        click.echo(f"Notice: records wait for {line(database_name)}; name it with --db-path.", err=True)
    return INCOMPLETE if still else 0
