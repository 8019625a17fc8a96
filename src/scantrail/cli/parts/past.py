"""`svt history`, `at` and `undo`."""

import click

from scantrail.cli.parts.completion import of
from scantrail.cli.parts.opening import component_argument, json_option, opened, print_json, tell
from scantrail.cli.parts.pages import chosen, one_page, page_options, say_more


@click.command()
@component_argument
@page_options
@json_option
def history(component_id: str, page: int | None, limit: int | None, as_json: bool) -> None:
    """List everything that happened to component ID, oldest first."""
    from scantrail.cli.parts.wording import local, table
    from scantrail.tracker import history as events

    wanted = chosen(page, limit, as_json=as_json)
    with opened() as database:
        found = events(database, component_id)
    shown = one_page(found, wanted)
    if as_json:
        print_json(shown)
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
        for row in shown
    )
    if shown:
        Console(highlight=False, emoji=False).print(table(("event", "time", "by", "what", "status", "place"), rows))
    say_more(len(shown), len(found), wanted, "events")


@click.command()
@click.argument("date")
@click.option("--type", "kind", metavar="TYPE", shell_complete=of("component_type"), help="Only this type.")
@click.option("--id", "component_id", metavar="ID", shell_complete=of("component"), help="Only this component.")
@page_options
@json_option
def at(
    date: str, kind: str | None, component_id: str | None, page: int | None, limit: int | None, as_json: bool
) -> None:
    """Tell status and place of every component at DATE: an ISO time, or a date meaning its end, both local."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import at as standing
    from scantrail.tracker import moment

    when = moment(date, end_of_day=True)
    wanted = chosen(page, limit, as_json=as_json)
    with opened() as database:
        found = standing(database, when, kind=kind, component_id=component_id)
    shown = one_page(found, wanted)
    if as_json:
        print_json(shown)
        return
    if not found:
        click.echo("Nothing was known then.")
        return
    if shown:
        from rich.console import Console

        Console(highlight=False, emoji=False).print(
            table(("id", "type", "status", "place"), (list(row.values()) for row in shown))
        )
    say_more(len(shown), len(found), wanted, "components")


@click.command()
@json_option
def undo(as_json: bool) -> None:
    """Take back your newest command; refused if a later one touches the same component."""
    from scantrail.tracker import undo as take_back

    with opened() as database:
        done = take_back(database)
    tell(done, as_json=as_json)
