"""`scantrail web`: the page that shows it all, links that open it, and tokens of scripts."""

import json
from typing import TYPE_CHECKING

import click

from scantrail.cli.runs.places import database_option

if TYPE_CHECKING:
    from scantrail.tracker import Database
    from scantrail.web import Served

PORT = 8737


@click.group(invoke_without_command=True)
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="No other is served.")
@click.option("--open", "browse", is_flag=True, help="Open it in your browser.")
@database_option
@click.pass_context
def web(context: click.Context, port: int, host: str, browse: bool, db_path: str | None) -> None:
    """Serve the page that shows runs, components, positions and tests, on this machine alone, until Ctrl-C.

    It runs no scan itself: scans go on when it ends.
    """
    context.obj = db_path
    if context.invoked_subcommand is not None:
        return
    from scantrail.station import data_root

    _need_extra()
    from scantrail.web import serve

    def tell(served: "Served") -> None:
        click.echo(f"The page is at {served.address}; this link opens it once, within ten minutes:")
        click.echo(served.link)
        if browse:
            click.launch(served.link)

    try:
        serve(data_root(), db_path, host=host, port=port, opened=tell)
    except KeyboardInterrupt:
        click.echo("The page is closed; scans go on.", err=True)


@web.command()
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True, help="Of the page.")
def link(port: int) -> None:
    """Print a new link to a page that is served; it opens the page once, within ten minutes."""
    from scantrail.station import data_root

    _need_extra()
    from scantrail.web import new_link

    click.echo(new_link(data_root(), port))


@web.group()
def token() -> None:
    """Make, list and revoke tokens of scripts that use the API."""


@token.command("new")
@click.argument("name")
@click.option("--scope", type=click.Choice(["read", "change"]), default="read", show_default=True, help="What it may.")
@click.option(
    "--days", type=click.FloatRange(min=0.0, min_open=True), default=90.0, show_default=True, help="It holds."
)
@click.pass_context
def new(context: click.Context, name: str, scope: str, days: float) -> None:
    """Make a token called NAME and print it, the only time it is shown."""
    from typing import cast

    from scantrail.tracker import Scope, new_token

    with _database(context) as database:
        click.echo(new_token(database, name, cast("Scope", scope), days=days))


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """List all tokens that were ever made, never what they are."""
    from scantrail.tracker import list_tokens, stamp

    with _database(context) as database:
        found = list_tokens(database)
    rows = [
        {
            "name": each.name,
            "scope": each.scope,
            "user": each.user,
            "made": stamp(each.made),
            "expires": stamp(each.expires),
            "revoked": None if each.ended is None else stamp(each.ended),
            "holds": each.holds,
        }
        for each in found
    ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    elif not rows:
        click.echo('There are no tokens yet. "scantrail web token new NAME" makes one.')
    else:
        from rich.console import Console

        from scantrail.cli.parts.wording import table

        lines = [(e.name, e.scope, e.user, e.made, e.expires, "yes" if e.holds else "no") for e in found]
        Console(highlight=False, emoji=False).print(table(("name", "scope", "user", "made", "expires", "holds"), lines))


@token.command()
@click.argument("name")
@click.pass_context
def revoke(context: click.Context, name: str) -> None:
    """End the token called NAME at once."""
    from scantrail.tracker import revoke_token

    with _database(context) as database:
        ended = revoke_token(database, name)
    click.echo(f"The token {ended.name!r} holds no more.")


def _database(context: click.Context) -> "Database":
    from scantrail.tracker import get_default_db

    return get_default_db(context.obj)


def _need_extra() -> None:
    """Refuse where what the page needs is not installed. Raises InputError."""
    from importlib.util import find_spec

    from scantrail.errors import InputError

    needed = ("fastapi", "itsdangerous", "jinja2", "plotly", "multipart", "uvicorn")
    if missing := [name for name in needed if find_spec(name) is None]:
        raise InputError(f'the page needs {", ".join(missing)}: pip install "scantrail[web]"')
