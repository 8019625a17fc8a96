"""`scantrail runs show`: one run whole."""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.runs.judged import component_lines, judged
from scantrail.cli.runs.places import database_option, locate, run_argument
from scantrail.cli.runs.points import points_table
from scantrail.cli.runs.wording import length, local, status_text
from scantrail.runs import Shown, onward, plan_lines, report, share, shown_run

if TYPE_CHECKING:
    from rich.console import RenderableType


@click.command()
@run_argument
@database_option
@click.option("--all", "whole", is_flag=True, help="Show every point of a long run.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every point.")
def show(run: str, db_path: str | None, whole: bool, as_json: bool) -> None:
    """Show RUN: how it ended, its plan, its components with their verdicts, its points, its files."""
    shown = shown_run(locate(run))
    shown = shown._replace(tests=judged(shown.run, db_path))
    found = report(shown)
    if as_json:
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from scantrail.cli.answers import print_answers
    from scantrail.runs import Result

    console = Console(highlight=False, emoji=False)
    console.print(_facts(shown, found))
    if shown.run.points:
        console.print()
        console.print(points_table(shown.record, console.width, whole=whole))
    for found_there in found["results"].values():
        console.print()
        print_answers([Result(**row) for row in found_there])
    for sentence in found["unreadable"]:
        click.echo(f"! {sentence}", err=True)
    if goes_on := onward(shown.run, shown.later):
        console.print()
        console.print(goes_on, soft_wrap=True)


def _facts(shown: Shown, found: Mapping[str, Any]) -> "RenderableType":
    from rich.table import Table
    from rich.text import Text

    run = shown.run
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(f"run {run.number}", Text(run.kind, style="bold"))
    status = Text.assemble(status_text(run.status), f": {run.reason}" if run.reason else "")
    grid.add_row("status", status)
    for name, lines in _lines(shown, found):
        grid.add_row(name, Text("\n".join(lines)))
    return grid


def _lines(shown: Shown, found: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    run = shown.run
    took = length(run)
    yield "points", [share(run).replace("/", " of ")]
    yield "started", [local(run.started, "%Y-%m-%d %H:%M:%S %Z")]
    if run.ended is not None:
        yield "ended", [f"{local(run.ended, '%Y-%m-%d %H:%M:%S %Z')}, after {took}"]
    elif took:
        yield "running", [f"for {took}"]
    yield "operator", [f"{run.operator} on {run.host}"]
    yield "version", [str(found["version"])]
    yield "uid", [run.uid]
    for name, lines in {
        "goes on with": [found["resumed_from"]] if found["resumed_from"] else [],
        "components": [*component_lines(run, shown.tests)],
        "plan": list(plan_lines(found["plan"])),
        "dark": [_dark(key, dark) for key, dark in found["dark"].items()],
        "streams": [", ".join(f"{name} {events}" for name, events in found["streams"].items())],
        "restored": [_restored(row) for row in found["restored"]],
        "skipped": [_skipped(row) for row in found["skipped"]],
        "directory": [str(run.directory)],
        "files": _files(found["files"]),
    }.items():
        if any(lines):
            yield name, lines


def _dark(key: str, dark: Mapping[str, Any]) -> str:
    error = f" ± {dark['error']:.2g}" if dark["error"] is not None else ""
    return f"{key}: {dark['reading']:.6g}{error} {dark['unit']}".rstrip() + f", run {dark['run']}"


def _restored(row: Mapping[str, Any]) -> str:
    if row["status"] == "success":
        return f"channel {row['channel']} is back at {row['new_threshold']} DAC"
    return f"channel {row['channel']} is not back at {row['new_threshold']} DAC: {row['status']}"


def _skipped(row: Mapping[str, Any]) -> str:
    where = ", ".join(f"{key} {value}" for key, value in row.items() if key != "reason")
    return f"{where}: {row.get('reason')}"


def _files(sizes: Mapping[str, int]) -> list[str]:
    from rich.filesize import decimal

    width = max(map(len, sizes), default=0)
    return [f"{name:<{width}}  {decimal(size):>10}" for name, size in sizes.items()]
