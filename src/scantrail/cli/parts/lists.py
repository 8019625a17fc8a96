"""`svt list` and `summary`."""

from typing import Any

import click

from scantrail.cli.parts.completion import of, statuses
from scantrail.cli.parts.opening import json_option, opened, print_json
from scantrail.cli.parts.pages import chosen, one_page, page_options, say_more


@click.command("list")
@click.option("--type", "kind", metavar="TYPE", shell_complete=of("component_type"), help="Only this type.")
@click.option("--status", metavar="STATUS", shell_complete=statuses, help="Only in this status.")
@click.option("--location", metavar="TEXT", shell_complete=of("location"), help="Only what is kept there, or inside.")
@page_options
@json_option
def list_(
    kind: str | None, status: str | None, location: str | None, page: int | None, limit: int | None, as_json: bool
) -> None:
    """List components by id, one page at a time."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import list_components

    wanted = chosen(page, limit, as_json=as_json)
    with opened() as database:
        found = list_components(
            database, kind=kind, status=status, location=location, page=wanted.page, size=wanted.size
        )
    if as_json:
        print_json(found.rows)
    elif not found.total:
        asked = any((kind, status, location))
        click.echo("No component matches." if asked else 'There are no components yet. "svt add" adds the first.')
    elif found.rows:
        from rich.console import Console

        headings = ("id", "type", "status", "manufacturer", "serial", "place")
        Console(highlight=False, emoji=False).print(
            table(headings, ([*list(row.values())[:5], place_in_words(row)] for row in found.rows))
        )
    say_more(len(found.rows), found.total, wanted, "components")


def place_in_words(row: dict[str, Any]) -> str:
    """Say where a component is and through what."""
    place = row["place"] or ""
    if row["via"]:
        return f"{place} (installed via {row['via']})"
    return f"{place} (part of {row['part_of']})".strip() if row["part_of"] else place


@click.command()
@json_option
def summary(as_json: bool) -> None:
    """Count components by type and status, tests by verdict, positions taken and free."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import STATUSES
    from scantrail.tracker import summary as figures

    with opened() as database:
        found = figures(database)
    if as_json:
        print_json(found)
        return
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    counts: dict[str, dict[str, int]] = found["components"]
    used = [status for status in STATUSES if any(status in row for row in counts.values())]
    rows = [(kind, *(row.get(status, "") for status in used), sum(row.values())) for kind, row in counts.items()]
    console.print(table(("type", *used, "all"), rows) if rows else "There are no components yet.")
    if found["tests"]:
        console.print()
        verdicts = [(kind, row["pass"], row["fail"], row["none"]) for kind, row in found["tests"].items()]
        console.print(table(("test type", "pass", "fail", "no verdict"), verdicts))
    if found["positions"]:
        console.print()
        places = [
            (kind, row["taken"], "any number" if row["free"] is None else row["free"])
            for kind, row in found["positions"].items()
        ]
        console.print(table(("positions for", "taken", "free"), places))
    console.print(f"\nOpen issues and repairs: {found['open_issues']}")


@click.command()
@page_options
@json_option
def locations(page: int | None, limit: int | None, as_json: bool) -> None:
    """List locations and how many components are right there; `A > B` lies in `A`."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import list_locations

    wanted = chosen(page, limit, as_json=as_json)
    with opened() as database:
        found = list_locations(database)
    rows = one_page(found, wanted)
    if as_json:
        print_json(rows)
    elif not found:
        click.echo("There are no locations yet; adding or moving a component makes them.")
    elif rows:
        from rich.console import Console

        Console(highlight=False, emoji=False).print(
            table(("location", "components"), [(row["name"], row["components"]) for row in rows])
        )
    say_more(len(rows), len(found), wanted, "locations")
