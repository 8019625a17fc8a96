"""`scantrail demo`: the main job on a simulated detector, from the first command to the component's record."""

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scantrail.sim import ChannelPhysics
    from scantrail.station import Station
    from scantrail.tracker import Database

DETECTOR = "OSECHI-01"
LOW, HIGH = 290.0, 330.0
"""Thresholds [DAC] between which the demo's detector is good."""


@click.command()
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("scantrail-demo"),
    show_default=True,
    help="Where the demo keeps its runs, apart from yours.",
)
@click.option("--seed", type=click.IntRange(min=0), default=2026, show_default=True, help="Of the simulated detector.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=40.0, show_default=True, help="Of its clock.")
def demo(home: Path, seed: int, speed: float) -> int:
    """Scan a simulated detector, fit its thresholds, and judge the component that was measured."""
    from scantrail.acquire import Order, RigOptions
    from scantrail.cli.live import take_order
    from scantrail.cli.parts.show import print_card
    from scantrail.cli.runs import print_runs
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, parallel_plan, serial_plan
    from scantrail.tracker import Database

    os.environ["SCANTRAIL_HOME"] = str(home.absolute())
    database = str(home.absolute() / "demo.db")
    station = Station()
    config = HaniwersConfig.from_station(station).with_options(speed=speed)
    parallel = config.with_options(thresholds="1:300;2:308;3:292", nsteps="10", step="2", duration=10)
    serial = config.with_options(thresholds="1:300", nsteps="8", step="3", duration=10)
    with Database(database, profile="osechi") as parts:
        _assemble(parts)
    codes = []
    layer = f"{DETECTOR}-L1"
    for plan, used, component in (
        (parallel_plan(parallel), parallel, DETECTOR),
        (serial_plan(serial), serial, layer),
    ):
        on = station.model_copy(update={"sampler": used.sampler, "sensors": used.sensors})
        rig = RigOptions(mock=True, speed=speed, seed=seed)
        order = Order(plan, on, rig, database=database, components=(component,))
        codes.append(take_order(order, as_json=False))
        click.echo()
    _compare_with_truth(home, station)
    print_runs(database)
    click.echo(f"\nWhat is known now of {DETECTOR}, which they measured:\n")
    with Database(database) as parts:
        print_card(parts, DETECTOR)
        _draw_trend(parts)
    kept = shlex.quote(str(home / "demo.db"))
    click.echo(f"\nLook at a run:   SCANTRAIL_HOME={shlex.quote(str(home))} scantrail runs show 1 --db-path {kept}")
    click.echo(f"Look at a layer: svt --db-path {kept} show {DETECTOR}-L1")
    return max(codes)


def _assemble(parts: "Database") -> None:
    """Make the detector of its layers and its board, with limits, as far as an earlier demo has not."""
    from scantrail.tracker import Component, assemble_module, list_test_types, set_limit

    if Component.get(DETECTOR, parts) is None:
        Component(DETECTOR, "detector", manufacturer="simulated").save(parts)
    slots = {"layer1": "L1", "layer2": "L2", "layer3": "L3", "board": "B1"}
    for slot, name in slots.items():
        if Component.get(f"{DETECTOR}-{name}", parts) is None:
            Component(f"{DETECTOR}-{name}", slot.rstrip("123"), manufacturer="simulated").save(parts)
    assemble_module(DETECTOR, parts={slot: f"{DETECTOR}-{name}" for slot, name in slots.items()}, db=parts)
    limited = {limit["type"] for test in list_test_types(parts) for limit in test["limits"]}
    for kind in ("detector", "layer"):
        if kind not in limited:
            set_limit(kind, "threshold_scan", "threshold", low=LOW, high=HIGH, source="demo", db=parts)


def _draw_trend(parts: "Database") -> None:
    """Draw the thresholds of every demo in this home against time."""
    from scantrail.cli.figures import show_figure
    from scantrail.errors import Refused
    from scantrail.tracker import plot_component

    try:
        drawn = plot_component(parts, DETECTOR, "trend", "threshold")
    except Refused:  # stopped before anything was measured
        return
    click.echo()
    show_figure(drawn.figure, output=None, terminal=True)


def _compare_with_truth(home: Path, station: "Station") -> None:
    """Print what the parallel scan found beside what the simulator was told."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from scantrail.cli.answers import by_channel, with_error
    from scantrail.runs import directories, read_results, summarize
    from scantrail.sim import OsechiPhysics
    from scantrail.threshold import FIT

    scanned = next(place for place in directories(home) if summarize(place).kind == "threshold_parallel")
    found = by_channel(read_results(scanned, FIT))
    truth = OsechiPhysics.from_config(station.mocker).channels
    click.echo("What the fit found, beside what is true in the simulator:\n")
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    for heading in ("", "set to [DAC]", "true", "mu [DAC]", "true", "sigma [DAC]", "true"):
        table.add_column(heading, justify="right", no_wrap=True)
    for channel, quantities in found:
        true = truth[int(channel.removeprefix("ch")) - 1]
        table.add_row(
            channel,
            with_error(quantities["threshold"]),
            f"{_quiet_from(true):.1f}",
            with_error(quantities.get("mu")),
            f"{true.mu:g}",
            with_error(quantities.get("sigma")),
            f"{true.sigma:g}",
        )
    Console(highlight=False, emoji=False).print(table)
    click.echo()


def _quiet_from(true: "ChannelPhysics") -> float:
    """Return the threshold [DAC] at which an erfc edge is 1 % of the plateau: rate erfc(x) = 0.01 plateau."""
    from scipy.special import erfcinv

    share = 0.01 * true.plateau * true.efficiency / true.rate
    return true.mu + 2**0.5 * true.sigma * float(erfcinv(share))
