"""Long lists, one page at a time: the options that choose it, and the line that says there is more."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
Row = TypeVar("Row")

SIZE = 50
"""Rows a page, unless somebody says otherwise."""


class Choice(NamedTuple):
    """Which rows are shown: page `page`, from 1, of `size` rows each; all of them if `size` is None."""

    page: int
    size: int | None


def page_options(command: Command) -> Command:
    """Add --page and --limit."""
    counted = click.IntRange(min=1)
    command = click.option("--limit", type=counted, metavar="N", help=f"Rows a page: {SIZE}, with --json all.")(command)
    return click.option("--page", type=counted, metavar="N", help="Which page: the first.")(command)


def chosen(page: int | None, limit: int | None, *, as_json: bool) -> Choice:
    """Return the page that was asked for; a program that asks for none has all of them."""
    if as_json and page is None and limit is None:
        return Choice(1, None)
    return Choice(page or 1, limit or SIZE)


def one_page(rows: Sequence[Row], choice: Choice) -> Sequence[Row]:
    """Return the rows of a page."""
    if choice.size is None:
        return rows
    first = (choice.page - 1) * choice.size
    return rows[first : first + choice.size]


def say_more(shown: int, total: int, choice: Choice, what: str) -> None:
    """Say on stderr which of all these, `what` in the plural, were shown if some were left out."""
    if choice.size is None or shown == total:
        return
    first = (choice.page - 1) * choice.size
    last_page = -(-total // choice.size)
    if not shown:
        click.echo(f"There is no page {choice.page}; the last of {total} {what} is on page {last_page}.", err=True)
        return
    more = f"; --page {choice.page + 1} shows the next" if choice.page < last_page else ""
    click.echo(f"{what[:1].upper()}{what[1:]} {first + 1} to {first + shown} of {total}{more}.", err=True)
