"""`svt show`: all that is known of one component."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.parts.lists import place_in_words
from scantrail.cli.parts.opening import component_argument, json_option, opened, print_json

if TYPE_CHECKING:
    from rich.table import Table


@click.command()
@component_argument
@json_option
def show(component_id: str, as_json: bool) -> None:
    """Show component ID: its parts, tests, installations, connections and logs, newest first."""
    from scantrail.tracker import detail

    with opened() as database:
        found = detail(database, component_id)
    if as_json:
        print_json(found)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    console.print(_facts(found))
    for title, section in _sections(found):
        console.print()
        console.print(Text(title, style="bold underline"))
        console.print(section)


def _facts(found: dict[str, Any]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    from scantrail.cli.parts.wording import line, local, status_text, visible

    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(found["type"]), Text(line(found["id"]), style="bold"))
    grid.add_row("status", status_text(found["status"]))
    facts = {
        "place": place_in_words(found),
        "manufacturer": found["manufacturer"],
        "serial": found["serial"],
        "notes": found["notes"],
        "added": local(found["created"]),
        "changed": local(found["updated"]),
    }
    for name, value in facts.items():
        if value:
            grid.add_row(name, Text(visible(value)))
    for name, value in found["attributes"].items():
        grid.add_row(Text(line(name)), Text(line(str(value))))
    return grid


def _sections(found: dict[str, Any]) -> "Iterator[tuple[str, Table]]":
    from scantrail.cli.parts.wording import table, verdict

    if found["slots"]:
        rows = [(row["slot"], row["child"] or "empty", row["attached"]) for row in found["slots"]]
        yield "Parts", table(("slot", "part", "since"), rows)
    if found["tests"]:
        tests = [
            (
                row["tested"],
                row["test_type"] + (" (superseded)" if row["superseded"] else ""),
                verdict(row["pass_fail"], row["measured"]),
                ", ".join(f"{name} {_number(value)}" for name, value in row["measurements"].items()),
                "\n".join(file["path"] for file in row["files"]),
                row["tested_by"],
                row["notes"],
            )
            for row in found["tests"]
        ]
        yield "Tests", table(("time", "type", "verdict", "measured", "files", "by", "notes"), tests)
    if found["installations"]:
        sat = [
            (
                row["position"] + (f" (via {row['via']})" if row.get("via") else ""),
                row["run_period"],
                row["installed"],
                row["installed_by"],
                row["removed"],
                row["removed_by"],
                " ".join(filter(None, (row["reason"], f"({row['outcome']})" if row["outcome"] else ""))),
            )
            for row in found["installations"]
        ]
        yield "Installations", table(("position", "run period", "installed", "by", "removed", "by", "reason"), sat)
    if found["connections"]:
        columns = ("a", "a_port", "b", "b_port", "cable", "connected")
        rows = [tuple(row[column] for column in columns) for row in found["connections"]]
        yield "Connections", table(("component", "port", "component", "port", "cable", "since"), rows)
    if found["logs"]:
        logs = [
            (
                row["id"],
                row["opened"],
                row["type"] + (f" ({row['severity']})" if row["severity"] else ""),
                row["text"] + (f" — resolved: {row['resolution']}" if row["resolved"] else ""),
                row["opened_by"],
            )
            for row in found["logs"]
        ]
        yield "Logs", table(("number", "time", "type", "text", "by"), logs)


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
