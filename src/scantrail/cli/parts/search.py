"""`svt search`: components by any text that is kept of them."""

from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.parts.opening import json_option, opened, print_json
from scantrail.cli.parts.pages import chosen, one_page, page_options, say_more

if TYPE_CHECKING:
    from scantrail.tracker import Found


@click.command()
@click.argument("text")
@page_options
@json_option
def search(text: str, page: int | None, limit: int | None, as_json: bool) -> None:
    """Find components by TEXT in ids, serial numbers, notes, logs and attributes, without regard to case."""
    from scantrail.cli.parts.wording import line, table
    from scantrail.tracker import search as find

    with opened() as database:
        found = find(database, text)
    choice = chosen(page, limit, as_json=as_json)
    shown = one_page(found, choice)
    if as_json:
        print_json([_document(each) for each in shown])
    elif not found:
        click.echo(f"Nothing holds {line(text)!r}.")
    elif shown:
        from rich.console import Console

        headings = ("id", "type", "status", "found in", "text")
        rows = (
            (each.component if first else "", each.type if first else "", each.status if first else "", where, said)
            for each in shown
            for first, (where, said) in ((at == 0, place) for at, place in enumerate(each.places))
        )
        Console(highlight=False, emoji=False).print(table(headings, rows))
    say_more(len(shown), len(found), choice, "components")


def _document(found: "Found") -> dict[str, Any]:
    places = [{"where": where, "text": said} for where, said in found.places]
    return {"id": found.component, "type": found.type, "status": found.status, "found": places}
