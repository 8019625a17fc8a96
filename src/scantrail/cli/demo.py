"""`scantrail demo`: the main job on a simulated detector, from the first command to the data."""

import os
import shlex
from pathlib import Path

import click


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
    """Scan a simulated detector in parallel and serially, print the counts and list the runs."""
    from scantrail.acquire import Order, RigOptions
    from scantrail.cli.live import take_order
    from scantrail.cli.runs import print_runs
    from scantrail.station import Station
    from scantrail.threshold import HaniwersConfig, parallel_plan, serial_plan

    os.environ["SCANTRAIL_HOME"] = str(home.absolute())
    database = str(home.absolute() / "demo.db")
    station = Station()
    config = HaniwersConfig.from_station(station).with_options(speed=speed)
    parallel = config.with_options(thresholds="1:300;2:308;3:292", nsteps="10", step="2", duration=10)
    serial = config.with_options(thresholds="1:300", nsteps="8", step="3", duration=10)
    codes = []
    for plan, used in ((parallel_plan(parallel), parallel), (serial_plan(serial), serial)):
        on = station.model_copy(update={"sampler": used.sampler, "sensors": used.sensors})
        order = Order(plan, on, RigOptions(mock=True, speed=speed, seed=seed), database=database)
        codes.append(take_order(order, as_json=False))
        click.echo()
    print_runs(database)
    click.echo(f"\nLook at one of them: SCANTRAIL_HOME={shlex.quote(str(home))} scantrail runs show 1")
    return max(codes)
