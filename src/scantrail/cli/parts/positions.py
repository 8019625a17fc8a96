"""`svt install`, `remove` and `positions`."""

import click

from scantrail.cli.parts.opening import (
    by_option,
    component_argument,
    json_option,
    opened,
    policy_options,
    print_json,
    tell,
)

date_option = click.option(
    "--date", metavar="DATE", help="When it was done, such as 2025-01-31T09:00; now if not given."
)


@click.command()
@component_argument
@click.argument("position")
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
@click.option("--location", metavar="TEXT", help="Where it goes.")
@click.option("--outcome", metavar="STATUS", help="Its status from now on; spare if it was good before, else testing.")
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
@click.option("--type", "kind", metavar="TYPE", help="Only positions that take this type.")
@json_option
def positions(run_period: str | None, date: str | None, kind: str | None, as_json: bool) -> None:
    """List positions and who sits in them."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import list_positions, moment

    when = moment(date, end_of_day=True) if date else None
    with opened() as database:
        found = list_positions(database, run_period=run_period, at=when, kind=kind)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("No position matches.")
        return
    from rich.console import Console

    headings = ("position", "component", "run period", "installed", "removed")
    Console(highlight=False).print(table(headings, (list(row.values()) for row in found)))
