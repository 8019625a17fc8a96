"""What the commands of the tracker share: their database, who acts, and how an outcome is told."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from scantrail.cli.outbox import settle_owed
from scantrail.cli.parts.completion import of

if TYPE_CHECKING:
    from scantrail.tracker import Database, Done

Command = TypeVar("Command", bound=Callable[..., Any])

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
component_argument = click.argument("component_id", metavar="ID", shell_complete=of("component"))


def by_option(name: str) -> Callable[[Command], Command]:
    """Return the option `--<name>-by`: who did it, the login if nobody says."""
    return click.option(f"--{name}-by", "by", metavar="NAME", help="Who did it; your login if not given.")


def policy_options(command: Command) -> Command:
    """Add --force and --reason: a step that the profile's policy holds back."""
    command = click.option("--reason", metavar="TEXT", help="Why the policy is waived.")(command)
    return click.option("--force", is_flag=True, help="Take a step that the profile holds back; needs --reason.")(
        command
    )


def opened() -> "Database":
    """Open the database that was chosen. Raises InputError, ConfigError, DatabaseError, ProfileError."""
    from scantrail.tracker import get_default_db

    db_path, profile = click.get_current_context().obj
    database = get_default_db(db_path, profile=profile)
    if database.outdated:
        click.echo('Note: the database keeps another version of this profile; "svt update-profile" takes it', err=True)
    settle_owed(database.url)
    return database


def tell(done: "Done", *, as_json: bool) -> None:
    """Print what a command did; notices go to stderr."""
    from scantrail.cli.parts.wording import line

    if as_json:
        print_json({"event": done.event, "time": done.time, "said": done.said, "notices": list(done.notices)})
        return
    said = line(done.said) if done.said else "Nothing was to do."
    click.echo(said[:1].upper() + said[1:])
    for notice in done.notices:
        click.echo(f"Note: {line(notice)}", err=True)


def print_json(document: object) -> None:
    """Print JSON; times ISO 8601 in UTC."""
    from datetime import datetime

    from scantrail.tracker import stamp

    def plain(value: object) -> str:
        return stamp(value) if isinstance(value, datetime) else str(value)

    click.echo(json.dumps(document, indent=2, ensure_ascii=False, default=plain))


def words(given: tuple[str, ...], option: str) -> dict[str, str]:
    """Read `name=value` options whose values are text. Raises UsageError, also for a name that is given twice."""
    found: dict[str, str] = {}
    for each in given:
        name, equals, value = each.partition("=")
        if not equals or not name.strip():
            raise click.UsageError(f"{option} {each!r} is no name=value")
        if name.strip() in found:
            raise click.UsageError(f"{option} {name.strip()!r} is given twice")
        found[name.strip()] = value
    return found


def pairs(given: tuple[str, ...], option: str) -> dict[str, Any]:
    """Read `name=value` options as `words`; a value that is JSON is taken as that, any other as text.

    Raises UsageError, also for a list or a table that is begun and no JSON: it would be kept as text.
    """
    return {name: _value(name, value, option) for name, value in words(given, option).items()}


def _value(name: str, value: str, option: str) -> object:
    try:
        return json.loads(value)
    except RecursionError as error:
        raise click.UsageError(f"{option} {name!r} is nested too deep") from error
    except ValueError as error:
        if value.strip()[:1] in {"[", "{"}:
            raise click.UsageError(f"{option} {name}={value!r} is no JSON: {error}") from error
        return value


def unopened() -> "Database":
    """Return the database that was chosen without making it. Raises InputError, ConfigError."""
    from scantrail.tracker import default_database

    db_path, profile = click.get_current_context().obj
    return default_database(db_path, profile=profile)
