"""From the names on a command line to PVs, and to the control systems on which they stand."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from scantrail.cli.options import PATH, address_options, options
from scantrail.errors import InputError, UnknownPV
from scantrail.links import Client, Column, connect, devices_of, nearest
from scantrail.station import DetectorConfig, MotorConfig, Station, load_station

SUFFIXES = (".RBV", ".DMOV")
"""What a name may carry as a PV does: its readback, whether it is done."""

device_options = options(
    click.option("--config", type=PATH, help="Station file. Default: the one in force."),
    address_options,
    click.option("--sim", is_flag=True, help="Use a simulated beamline in this process, a new one each time."),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)


@dataclass(frozen=True, slots=True)
class Place:
    """A device as the user named it: its PV, and its section of the station file if there is one."""

    name: str
    pv: str
    url: str
    config: MotorConfig | DetectorConfig | None = None

    @property
    def motor(self) -> MotorConfig | None:
        """What the station file says of it, if it is a motor."""
        return self.config if isinstance(self.config, MotorConfig) else None

    def refuse_beyond(self, value: float) -> None:
        """Raise InputError for what is not finite, or outside the limits in the station file."""
        if not math.isfinite(value):
            raise InputError(f"{self.name} takes a finite number, not {value}")
        if self.motor is not None and self.motor.limits is not None:
            low, high = self.motor.limits
            if not low <= value <= high:
                units = f" {self.motor.units}" if self.motor.units else ""
                raise InputError(f"{self.name} takes {low:g} to {high:g}{units}, not {value:g}; nothing was sent")


def station_of(config: Path | None, url: str | None, *, sim: bool) -> Station:
    """Return the station with its beamline where the options say. Raises ConfigError, InputError."""
    from scantrail.acquire import at_address, simulated

    if sim and url is not None:
        raise InputError(f"--sim and --url {url} are two beamlines; give one of them")
    station = load_station(config)
    if sim:
        return simulated(station)
    return station if url is None else at_address(station, url)


def place(name: str, station: Station) -> Place:
    """Find a device by its name in the station file, with a suffix as a PV has it, or by its PV."""
    named: dict[str, MotorConfig | DetectorConfig] = {**station.detectors, **station.motors}
    root = next((name.removesuffix(suffix) for suffix in SUFFIXES if name.endswith(suffix)), name)
    config = named.get(root)
    if config is None:
        config = next((device for device in named.values() if device.pv == root), None)
        pv = name
    else:
        pv = config.pv + name.removeprefix(root)
    return Place(name, pv, (config.url if config else None) or station.beamline.url, config)


@contextmanager
def reached(places: Sequence[Place], station: Station) -> Iterator[Callable[[str], Client]]:
    """Connect what the places stand on; gives the client of an address, disconnected on leaving.

    Raises InputError for an address that is none, LinkError, ReplyTimeout.
    """
    with ExitStack() as stack:
        clients: dict[str, Client] = {}
        for url in dict.fromkeys(each.url for each in places):
            client = connect(url, station.beamline.timeout, devices_of(station, url))
            clients[url] = stack.enter_context(closing(client))
        yield clients.__getitem__


def by_url(places: Sequence[Place]) -> dict[str, list[Place]]:
    """Sort places by their control systems, in the order in which they were named."""
    groups: dict[str, list[Place]] = {}
    for each in places:
        groups.setdefault(each.url, []).append(each)
    return groups


def described(
    places: Sequence[Place], station: Station, client: Callable[[str], Client]
) -> dict[tuple[str, str], Column]:
    """Return what is known of each place, by address and PV. Raises UnknownPV with the nearest names."""
    try:
        return {
            (url, pv): column
            for url, group in by_url(places).items()
            for pv, column in client(url).describe([each.pv for each in group]).items()
        }
    except UnknownPV as error:
        for each in places:
            if each.config is None and f'"{each.pv}"' in str(error):
                close = nearest(each.name, (*station.motors, *station.detectors))
                if close:
                    error.add_note(f"The station file has {', '.join(close)}.")
        raise


def identity(each: Place) -> dict[str, Any]:
    """Return how JSON names a place."""
    return {"name": each.name, "pv": each.pv, "url": each.url}
