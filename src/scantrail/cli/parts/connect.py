"""`svt connect`, `disconnect` and `connections`."""

import click

from scantrail.cli.parts.completion import of
from scantrail.cli.parts.opening import by_option, json_option, opened, print_json, tell
from scantrail.cli.parts.pages import chosen, one_page, page_options, say_more


@click.command()
@click.argument("a", metavar="A[:PORT]", shell_complete=of("component"))
@click.argument("b", metavar="B[:PORT]", shell_complete=of("component"))
@click.option("--cable", metavar="ID", shell_complete=of("component"), help="The cable between them.")
@by_option("connected")
@json_option
def connect(a: str, b: str, cable: str | None, by: str | None, as_json: bool) -> None:
    """Connect component A with B, each with its port if it has several."""
    from scantrail.tracker import connect_components

    with opened() as database:
        done = connect_components(a, b, cable=cable, connected_by=by, db=database)
    tell(done, as_json=as_json)


@click.command()
@click.argument("a", metavar="A[:PORT]", shell_complete=of("component"))
@click.argument("b", metavar="[B[:PORT]]", required=False, shell_complete=of("component"))
@by_option("disconnected")
@json_option
def disconnect(a: str, b: str | None, by: str | None, as_json: bool) -> None:
    """Close the connection of A (a component or a cable) with B; B may be left out if A has one connection."""
    from scantrail.tracker import disconnect_components

    with opened() as database:
        done = disconnect_components(a, b, disconnected_by=by, db=database)
    tell(done, as_json=as_json)


@click.command()
@click.argument("component_id", metavar="[ID]", required=False, shell_complete=of("component"))
@page_options
@json_option
def connections(component_id: str | None, page: int | None, limit: int | None, as_json: bool) -> None:
    """List what is connected today, all of it or that of component ID."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import open_connections

    wanted = chosen(page, limit, as_json=as_json)
    with opened() as database:
        found = open_connections(database, component_id)
    shown = one_page(found, wanted)
    if as_json:
        print_json(shown)
        return
    if not found:
        click.echo("Nothing is connected.")
        return
    if shown:
        from rich.console import Console

        columns = ("a", "a_port", "b", "b_port", "cable", "connected", "connected_by")
        headings = ("component", "port", "component", "port", "cable", "since", "by")
        Console(highlight=False, emoji=False).print(
            table(headings, ([row[column] for column in columns] for row in shown))
        )
    say_more(len(shown), len(found), wanted, "connections")
