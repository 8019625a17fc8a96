"""`scantrail station`: what the station file says, and a first one to start from."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.errors import InputError, OutputError
from scantrail.station import STATION_FILE, THRESHOLDS, find_station

if TYPE_CHECKING:
    from rich.tree import Tree

    from scantrail.station import Station

_PATH = click.Path(path_type=Path)


@click.group()
def station() -> None:
    """Check or start the file that describes your bench."""


@station.command()
@click.argument("file", required=False, type=_PATH)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(file: Path | None, as_json: bool) -> None:
    """Show what FILE is understood to say; without FILE, the station file in force."""
    from scantrail.station import load_station

    source = find_station(file)
    found = load_station(file)
    if as_json:
        click.echo(json.dumps(_report(source, found), indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    Console(highlight=False, emoji=False).print(_tree(source, found), soft_wrap=True)
    for notice in found.notices():
        click.echo(f"Notice: {notice}")


@station.command()
@click.argument("file", default=STATION_FILE, type=_PATH)
def init(file: Path) -> None:
    """Write a commented example to FILE (./station.toml); a file that exists is never touched."""
    from scantrail.station import EXAMPLE

    try:
        with file.open("x", encoding="utf-8") as example:
            example.write(EXAMPLE)
    except FileExistsError as error:
        raise InputError(f"{file} exists and is left as it is; name another file") from error
    except OSError as error:
        raise OutputError(f"{file} cannot be written: {error.strerror}") from error
    click.echo(f'Wrote {file}. Edit it, then "scantrail station check {file}" shows what it says.')


def _report(source: Path | None, station: "Station") -> dict[str, Any]:
    return {
        "file": None if source is None else str(source),
        "station": station.document(),
        "scans": {name: {"points": len(sensor.span), **_ends(sensor.span)} for name, sensor in station.sensors.items()},
        "notices": list(station.notices()),
    }


def _ends(span: range) -> dict[str, int]:
    """Return the first and last threshold of a scan [DAC], and how many points lie outside what a channel takes."""
    lowest, highest = THRESHOLDS
    return {
        "first": max(span[0], lowest),
        "last": min(span[-1], highest),
        "clamped": sum(not lowest <= threshold <= highest for threshold in span),
    }


def _tree(source: Path | None, station: "Station") -> "Tree":
    from rich.text import Text
    from rich.tree import Tree

    def grow(branch: Tree, table: dict[str, Any], path: str) -> None:
        for key, value in table.items():
            if not isinstance(value, dict):
                branch.add(Text(f"{key} = {json.dumps(value, ensure_ascii=False)}"))
            elif value:
                section = f"{path}.{key}" if path else key
                covers = f"  {_covers(station.sensors[key].span)}" if path == "sensors" else ""
                grow(branch.add(Text.assemble((f"[{section}]", "cyan"), covers)), value, section)

    tree = Tree(Text("built-in defaults: there is no station file" if source is None else str(source), style="bold"))
    grow(tree, station.document(), "")
    return tree


def _covers(span: range) -> str:
    ends = _ends(span)
    clamped = f", {ends['clamped']} of them clamped" if ends["clamped"] else ""
    return f"{len(span)} points, {ends['first']} to {ends['last']} DAC{clamped}"
