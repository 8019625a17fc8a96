"""`scantrail scan run` and `preview`: a scan that stands in a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.scan.options import config_option, json_option, order_options
from scantrail.cli.scan.plans import carry_out, planned, show_plan, station_at
from scantrail.errors import InputError, OutputError

if TYPE_CHECKING:
    from scantrail.daq import ScanConfig

_file = click.argument("file", type=click.Path(path_type=Path), metavar="FILE.toml")


@click.command()
@_file
@order_options
def run(file: Path, **given: Any) -> int:  # noqa: ANN401 - options, handed on
    """Take the scan in FILE: a section [scan] with its type and its fields."""
    return carry_out(plan_in(file), **given)


@click.command()
@_file
@config_option
@json_option
def preview(file: Path, config: Path | None, as_json: bool) -> int:
    """Show the points of the scan in FILE and the expected time; move nothing."""
    from scantrail.acquire import Order

    return show_plan(Order(plan_in(file), station_at(config, None, sim=False)), as_json=as_json)


def plan_in(file: Path) -> "ScanConfig":
    """Return the plan in the section [scan] of a file; a linear one may run downward.

    Raises InputError naming the file and the field, OutputError for a file that cannot be read.
    """
    import tomllib

    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise OutputError(f"cannot read {file}: {error.strerror or error}") from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{file} is no TOML: {error}") from error
    table = document.get("scan")
    if not isinstance(table, dict):
        raise InputError(f'{file} needs a section [scan] with a type, such as type = "linear"')
    if others := [name for name in document if name != "scan"]:
        raise InputError(f"{file}: {others[0]} does not belong into a scan file; all fields stand in [scan]")
    either_way = {"direction": "any"} if table.get("type") == "linear" else {}
    return planned(either_way | table, f"{file}, [scan]: ")
