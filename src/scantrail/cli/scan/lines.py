"""`scantrail scan linear`, `list`, `time` and `dark`: scans along one line, and without any motor."""

from typing import Any

import click

from scantrail.cli.scan.numbers import positions, ramps
from scantrail.cli.scan.options import Signed, counting_options, order_options, relative_option, way
from scantrail.cli.scan.plans import carry_out, planned
from scantrail.errors import InputError


@click.command(cls=Signed)
@way
@counting_options
@relative_option
@order_options
def linear(way: tuple[str, ...], detectors: tuple[str, ...], dwell: float | None, relative: bool, **given: Any) -> int:  # noqa: ANN401
    """Scan one motor: STEPS points from START to STOP, both measured; STOP may lie below START."""
    several = ramps(way)
    if len(several) > 1:
        raise InputError("a linear scan has one motor; scan mesh and scan grid take more")
    motor, first, last, steps = several[0]
    plan = planned(
        {
            "type": "linear",
            "motor": motor,
            "start": first,
            "stop": last,
            "steps": steps,
            "direction": "any",
            "relative": relative,
            "detectors": list(detectors),
            "dwell_time": dwell,
        }
    )
    return carry_out(plan, **given)


@click.command("list", cls=Signed)
@click.argument("motor")
@click.argument("values", nargs=-1, required=True, type=click.UNPROCESSED, metavar="V… | @FILE")
@counting_options
@relative_option
@order_options
def list_positions(
    motor: str,
    values: tuple[str, ...],
    detectors: tuple[str, ...],
    dwell: float | None,
    relative: bool,
    **given: Any,  # noqa: ANN401 - options, handed on
) -> int:
    """Scan one motor over positions in their order, given here or in FILE, apart by spaces, commas or lines."""
    plan = planned(
        {
            "type": "list",
            "motor": motor,
            "positions": positions(values),
            "relative": relative,
            "detectors": list(detectors),
            "dwell_time": dwell,
        }
    )
    return carry_out(plan, **given)


@click.command()
@click.argument("count", type=int, metavar="N")
@click.option("--every", type=float, default=0.0, metavar="S", help="From one reading to the next [s]. Default: none.")
@counting_options
@order_options
def time(count: int, every: float, detectors: tuple[str, ...], dwell: float | None, **given: Any) -> int:  # noqa: ANN401
    """Take N readings, one every S seconds, and move nothing."""
    fields = {"type": "time", "count": count, "every": every, "detectors": list(detectors), "dwell_time": dwell}
    return carry_out(planned(fields), **given)


@click.command()
@click.option("--count", type=int, default=10, show_default=True, help="Number of readings.")
@counting_options
@order_options
def dark(count: int, detectors: tuple[str, ...], dwell: float | None, **given: Any) -> int:  # noqa: ANN401
    """Read detectors behind the closed shutter, and leave it as it was.

    Later scans subtract the newest dark readings of their detectors from derived columns and mu, and keep the raw ones.
    """
    fields = {"type": "dark", "count": count, "detectors": list(detectors), "dwell_time": dwell}
    return carry_out(planned(fields), **given)
