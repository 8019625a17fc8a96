"""`scantrail device monitor`: PVs as they change."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import datetime
from itertools import count, islice
from pathlib import Path

import click

from scantrail.cli.device.look import shown
from scantrail.cli.device.reach import Place, by_url, described, device_options, identity, place, reached, station_of
from scantrail.links import Client, Column, Reading


@click.command()
@click.argument("pvs", nargs=-1, required=True, metavar="PV…")
@click.option("--interval", type=float, default=1.0, show_default=True, metavar="S", help="Time between updates [s].")
@click.option("--count", "rounds", type=click.IntRange(min=1), metavar="N", help="Updates of each PV; without, no end.")
@device_options
def monitor(
    pvs: tuple[str, ...],
    interval: float,
    rounds: int | None,
    config: Path | None,
    url: str | None,
    sim: bool,
    as_json: bool,
) -> None:
    """Print PVs again and again, a line an update (with --json an object a line), until Ctrl-C.

    The beamline's server sends at most ten updates of a PV a second.
    """
    station = station_of(config, url, sim=sim)
    places = [place(name, station) for name in pvs]
    with reached(places, station) as client:
        columns = described(places, station, client)
        width = max(len(each.name) for each in places)
        for each, reading in _updates(places, client, interval, rounds):
            column = columns[each.url, each.pv]
            click.echo(_object(each, reading, column) if as_json else _line(each, reading, column, width))


def _updates(
    places: Sequence[Place], client: Callable[[str], Client], interval: float, rounds: int | None
) -> Iterator[tuple[Place, Reading]]:
    """Yield an update of every place, round after round."""
    with ExitStack() as stack:
        watched = [
            (group, stack.enter_context(client(url).monitor([each.pv for each in group], interval)))
            for url, group in by_url(places).items()
        ]
        for _ in count() if rounds is None else range(rounds):
            for group, updates in watched:
                # of each control system they come in the order of its PVs
                for each, (_, reading) in zip(group, islice(updates, len(group)), strict=True):
                    yield each, reading


def _line(each: Place, reading: Reading, column: Column, width: int) -> str:
    when = datetime.fromtimestamp(reading.time).isoformat(sep=" ", timespec="milliseconds")
    value = shown(reading) + (f" {column.units}" if column.units else "")
    return f"{when}  {each.name.ljust(width)}  {value}{f'  ({reading.error})' if reading.error else ''}"


def _object(each: Place, reading: Reading, column: Column) -> str:
    document = identity(each) | {"value": reading.value, "units": column.units, "time": reading.time}
    return json.dumps(document | {"error": reading.error}, ensure_ascii=False)
