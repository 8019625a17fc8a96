"""`svt history`, `at` and `undo`."""

import click

from scantrail.cli.parts.opening import component_argument, json_option, opened, print_json, tell


@click.command()
@component_argument
@json_option
def history(component_id: str, as_json: bool) -> None:
    """List everything that happened to component ID, oldest first."""
    from scantrail.cli.parts.wording import local, table
    from scantrail.tracker import history as events

    with opened() as database:
        found = events(database, component_id)
    if as_json:
        print_json(found)
        return
    from rich.console import Console

    rows = (
        (
            row["number"],
            local(row["time"], "%Y-%m-%d %H:%M:%S"),
            row["person"],
            row["said"]
            + (f" [waived: {row['waiver']}]" if row["waiver"] else "")
            + (f" [undone by {row['undone_by']}]" if row["undone_by"] else ""),
            row["status"] or "",
            row["place"],
        )
        for row in found
    )
    Console(highlight=False).print(table(("event", "time", "by", "what", "status", "place"), rows))


@click.command()
@click.argument("date")
@click.option("--type", "kind", metavar="TYPE", help="Only components of this type.")
@click.option("--id", "component_id", metavar="ID", help="Only this component.")
@json_option
def at(date: str, kind: str | None, component_id: str | None, as_json: bool) -> None:
    """Tell status and place of every component at DATE: an ISO time, or a date meaning its end, both local."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import at as standing
    from scantrail.tracker import moment

    when = moment(date, end_of_day=True)
    with opened() as database:
        found = standing(database, when, kind=kind, component_id=component_id)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("Nothing was known then.")
        return
    from rich.console import Console

    Console(highlight=False).print(table(("id", "type", "status", "place"), (list(row.values()) for row in found)))


@click.command()
@json_option
def undo(as_json: bool) -> None:
    """Take back your newest command; refused if a later one touches the same component."""
    from scantrail.tracker import undo as take_back

    with opened() as database:
        done = take_back(database)
    tell(done, as_json=as_json)
