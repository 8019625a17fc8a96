"""`scantrail demo`: the main job on a simulated detector, from the first command to the component's record."""

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from scantrail.acquire import Order
    from scantrail.sim import ChannelPhysics
    from scantrail.station import Station
    from scantrail.tracker import Database

DETECTOR = "OSECHI-01"
INTERRUPTED = 130
LAYERS = {f"{DETECTOR}-L{channel}": (channel,) for channel in (1, 2, 3)}
"""Its layers, each with the channel that reads it out."""
LOW, HIGH = 290.0, 330.0
"""Thresholds [DAC] between which the demo's detector is good."""
NOTED = {"threshold ch1": 316.0, "threshold ch2": 324.0, "threshold ch3": 308.0}
"""Thresholds [DAC] that stand on its label."""


@click.command()
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("scantrail-demo"),
    show_default=True,
    help="Where the demo keeps its runs, apart from yours.",
)
@click.option("--seed", type=click.IntRange(min=0), default=2026, show_default=True, help="Of the simulated detector.")
@click.option("--speed", type=click.FloatRange(min=0.1), default=60.0, show_default=True, help="Of its clock.")
def demo(home: Path, seed: int, speed: float) -> int:
    """Scan a simulated detector, fit its thresholds, and judge the component that was measured."""
    from scantrail.cli.live import take_order
    from scantrail.cli.parts.show import print_card
    from scantrail.cli.runs import print_runs
    from scantrail.station import Station
    from scantrail.tracker import Database

    os.environ["SCANTRAIL_HOME"] = str(home.absolute())
    database = str(home.absolute() / "demo.db")
    station = Station()
    with Database(database, profile="osechi") as parts:
        _assemble(parts)
    click.echo(f"{DETECTOR} is a detector of three layers and a board; its thresholds should lie")
    click.echo(f"between {LOW:g} and {HIGH:g} DAC. It is scanned whole, then layer by layer.\n")
    codes = []
    for order in _orders(station, database, seed, speed):
        codes.append(take_order(order, as_json=False))
        click.echo()
        if codes[-1] == INTERRUPTED:
            return INTERRUPTED
    scanned = _compare_with_truth(home, station)
    print_runs(database)
    click.echo(f"\nWhat is known now of {DETECTOR}, from its label and from the scan:\n")
    with Database(database) as parts:
        print_card(parts, DETECTOR)
        _draw_trend(parts)
    kept, place = shlex.quote(str(home / "demo.db")), shlex.quote(str(home))
    click.echo(f"\nLook at the scan: SCANTRAIL_HOME={place} scantrail runs show {scanned} --db-path {kept}")
    click.echo(f"Look at a layer:  svt --db-path {kept} show {next(iter(LAYERS))}")
    return max(codes)


def _orders(station: "Station", database: str, seed: int, speed: float) -> "Iterator[Order[Any]]":
    """Give a parallel scan of the whole detector, then a serial one of which each layer has its own channel."""
    from scantrail.acquire import Order, RigOptions
    from scantrail.threshold import HaniwersConfig, parallel_plan, serial_plan

    config = HaniwersConfig.from_station(station).with_options(speed=speed)
    parallel = config.with_options(thresholds="1:300;2:308;3:292", nsteps="10", step="2", duration=10)
    serial = config.with_options(thresholds="1:305;2:313;3:297", nsteps="5", step="5", duration=10)
    rig = RigOptions(mock=True, speed=speed, seed=seed)

    def on(used: "HaniwersConfig") -> "Station":
        return station.model_copy(update={"sampler": used.sampler, "sensors": used.sensors})

    yield Order(parallel_plan(parallel), on(parallel), rig, database=database, components=(DETECTOR,))
    yield Order(serial_plan(serial), on(serial), rig, database=database, components=tuple(LAYERS), channels=LAYERS)


def _assemble(parts: "Database") -> None:
    """Make the detector of its layers and its board, with limits, as far as an earlier demo has not.

    What stands on its label is entered by hand.
    """
    from scantrail.tracker import Component, TestResult, assemble_module, list_test_types, set_limit

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
    if not TestResult.get_for_component(DETECTOR, parts):
        TestResult(DETECTOR, "threshold_scan", None, {**NOTED}, notes="from its label, entered by hand").save(parts)


def _draw_trend(parts: "Database") -> None:
    """Draw the thresholds on the label, and of every demo in this home, against time."""
    from scantrail.cli.figures import show_figure
    from scantrail.tracker import plot_component

    click.echo()
    show_figure(plot_component(parts, DETECTOR, "trend", "threshold").figure, output=None, terminal=True)


def _compare_with_truth(home: Path, station: "Station") -> int:
    """Print what the parallel scan found beside what the simulator was told; return the number of its run."""
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
    return summarize(scanned).number


def _quiet_from(true: "ChannelPhysics") -> float:
    """Return the threshold [DAC] at which an erfc edge is 1 % of the plateau: rate erfc(x) = 0.01 plateau."""
    from scipy.special import erfcinv

    share = 0.01 * true.plateau * true.efficiency / true.rate
    return true.mu + 2**0.5 * true.sigma * float(erfcinv(share))
