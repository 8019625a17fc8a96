"""`svt add`, `update` and `move`."""

from typing import Any

import click

from scantrail.cli.parts.completion import of, statuses
from scantrail.cli.parts.opening import (
    by_option,
    component_argument,
    json_option,
    opened,
    pairs,
    policy_options,
    tell,
)


def _fields(command: Any) -> Any:  # noqa: ANN401 - a decorator
    for option in reversed(
        (
            click.option("--status", metavar="STATUS", shell_complete=statuses, help="Such as incoming or spare."),
            click.option("--manufacturer", metavar="NAME", help="Who made it."),
            click.option("--serial", metavar="TEXT", help="Serial number, unique for a manufacturer and type."),
            click.option(
                "--location",
                metavar="TEXT",
                shell_complete=of("location"),
                help="Where it is, such as 'Lab > Shelf 2'.",
            ),
            click.option("--notes", metavar="TEXT", help="Anything else."),
            click.option("--attribute", "-a", "attributes", multiple=True, metavar="NAME=VALUE", help="Repeatable."),
        )
    ):
        command = option(command)
    return command


@click.command()
@click.option(
    "--id",
    "component_id",
    required=True,
    metavar="ID",
    shell_complete=of("component"),
    help="Its id, whatever the case.",
)
@click.option(
    "--type", "kind", metavar="TYPE", shell_complete=of("component_type"), help="Type; needed for a new component."
)
@_fields
@by_option("added")
@policy_options
@json_option
def add(
    component_id: str,
    kind: str | None,
    by: str | None,
    force: bool,
    reason: str | None,
    as_json: bool,
    **given: Any,  # noqa: ANN401 - the fields
) -> None:
    """Add a component; of one that exists, change the fields that are given."""
    from scantrail.tracker import add_component, known_id, update_component

    fields = _given(given)
    with opened() as database:
        known = known_id(component_id, database)
        if known is not None:
            changed = {**fields, **({"type": kind} if kind else {})}
            done = update_component(known, changed, by=by, force=force, reason=reason, db=database)
        elif kind is None:
            raise click.UsageError(f"there is no component {component_id!r} yet; a new one needs --type")
        else:
            done = add_component(component_id, kind, fields, by=by, db=database)
    tell(done, as_json=as_json)


@click.command()
@component_argument
@click.option(
    "--type",
    "kind",
    metavar="TYPE",
    shell_complete=of("component_type"),
    help="Type; frozen once the component is used.",
)
@_fields
@by_option("updated")
@policy_options
@json_option
def update(
    component_id: str,
    kind: str | None,
    by: str | None,
    force: bool,
    reason: str | None,
    as_json: bool,
    **given: Any,  # noqa: ANN401 - the fields
) -> None:
    """Change fields of component ID; `--attribute name=null` takes an attribute away."""
    from scantrail.tracker import update_component

    fields = {**_given(given), **({"type": kind} if kind else {})}
    if not fields:
        raise click.UsageError("nothing to change is given; --help lists the fields")
    with opened() as database:
        done = update_component(component_id, fields, by=by, force=force, reason=reason, db=database)
    tell(done, as_json=as_json)


@click.command()
@component_argument
@click.argument("location", shell_complete=of("location"))
@by_option("moved")
@json_option
def move(component_id: str, location: str, by: str | None, as_json: bool) -> None:
    """Note that component ID, with all its parts, is at LOCATION now."""
    from scantrail.tracker import move_component

    with opened() as database:
        done = move_component(component_id, location, by=by, db=database)
    tell(done, as_json=as_json)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    attributes = pairs(options.pop("attributes"), "--attribute")
    fields = {name: value for name, value in options.items() if value is not None}
    return {**fields, "attributes": attributes} if attributes else fields
