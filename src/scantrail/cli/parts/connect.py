"""`svt connect`, `disconnect` and `connections`."""

import click

from scantrail.cli.parts.opening import by_option, json_option, opened, print_json, tell


@click.command()
@click.argument("a", metavar="A[:PORT]")
@click.argument("b", metavar="B[:PORT]")
@click.option("--cable", metavar="ID", help="The cable between them.")
@by_option("connected")
@json_option
def connect(a: str, b: str, cable: str | None, by: str | None, as_json: bool) -> None:
    """Connect component A with B, each with its port if it has several."""
    from scantrail.tracker import connect_components

    with opened() as database:
        done = connect_components(a, b, cable=cable, connected_by=by, db=database)
    tell(done, as_json=as_json)


@click.command()
@click.argument("a", metavar="A[:PORT]")
@click.argument("b", metavar="[B[:PORT]]", required=False)
@by_option("disconnected")
@json_option
def disconnect(a: str, b: str | None, by: str | None, as_json: bool) -> None:
    """Close the connection of A (a component or a cable) with B; B may be left out if A has one connection."""
    from scantrail.tracker import disconnect_components

    with opened() as database:
        done = disconnect_components(a, b, disconnected_by=by, db=database)
    tell(done, as_json=as_json)


@click.command()
@click.argument("component_id", metavar="[ID]", required=False)
@json_option
def connections(component_id: str | None, as_json: bool) -> None:
    """List what is connected today, all of it or that of component ID."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import open_connections

    with opened() as database:
        found = open_connections(database, component_id)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("Nothing is connected.")
        return
    from rich.console import Console

    columns = ("a", "a_port", "b", "b_port", "cable", "connected", "connected_by")
    headings = ("component", "port", "component", "port", "cable", "since", "by")
    Console(highlight=False).print(table(headings, ([row[column] for column in columns] for row in found)))
