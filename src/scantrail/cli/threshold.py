"""`scantrail threshold`: scan and write the thresholds of a counting detector."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scantrail.acquire import RigOptions
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, ThresholdPlan, Write

_PATH = click.Path(path_type=Path)
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def options(*several: Decorator) -> Decorator:
    """Join several click options into one decorator, shown in the order given."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(several):
            function = option(function)
        return function

    return decorate


hardware_options = options(
    click.option("--config", type=_PATH, help="Station file. Default: the one in force."),
    click.option("--mock", is_flag=True, help="Use the simulated detector."),
    click.option("--speed", type=float, help="Simulated seconds in a second. Default: [mocker] speed."),
    click.option("--seed", type=click.IntRange(min=0), help="Start of the simulator's random numbers."),
    click.option("--max-retry", type=int, help="Attempts to write a threshold, in all."),
)
scan_options = options(
    click.option("--thresholds", metavar="C:V;…", help='Centre [DAC] of each channel to scan: "1:200;2:300;3:250".'),
    click.option("--nsteps", metavar="N", help='Steps on each side of the centre: "8", or "1:8;2:10".'),
    click.option("--step", metavar="N", help='Distance of two thresholds [DAC]: "5", or "1:5;2:2".'),
    click.option("--duration", type=float, help="Dwell at each point [s]."),
    click.option("--suppress-threshold", type=int, help="Threshold that silences a channel [DAC]."),
    click.option("--direction", type=click.Choice(["up", "down"]), default="up", show_default=True),
    click.option("--workspace", type=_PATH, help="Directory of the CSV files. Default: the run's own."),
    click.option("--db-path", help="Database of the catalogue: a file or an SQLAlchemy URL."),
    hardware_options,
    click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON."),
)


@click.group()
def threshold() -> None:
    """Scan and write the thresholds of a counting detector."""


@threshold.command()
@scan_options
def serial(**given: Any) -> int:  # noqa: ANN401 - click's own options
    """Scan one channel after the other, all the others suppressed."""
    from scantrail.threshold import serial_plan

    return _scan(serial_plan, **given)


@threshold.command()
@scan_options
def parallel(**given: Any) -> int:  # noqa: ANN401 - click's own options
    """Step all channels together and count once a step."""
    from scantrail.threshold import parallel_plan

    return _scan(parallel_plan, **given)


@threshold.command()
@click.option("--thresholds", metavar="C:V;…", required=True, help='Threshold [DAC] of each channel: "1:280;2:300".')
@hardware_options
@click.option("--json", "as_json", is_flag=True, help="Print the writes as JSON.")
def write(thresholds: str, max_retry: int | None, as_json: bool, **hardware: Any) -> int:  # noqa: ANN401
    """Write thresholds and have the detector confirm them."""
    from scantrail.acquire import counting_detector
    from scantrail.errors import LinkLost
    from scantrail.threshold import parse_thresholds, write_threshold

    wanted = parse_thresholds(thresholds)
    station, rig = _opened(**hardware)
    config = _config(station, max_retry=max_retry, speed=rig.speed)
    writes = []
    with counting_detector(station, rig) as detector:
        for channel, value in wanted.items():
            writes.append(write_threshold(detector, channel, value, max_retry=config.sampler.max_retry))
            if isinstance(writes[-1].error, LinkLost):
                break
    _print_writes(writes, as_json)
    failed = len(wanted) - sum(one.error is None for one in writes)
    return 0 if not failed else 1 if failed == len(wanted) else 3


@threshold.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def ports(as_json: bool) -> None:
    """List the serial ports, and which one `auto` takes."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from scantrail.threshold import candidates

    found = candidates()
    if as_json:
        click.echo(json.dumps([candidate._asdict() for candidate in found], indent=2))
        return
    if not found:
        click.echo("No serial port was found. Is the detector plugged in? --mock takes the simulated one.")
        return
    table = Table("port", "manufacturer", "description", "auto", box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    alone = sum(candidate.likely for candidate in found) == 1
    for candidate in found:
        auto = "" if not candidate.likely else "takes it" if alone else "one of several"
        table.add_row(candidate.port, candidate.manufacturer, candidate.description, auto)
    Console(highlight=False).print(table)


@threshold.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_known(as_json: bool) -> None:
    """Show the thresholds that detectors last confirmed."""
    from datetime import datetime

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from scantrail.threshold import known_ports, recall

    known = [(port, channel, kept) for port in known_ports() for channel, kept in sorted(recall(port).items())]
    if as_json:
        rows = [{"port": port, "channel": channel, **kept._asdict()} for port, channel, kept in known]
        click.echo(json.dumps(rows, indent=2))
        return
    if not known:
        click.echo("No threshold has been confirmed yet; scan or write one first.")
        return
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    table.add_column("port", overflow="fold")
    for heading in ("channel", "threshold [DAC]", "confirmed"):
        table.add_column(Text(heading), justify="right", no_wrap=True)
    for port, channel, kept in known:
        when = datetime.fromtimestamp(kept.time).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(port, str(channel), str(kept.value), when)
    console = Console(highlight=False)
    console.print(table)
    console.print("May be gone: opening the port resets the board.")


def _scan(
    plan: "Callable[..., ThresholdPlan]",
    *,
    direction: str,
    workspace: Path | None,
    db_path: str | None,
    as_json: bool,
    max_retry: int | None,
    thresholds: str | None,
    nsteps: str | None,
    step: str | None,
    duration: float | None,
    suppress_threshold: int | None,
    **hardware: Any,  # noqa: ANN401 - the hardware's options, handed on
) -> int:
    from scantrail.acquire import Order
    from scantrail.cli.live import take_order

    station, rig = _opened(**hardware)
    config = _config(
        station,
        thresholds=thresholds,
        nsteps=nsteps,
        step=step,
        duration=duration,
        suppress_threshold=suppress_threshold,
        max_retry=max_retry,
        workspace=workspace,
        speed=rig.speed,
    )
    planned = plan(config, direction=direction)
    used = station.model_copy(update={"sampler": config.sampler, "sensors": config.sensors})
    order = Order(planned, used, rig, workspace=config.sampler.workspace, database=db_path)
    return take_order(order, as_json=as_json)


def _opened(config: Path | None, mock: bool, speed: float | None, seed: int | None) -> "tuple[Station, RigOptions]":
    from scantrail.acquire import RigOptions
    from scantrail.station import load_station

    station = load_station(config)
    for notice in station.notices():
        click.echo(notice, err=True)
    return station, RigOptions(mock, speed, seed)


def _config(station: "Station", **given: Any) -> "HaniwersConfig":  # noqa: ANN401 - options, checked there
    from scantrail.threshold import HaniwersConfig

    return HaniwersConfig.from_station(station).with_options(**given)


def _print_writes(writes: "list[Write]", as_json: bool) -> None:
    if as_json:
        rows = [
            {"channel": one.channel, "threshold": one.value, "attempts": one.attempts, "status": one.status}
            for one in writes
        ]
        click.echo(json.dumps(rows, indent=2))
        return
    for one in writes:
        if one.error is None:
            click.echo(f"channel {one.channel}: {one.value} confirmed")
        else:
            click.echo(f"Error: {one.error}", err=True)
