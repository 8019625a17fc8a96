"""`svt show`: all that is known of one component."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.parts.lists import place_in_words
from scantrail.cli.parts.opening import component_argument, json_option, opened, print_json
from scantrail.cli.parts.wording import line, local, status_text, table, verdict, visible

if TYPE_CHECKING:
    from rich.table import Table

    from scantrail.tracker import Database


@click.command()
@component_argument
@json_option
def show(component_id: str, as_json: bool) -> None:
    """Show component ID: its parts, tests, installations, connections and logs, newest first."""
    from scantrail.tracker import detail

    with opened() as database:
        if as_json:
            print_json(detail(database, component_id))
        else:
            print_card(database, component_id)


def print_card(database: "Database", component_id: str) -> None:
    """Print what is known of a component as tables. Raises ComponentNotFound."""
    from scantrail.tracker import detail

    found = detail(database, component_id)
    units = {name: kind.quantities for name, kind in database.profile.tests.items()}
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, emoji=False)
    console.print(_facts(found))
    for title, section in _sections(found, units):
        console.print()
        console.print(Text(title, style="bold underline"))
        console.print(section)
    files = [file["path"] for test in found["tests"] for file in test["files"]]
    if files:
        console.print()
    for directory in dict.fromkeys(path.rpartition("/")[0] for path in files):
        # in one piece, however long, so that it can be copied
        console.print(Text(f"Files in {line(str(database.data_dir / directory))}"), soft_wrap=True)


def _facts(found: dict[str, Any]) -> "Table":
    from rich.table import Table
    from rich.text import Text

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


def _sections(found: dict[str, Any], units: Mapping[str, Mapping[str, str]]) -> "Iterator[tuple[str, Table]]":
    if found["slots"]:
        rows = [(row["slot"], row["child"] or "empty", row["attached"]) for row in found["slots"]]
        yield "Parts", table(("slot", "part", "since"), rows)
    if found["tests"]:
        tests = [
            (
                [local(row["tested"]), f"by {row['tested_by']}"],
                row["test_type"] + (" (superseded)" if row["superseded"] else ""),
                _verdict(row["pass_fail"], row["measured"]),
                _told(row, units.get(row["test_type"], {})),
            )
            for row in found["tests"]
        ]
        yield "Tests", table(("time", "type", "verdict", "measured"), tests)
    if found["runs"]:
        runs = [
            (row["number"], row["kind"].replace("_", " "), row["status"], row["points"], row["started"])
            for row in found["runs"]
        ]
        yield "Runs", table(("run", "kind", "ended with", "points", "started"), runs)
    if found["installations"]:
        sat = [
            (
                [row["position"], *([f"via {row['via']}"] if row.get("via") else [])],
                row["run_period"],
                [local(row["installed"]), f"by {row['installed_by']}"],
                [local(row["removed"]), f"by {row['removed_by']}"] if row["removed"] else "",
                [each for each in (row["reason"], row["outcome"] and f"({row['outcome']})", row["notes"]) if each],
            )
            for row in found["installations"]
        ]
        yield "Installations", table(("position", "run period", "installed", "removed", "reason"), sat)
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


def _verdict(stated: bool | None, measured: bool | None) -> list[str]:
    """Return the verdicts in lines, for a narrow column."""
    if stated is None and measured is not None:
        return ["pass" if measured else "fail", "by its limits"]
    return verdict(stated, measured).replace(" (", "\n(").split("\n")


def _told(test: dict[str, Any], units: Mapping[str, str]) -> list[str]:
    """Say what a test found, a line each: quantities as they are declared, notes, names of files."""
    from scantrail.tracker import declared_name, error_of

    found = test["measurements"]
    order = list(units)
    errors = {error_of(name) for name in found}
    named = sorted(
        (name for name in found if name not in errors),
        key=lambda name: order.index(of) if (of := declared_name(name)) in order else len(order),
    )
    measured = [_quantity(name, found, units.get(name) or units.get(declared_name(name), "")) for name in named]
    # those of several channels stand below one another
    lines = measured if any(" " in name for name in named) else [", ".join(measured)]
    # files of a run are known by their names, and there are many
    kept = [file["path"].rpartition("/")[2] for file in test["files"]]
    files = [", ".join(file["name"] for file in test["files"])] if test["run_uid"] else kept
    limits = [f"limit {one['limit']}: {limit_in_words(one, numbered=False)}" for one in test["limits"]]
    return [each for each in (*lines, *limits, test["notes"], *files) if each]


def limit_in_words(limit: Mapping[str, Any], *, numbered: bool = True) -> str:
    """Say which version of a limit judged."""
    from scantrail.tracker import in_words

    words = f"{limit['quantity']} {in_words(limit['low'], limit['high'], None)}"
    return f"{words} (limit {limit['limit']})" if numbered else words


def _quantity(name: str, found: Mapping[str, Any], unit: str) -> str:
    from scantrail.tracker import error_of

    error = found.get(error_of(name))
    if not isinstance(error, float) or not isinstance(found[name], float):
        return f"{name} {_number(found[name], unit)}"
    from scantrail.cli.answers import with_error
    from scantrail.runs import Result

    told = with_error(Result(name, found[name], error, unit, "", ""))
    return f"{name} {told} {unit}".strip()


def _number(value: object, unit: str) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:g} {unit}".strip()
