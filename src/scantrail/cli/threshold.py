"""`scantrail threshold`: scan and write the thresholds of a counting detector."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.bench import configured, opened, print_writes, write_all, writes_code
from scantrail.cli.components import component_options, linked
from scantrail.cli.fit import fit
from scantrail.cli.options import hardware_options, scan_options
from scantrail.cli.rate import rate

if TYPE_CHECKING:
    from scantrail.threshold import ThresholdPlan


@click.group(commands=[fit, rate])
def threshold() -> None:
    """Scan, fit and write the thresholds of a counting detector."""


@threshold.command()
@scan_options
@component_options
def serial(**given: Any) -> int:  # noqa: ANN401 - click's own options
    """Scan one channel after the other, all the others suppressed."""
    from scantrail.threshold import serial_plan

    return _scan(serial_plan, **given)


@threshold.command()
@scan_options
@component_options
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
    from scantrail.threshold import parse_thresholds

    wanted = parse_thresholds(thresholds)
    station, rig = opened(**hardware)
    writes = write_all(station, rig, wanted, max_retry)
    print_writes(writes, as_json=as_json)
    return writes_code(writes, len(wanted))


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
    Console(highlight=False, emoji=False).print(table)


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
    console = Console(highlight=False, emoji=False)
    console.print(table)
    console.print("May be gone: opening the port resets the board.")


def _scan(
    plan: "Callable[..., ThresholdPlan]",
    *,
    direction: str,
    workspace: Path | None,
    db_path: str | None,
    plot: bool,
    as_json: bool,
    max_retry: int | None,
    thresholds: str | None,
    nsteps: str | None,
    step: str | None,
    duration: float | None,
    suppress_threshold: int | None,
    components: tuple[str, ...],
    anyway: bool,
    **hardware: Any,  # noqa: ANN401 - the hardware's options, handed on
) -> int:
    from scantrail.acquire import Order, counted_channels
    from scantrail.cli.live import take_order

    station, rig = opened(**hardware)
    config = configured(
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
    planned = plan(config, direction=direction, detector=counted_channels(station, rig))
    used = station.model_copy(update={"sampler": config.sampler, "sensors": {**config.idle, **config.sensors}})
    order = Order(planned, used, rig, workspace=config.sampler.workspace, database=db_path)
    return take_order(linked(order, components, anyway=anyway), as_json=as_json, plot=plot)
