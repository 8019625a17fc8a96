"""`svt log` and `comment`."""

import click

from scantrail.cli.parts.completion import of
from scantrail.cli.parts.opening import by_option, component_argument, json_option, opened, tell

TYPES = ("issue", "repair", "maintenance", "note", "observation")


@click.command()
@click.argument("component_id", metavar="[ID]", required=False, shell_complete=of("component"))
@click.argument("text", required=False)
@click.option("--type", "log_type", type=click.Choice(TYPES), default="note", show_default=True, help="What it is.")
@click.option("--severity", metavar="TEXT", help="How bad it is, such as minor or critical.")
@click.option(
    "--resolve", type=int, metavar="NUMBER", help='Close this entry; TEXT alone says how ("svt log --resolve 3 TEXT").'
)
@by_option("logged")
@json_option
def log(
    component_id: str | None,
    text: str | None,
    log_type: str,
    severity: str | None,
    resolve: int | None,
    by: str | None,
    as_json: bool,
) -> None:
    """Log TEXT of component ID."""
    from scantrail.tracker import add_maintenance_log, resolve_log

    if resolve is not None and text is None and component_id is not None:
        with opened() as database:
            done = resolve_log(resolve, component_id, resolved_by=by, db=database)
    elif component_id is None or text is None or resolve is not None:
        raise click.UsageError("give the ID of a component and a text, or --resolve NUMBER and a text")
    else:
        with opened() as database:
            done = add_maintenance_log(component_id, text, log_type, severity=severity, logged_by=by, db=database)
    tell(done, as_json=as_json)


@click.command()
@component_argument
@click.argument("text")
@by_option("commented")
@json_option
def comment(component_id: str, text: str, by: str | None, as_json: bool) -> None:
    """Add the comment TEXT to component ID."""
    from scantrail.tracker import add_maintenance_log

    with opened() as database:
        done = add_maintenance_log(component_id, text, "comment", logged_by=by, db=database)
    tell(done, as_json=as_json)
