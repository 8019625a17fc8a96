"""What the threshold commands do with a detector beyond a scan: open the rig, write thresholds, say what came of it."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scantrail.acquire import RigOptions
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, Write


def opened(
    config: Path | None, mock: bool, url: str | None, speed: float | None, seed: int | None
) -> "tuple[Station, RigOptions]":
    """Return the station in force, its notices said on stderr, and how the rig is opened. Raises InputError."""
    from scantrail.acquire import RigOptions, at_address, over_control_system
    from scantrail.errors import InputError
    from scantrail.station import load_station

    station = load_station(config)
    for notice in station.notices():
        click.echo(notice, err=True)
    options = RigOptions(mock, speed, seed)
    if url is None:
        return station, options
    if not over_control_system(station, options):
        raise InputError(
            f"--url {url}: the thresholds are no PVs there; give each [sensors.chN] of the station file its "
            "threshold_pv and rate_pv, and leave out --mock"
        )
    return at_address(station, url), options


def configured(station: "Station", **given: Any) -> "HaniwersConfig":  # noqa: ANN401 - options, checked there
    """Return the station's configuration with the command line's options in it. Raises InputError."""
    from scantrail.threshold import HaniwersConfig

    return HaniwersConfig.from_station(station).with_options(**given)


def print_writes(writes: "Sequence[Write]", *, as_json: bool) -> None:
    """Print what became of threshold writes, failures on stderr."""
    if as_json:
        click.echo(json.dumps(write_rows(writes), indent=2))
        return
    for one in writes:
        if one.error is None:
            click.echo(f"channel {one.channel}: {one.value} confirmed")
        else:
            click.echo(f"Error: {one.error}", err=True)


def write_rows(writes: "Sequence[Write]") -> list[dict[str, Any]]:
    """Return threshold writes as JSON-safe values."""
    return [
        {"channel": one.channel, "threshold": one.value, "attempts": one.attempts, "status": one.status}
        for one in writes
    ]


def write_all(station: "Station", rig: "RigOptions", wanted: Mapping[int, int], max_retry: int | None) -> "list[Write]":
    """Write thresholds [DAC] by channel, each with its retries; a lost link ends it. Raises LinkError, InputError."""
    from scantrail.acquire import counting_detector
    from scantrail.errors import LinkLost
    from scantrail.threshold import write_threshold

    attempts = configured(station, max_retry=max_retry, speed=rig.speed).sampler.max_retry
    writes: list[Write] = []
    with counting_detector(station, rig) as detector:
        for channel, value in wanted.items():
            writes.append(write_threshold(detector, channel, value, max_retry=attempts))
            if isinstance(writes[-1].error, LinkLost):
                break
    return writes


def writes_code(writes: "Sequence[Write]", wanted: int) -> int:
    """Return the exit code of so many wanted writes: 0 all confirmed, 3 some of them, 1 none."""
    confirmed = sum(one.error is None for one in writes)
    return 0 if confirmed == wanted else 3 if confirmed else 1
