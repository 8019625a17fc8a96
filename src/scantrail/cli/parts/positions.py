"""`svt install`, `remove` and `positions`."""

import click

from scantrail.cli.parts.completion import of, statuses
from scantrail.cli.parts.opening import (
    by_option,
    component_argument,
    json_option,
    opened,
    policy_options,
    print_json,
    tell,
)
from scantrail.cli.parts.pages import chosen, one_page, page_options, say_more

date_option = click.option(
    "--date", metavar="DATE", help="When it was done, such as 2025-01-31T09:00; now if not given."
)


@click.command()
@component_argument
@click.argument("position", shell_complete=of("position"))
@click.option("--run-period", metavar="TEXT", help="Such as 2025_spring_run.")
@click.option("--notes", default="", metavar="TEXT", help="Kept with the installation.")
@date_option
@by_option("installed")
@policy_options
@json_option
def install(
    component_id: str,
    position: str,
    run_period: str | None,
    notes: str,
    date: str | None,
    by: str | None,
    force: bool,
    reason: str | None,
    as_json: bool,
) -> None:
    """Put component ID into POSITION."""
    from scantrail.tracker import install_component, moment

    with opened() as database:
        done = install_component(
            component_id,
            position,
            run_period=run_period,
            installed_by=by,
            notes=notes,
            date=moment(date) if date else None,
            force=force,
            reason=reason,
            db=database,
        )
    tell(done, as_json=as_json)


@click.command()
@component_argument
@click.option("--reason", metavar="TEXT", help="Why, such as end_of_run.")
@click.option("--location", metavar="TEXT", shell_complete=of("location"), help="Where it goes.")
@click.option(
    "--outcome",
    metavar="STATUS",
    shell_complete=statuses,
    help="Its status from now on; spare if it was good before, else testing.",
)
@date_option
@by_option("removed")
@json_option
def remove(
    component_id: str,
    reason: str | None,
    location: str | None,
    outcome: str | None,
    date: str | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Take component ID out of its position."""
    from scantrail.tracker import moment, remove_component

    with opened() as database:
        done = remove_component(
            component_id,
            reason=reason,
            removed_by=by,
            location=location,
            outcome=outcome,
            date=moment(date) if date else None,
            db=database,
        )
    tell(done, as_json=as_json)


@click.command()
@click.option("--run-period", metavar="TEXT", help="Everybody who was installed for it.")
@click.option("--at", "date", metavar="DATE", help="As of this time, or the end of this day.")
@click.option(
    "--type", "kind", metavar="TYPE", shell_complete=of("component_type"), help="Only positions that take this type."
)
@page_options
@json_option
def positions(
    run_period: str | None, date: str | None, kind: str | None, page: int | None, limit: int | None, as_json: bool
) -> None:
    """List positions and who sits in them."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import list_positions, moment

    when = moment(date, end_of_day=True) if date else None
    wanted = chosen(page, limit, as_json=as_json)
    with opened() as database:
        found = list_positions(database, run_period=run_period, at=when, kind=kind)
    shown = one_page(found, wanted)
    if as_json:
        print_json(shown)
        return
    if not found:
        click.echo("No position matches.")
        return
    if shown:
        from rich.console import Console

        headings = ("position", "component", "run period", "installed", "removed")
        Console(highlight=False, emoji=False).print(table(headings, (list(row.values()) for row in shown)))
    say_more(len(shown), len(found), wanted, "positions")
