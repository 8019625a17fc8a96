"""`svt list` and `summary`."""

from typing import Any

import click

from scantrail.cli.parts.opening import json_option, opened, print_json


@click.command("list")
@click.option("--type", "kind", metavar="TYPE", help="Only this type.")
@click.option("--status", metavar="STATUS", help="Only in this status.")
@click.option("--location", metavar="TEXT", help="Only what is kept at this location.")
@click.option("--page", type=click.IntRange(min=1), default=1, show_default=True, help="Which page.")
@click.option("--limit", type=click.IntRange(min=1), default=50, show_default=True, help="Components a page.")
@json_option
def list_(kind: str | None, status: str | None, location: str | None, page: int, limit: int, as_json: bool) -> None:
    """List components by id, one page at a time."""
    from scantrail.cli.parts.wording import table
    from scantrail.tracker import list_components

    with opened() as database:
        found = list_components(database, kind=kind, status=status, location=location, page=page, size=limit)
    if as_json:
        print_json(found.rows)
    elif not found.total:
        asked = any((kind, status, location))
        click.echo("No component matches." if asked else 'There are no components yet. "svt add" adds the first.')
    elif found.rows:
        from rich.console import Console

        headings = ("id", "type", "status", "manufacturer", "serial", "place")
        Console(highlight=False).print(
            table(headings, ([*list(row.values())[:5], place_in_words(row)] for row in found.rows))
        )
    last = found.first + len(found.rows)
    if last < found.total:
        click.echo(
            f"Components {found.first + 1} to {last} of {found.total}; --page {page + 1} shows the next.", err=True
        )


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

    console = Console(highlight=False)
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
        places = [(kind, row["taken"], row["free"]) for kind, row in found["positions"].items()]
        console.print(table(("positions for", "taken", "free"), places))
    console.print(f"\nOpen issues and repairs: {found['open_issues']}")
