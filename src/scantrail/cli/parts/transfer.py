"""`svt import` and `export`: tables in and out."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scantrail.cli.parts.opening import by_option, json_option, opened, print_json, tell

if TYPE_CHECKING:
    from scantrail.errors import ImportRefused
    from scantrail.tracker import Imported

_path = click.Path(path_type=Path)


@click.command("import")
@click.argument("source", metavar="FILE.csv|EXPORT", type=_path)
@click.option("--dry-run", is_flag=True, help="Try everything and write nothing.")
@by_option("imported")
@json_option
def import_(source: Path, dry_run: bool, by: str | None, as_json: bool) -> None:
    """Import FILE.csv, a table of components, tests, installations or connections, known by its headings.

    All of its rows go in, or none; the same file again changes nothing. A directory or a .json file from "svt export"
    goes into a new database.
    """
    from scantrail.errors import ImportRefused
    from scantrail.tracker import import_table, is_export

    if is_export(source):
        _import_export(source, dry_run=dry_run, as_json=as_json)
        return
    try:
        with opened() as database:
            imported = import_table(database, source, dry_run=dry_run, by=by)
    except ImportRefused as refused:
        _report(refused, as_json=as_json)
        raise
    if as_json:
        print_json(_document(imported, dry_run=dry_run))
    else:
        _print(imported, dry_run=dry_run)


@click.command()
@click.argument("target", metavar="DIR|FILE.json", type=_path)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True, help="Of DIR.")
@json_option
def export(target: Path, form: str, as_json: bool) -> None:
    """Write everything that is known, with the attached files, to the new directory DIR or the new FILE.json."""
    from scantrail.tracker import export as write

    with opened() as database:
        exported = write(database, target, "json" if form == "json" else "csv")
    if as_json:
        print_json({"export": str(exported.target), "rows": dict(exported.rows), "files": exported.files})
        return
    shown = ("components", "tests", "installations", "connections", "logs")
    told = ", ".join(_counted(exported.rows[name], name) for name in shown if exported.rows[name])
    files = _counted(exported.files, "attached files")
    click.echo(f"Export: {exported.target} ({told or 'nothing is known yet'}; {files})")


def _import_export(source: Path, *, dry_run: bool, as_json: bool) -> None:
    from scantrail.tracker import default_database, import_export, read_export

    db_path, profile = click.get_current_context().obj
    export = read_export(source)
    with default_database(db_path, profile=profile or export.profile) as database:
        done = import_export(database, export, dry_run=dry_run)
    if dry_run and not as_json:
        click.echo("It would go in whole. Nothing was written.")
    else:
        tell(done, as_json=as_json)


def _print(imported: "Imported", *, dry_run: bool) -> None:
    from scantrail.cli.parts.wording import line

    counts = Counter(outcome.did for outcome in imported.outcomes)
    told = ", ".join(
        f"{counts[did]} {'would be ' * dry_run}{did}" for did in ("added", "changed", "unchanged") if counts[did]
    )
    click.echo(f"{imported.kind.capitalize()}: {told or 'the table has no rows'}")
    if dry_run:
        for outcome in imported.outcomes:
            if outcome.did != "unchanged":
                click.echo(f"  line {outcome.line}: {line(outcome.about)}, {outcome.did}")
        click.echo("Nothing was written.")
    for notice in imported.done.notices:
        click.echo(f"Note: {line(notice)}", err=True)


def _document(imported: "Imported", *, dry_run: bool) -> dict[str, object]:
    rows = [{"line": each.line, "about": each.about, "did": each.did} for each in imported.outcomes]
    return {
        "event": imported.done.event,
        "kind": imported.kind,
        "dry_run": dry_run,
        "rows": rows,
        "notices": list(imported.done.notices),
    }


def _report(refused: "ImportRefused", *, as_json: bool) -> None:
    from scantrail.cli.parts.wording import line

    if as_json:
        problems = [{"line": at, "column": column, "said": said} for at, column, said in refused.problems]
        print_json({"event": None, "problems": problems})
        return
    for at, column, said in refused.problems:
        click.echo(f"line {at}, {line(column)}: {line(said)}", err=True)


def _counted(number: int, what: str) -> str:
    return f"{number} {what.removesuffix('s') if number == 1 else what}"
