"""`scantrail device list|get|status`: what there is, and what it says."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from scantrail.cli.device.reach import Place, by_url, described, device_options, identity, place, reached, station_of
from scantrail.errors import MotionError, UnknownPV
from scantrail.links import Client, Column, Reading, nearest

FAILED, INCOMPLETE = 1, 3


@click.command(name="list")
@click.argument("pattern", required=False)
@device_options
def list_devices(pattern: str | None, config: Path | None, url: str | None, sim: bool, as_json: bool) -> None:
    """Name the PVs of the beamline, all or those that match PATTERN, such as "BL02:DET:*".

    Beside each stand its name, its unit and its limits, as far as the station file knows them.
    """
    station = station_of(config, url, sim=sim)
    beamline = Place("", "", station.beamline.url)
    with reached([beamline], station) as client:
        pvs = client(beamline.url).list_pvs(pattern)
        if not pvs and pattern is not None:
            raise _none_like(pattern, client(beamline.url))
        columns = client(beamline.url).describe(pvs)
    known = (place(name, station) for name in (*station.motors, *station.detectors))
    here = {each.pv: each.name for each in known if each.url == beamline.url}
    if as_json:
        rows = [{"pv": pv, "name": here.get(pv), **_known(columns[pv])} for pv in pvs]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print_columns([pv, here.get(pv, ""), columns[pv].units or "", _limits(columns[pv])] for pv in pvs)


@click.command()
@click.argument("pvs", nargs=-1, required=True, metavar="PV…")
@device_options
def get(pvs: tuple[str, ...], config: Path | None, url: str | None, sim: bool, as_json: bool) -> int:
    """Read PVs, all in one round trip. Ends with 3 if some of them cannot be read, with 1 if none can."""
    station = station_of(config, url, sim=sim)
    places = [place(name, station) for name in pvs]
    with reached(places, station) as client:
        columns = described(places, station, client)
        readings = _read(places, client, station.beamline.timeout)
    units = [columns[each.url, each.pv].units for each in places]
    if as_json:
        rows = [
            identity(each) | {"value": reading.value, "units": unit, "time": reading.time, "error": reading.error}
            for each, unit, reading in zip(places, units, readings, strict=True)
        ]
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print_columns(
            [each.name, shown(reading), unit or ""] for each, unit, reading in zip(places, units, readings, strict=True)
        )
    failures = [reading.error for reading in readings if reading.value is None]
    for failure in failures:
        click.echo(f"Error: {failure}", err=True)
    return 0 if not failures else FAILED if len(failures) == len(readings) else INCOMPLETE


@click.command()
@click.argument("motors", nargs=-1, required=True, metavar="MOTOR…")
@device_options
def status(motors: tuple[str, ...], config: Path | None, url: str | None, sim: bool, as_json: bool) -> int:
    """Tell of each motor whether it moves, where it is and where it was sent.

    Ends with 3 if one of them has a fault: it stalled, or hit a limit switch.
    """
    station = station_of(config, url, sim=sim)
    places = [place(name, station) for name in motors]
    with reached(places, station) as client:
        columns = described(places, station, client)
        rows = [
            _status(each, client(each.url), columns[each.url, each.pv], station.beamline.timeout) for each in places
        ]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        print_columns(
            [
                row["name"],
                row["status"],
                f"at {row['position']:g}",
                row["units"] or "",
                f"sent to {row['setpoint']:g}",
                f"takes {_limits(column)}" if (column := columns[each.url, each.pv]).limits else "",
            ]
            for each, row in zip(places, rows, strict=True)
        )
    return INCOMPLETE if any(row["status"] == "FAULT" for row in rows) else 0


def print_columns(rows: Iterable[Sequence[str]]) -> None:
    """Print rows of text in columns, each as wide as its widest cell."""
    table = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width)
        click.echo("  ".join(cells).rstrip())


def shown(reading: Reading) -> str:
    """Write the value of a reading, a dash for none."""
    return f"{reading.value:g}" if isinstance(reading.value, int | float) else str(reading.value or "–")


def _read(places: Sequence[Place], client: Callable[[str], Client], timeout: float) -> list[Reading]:
    groups = by_url(places)
    answers = {url: iter(client(url).read([each.pv for each in group], timeout)) for url, group in groups.items()}
    return [next(answers[each.url]) for each in places]


def _status(each: Place, client: Client, column: Column, timeout: float) -> dict[str, Any]:
    try:
        state = "MOVING" if client.moving({each.pv}, timeout) else "IDLE"
    except MotionError:
        state = "FAULT"
    position, setpoint = client.get_many([f"{each.pv}.RBV", each.pv])
    return identity(each) | {"status": state, "position": position, "setpoint": setpoint, **_known(column)}


def _known(column: Column) -> dict[str, Any]:
    return {"units": column.units, "limits": column.limits}


def _limits(column: Column) -> str:
    return f"{column.limits[0]:g} to {column.limits[1]:g}" if column.limits else ""


def _none_like(pattern: str, client: Client) -> UnknownPV:
    close = nearest(pattern, client.list_pvs())
    hint = f". Did you mean {', '.join(close)}?" if close else '; patterns are globs, such as "BL02:DET:*"'
    return UnknownPV(f'{client.url} has no PV like "{pattern}"{hint}', nearest=close)
