"""`scantrail scan goto`: move to where a scan says that the peak is."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.options import address_options
from scantrail.cli.scan.options import config_option, json_option

if TYPE_CHECKING:
    from scantrail.acquire import Aim, Place
    from scantrail.daq import Leg, Trip


@click.command()
@click.argument("place", type=click.Choice(["peak", "com", "cen"]))
@click.argument("run", required=False)
@click.option("--det", "detector", metavar="NAME", help="By this detector or derived column. Default: the first one.")
@config_option
@address_options
@click.option("--sim", is_flag=True, help="Use a simulated beamline in this process, a new one each time.")
@click.option("--preview", is_flag=True, help="Show from where to where; move nothing.")
@json_option
def goto(
    place: "Place",
    run: str | None,
    detector: str | None,
    config: Path | None,
    url: str | None,
    sim: bool,
    preview: bool,
    as_json: bool,
) -> None:
    """Move the motor of RUN, of the newest scan without it, to where that scan says.

    peak: its highest point, or lowest of a dip. com: its raw centroid, that of a dip less the background. cen: the
    middle of its half height, or of an edge. After a mesh both motors move. Where there is no such place, or the scan
    cuts it, nothing moves and the command ends with 1.
    """
    from scantrail.acquire import aim, newest_scan, travel
    from scantrail.cli.runs.places import locate
    from scantrail.cli.scan.plans import station_at
    from scantrail.station import data_root

    station = station_at(config, url, sim=sim)
    there = aim(newest_scan(data_root()) if run is None else locate(run), place, detector)
    for note in there.notes:
        click.echo(f"Notice: {note}", err=True)
    reached: Mapping[str, float] = {}
    with travel(there, station, chosen=sim or url is not None) as trip:
        if not as_json:
            click.echo(f"run {there.run}: {there.found.whole}")
            for leg in trip.legs:
                click.echo(f"{leg.motor} goes from {_at(leg.start, leg)} to {_at(leg.target, leg)}")
        if not preview:
            reached = _gone(trip)
    if as_json:
        click.echo(json.dumps(_document(there, place, trip.legs, reached), indent=2, ensure_ascii=False))
    else:
        for leg in trip.legs:
            click.echo(f"{leg.motor} is at {_at(reached[leg.motor], leg)}" if reached else f"{leg.motor} was not moved")


def _gone(trip: "Trip") -> dict[str, float]:
    """Move, and say what became of the motors if it is interrupted."""
    from scantrail.cli.stopping import interrupted_once

    with interrupted_once():
        try:
            return trip.go()
        except KeyboardInterrupt as error:
            motors = " and ".join(leg.motor for leg in trip.legs)
            for line in getattr(error, "__notes__", (f"{motors} stopped on the way",)):
                click.echo(f"! {line}", err=True)
            raise


def _document(there: "Aim", place: str, legs: "Sequence[Leg]", reached: Mapping[str, float]) -> dict[str, Any]:
    moves = [
        {
            "motor": leg.motor,
            "unit": leg.unit,
            "from": leg.start,
            "to": leg.target,
            "readback": reached.get(leg.motor),
        }
        for leg in legs
    ]
    found = there.found
    return {"run": there.run, "detector": found.detector, "place": place, "sentence": found.whole, "moves": moves}


def _at(position: float, leg: "Leg") -> str:
    return f"{position:.7g} {leg.unit}".rstrip()
