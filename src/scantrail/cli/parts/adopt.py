"""`svt adopt` and `findings`: taking over a database of the hps-svt-tracker, and what was against the rules in it."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.parts.opening import by_option, json_option, opened, print_json, tell, unopened

if TYPE_CHECKING:
    from scantrail.tracker import Adopted

INCOMPLETE = 3
"""Exit code when rows wait as findings."""

COLUMNS = ("rows", "adopted")
EXTRA = {"before": "adopted before", "settled": "settled", "waiting": "as findings"}
"""Counts that are shown where there are any, and their headings."""


@click.command()
@click.argument("old", metavar="OLD.db", type=click.Path(path_type=Path))
@click.option("--data", "data_dir", metavar="DIR", type=click.Path(path_type=Path), help="Where its files are.")
@click.option("--timezone", metavar="ZONE", help="Of its times, such as America/New_York; that of this computer.")
@json_option
def adopt(old: Path, data_dir: Path | None, timezone: str | None, as_json: bool) -> int:
    """Take over OLD.db, a database of the hps-svt-tracker, and the files in test_data beside it.

    Every row is kept: in its place, or as a finding where it breaks a rule ("svt findings"). OLD.db stays as it is.
    Ends with 3 if rows are kept as findings alone.
    """
    from scantrail.tracker import adopt as take_over

    with unopened() as database:
        adopted = take_over(database, old, data_dir=data_dir, timezone=timezone)
    if as_json:
        print_json(_document(adopted))
    else:
        _print(adopted)
    return INCOMPLETE if adopted.waiting else 0


@click.command()
@click.option("--all", "everything", is_flag=True, help="Settled ones, too.")
@click.option("--settle", type=int, metavar="NUMBER", help="Mark this finding as settled; needs --answer.")
@click.option("--answer", metavar="TEXT", help="How it was settled.")
@by_option("settled")
@json_option
def findings(everything: bool, settle: int | None, answer: str | None, by: str | None, as_json: bool) -> None:
    """List what an adopted database held against the rules, each with the command that settles it."""
    from scantrail.tracker import findings as found_in
    from scantrail.tracker import settle_finding

    if (settle is None) != (answer is None):
        raise click.UsageError("--settle NUMBER and --answer TEXT belong together")
    with opened() as database:
        if settle is not None and answer is not None:
            done = settle_finding(settle, answer, settled_by=by, db=database)
        else:
            found = [{**row, "command": _here(row["command"])} for row in found_in(database, everything=everything)]
    if settle is not None:
        tell(done, as_json=as_json)
    elif as_json:
        print_json(found)
    else:
        _list(found)


def _print(adopted: "Adopted") -> None:
    from rich.console import Console

    from scantrail.cli.parts.wording import line, table

    console = Console(highlight=False, emoji=False)
    shown = {name: count for name, count in adopted.tables.items() if count.rows}
    columns = [*COLUMNS, *(name for name in EXTRA if any(getattr(count, name) for count in shown.values()))]
    headings = ("table", *(EXTRA.get(name, name) for name in columns))
    console.print(table(headings, ((name, *(getattr(shown[name], each) for each in columns)) for name in shown)))
    console.print()
    if adopted.done.event is None:
        click.echo("Nothing is new.")
    elif adopted.findings:
        click.echo(f'Event {adopted.done.event}, {adopted.findings} findings: "svt findings" lists them.')
    else:
        click.echo(f"Event {adopted.done.event}, no findings.")
    if adopted.original is not None:
        click.echo(f"The old database is {adopted.original} now.")
    for notice in adopted.done.notices:
        click.echo(f"Note: {line(notice)}", err=True)
    if adopted.waiting:
        rows = "1 row is" if adopted.waiting == 1 else f"{adopted.waiting} rows are"
        click.echo(f'Note: {rows} kept as findings alone; "svt findings" says how to settle them', err=True)


def _document(adopted: "Adopted") -> dict[str, Any]:
    return {
        "event": adopted.done.event,
        "tables": {name: _counts(count) for name, count in adopted.tables.items()},
        "findings": adopted.findings,
        "waiting": adopted.waiting,
        "original": None if adopted.original is None else str(adopted.original),
        "notices": list(adopted.done.notices),
    }


def _counts(count: Any) -> dict[str, int]:  # noqa: ANN401 - a count of rows
    return {name: getattr(count, name) for name in (*COLUMNS, *EXTRA)}


def _here(commands: str) -> str:
    """Name the file of this command's database in others; not an address, which may hold a password."""
    db_path, _ = click.get_current_context().obj
    if db_path is None or "://" in db_path:
        return commands
    words = shlex.split(commands)
    starts = [0, *(at + 1 for at, word in enumerate(words) if word == "&&")]
    for at in reversed(starts):
        words[at + 1 : at + 1] = ["--db-path", db_path]
    return " ".join(word if word == "&&" else shlex.quote(word) for word in words)


def _list(found: list[dict[str, Any]]) -> None:
    from scantrail.cli.parts.wording import line, local

    if not found:
        click.echo("There are no open findings.")
        return
    for row in found:
        kept = "adopted" if row["adopted"] else "waits"
        click.echo(f"{row['id']}. {line(row['origin'])} ({kept}): {line(row['said'])}")
        click.echo(f"   rule: {line(row['rule'])}")
        if row["settled"]:
            click.echo(f"   settled {local(row['settled'])} by {line(row['settled_by'])}: {line(row['answer'])}")
        else:
            click.echo(f"   {line(row['command'])}")
    if not all(row["settled"] for row in found):
        click.echo(
            "\nEach command settles its finding; what stands in it in capitals is for you to fill in. Where nothing is"
        )
        click.echo('to be done, say why: "svt findings --settle NUMBER --answer TEXT".')
