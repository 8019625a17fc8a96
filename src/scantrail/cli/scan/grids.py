"""`scantrail scan mesh` and `grid`: scans of two motors and more, the first one the slowest."""

from typing import Any

import click

from scantrail.cli.scan.numbers import ramps
from scantrail.cli.scan.options import Signed, counting_options, order_options, relative_option, snake_option, way
from scantrail.cli.scan.plans import carry_out, planned
from scantrail.errors import InputError


@click.command(cls=Signed)
@way
@counting_options
@snake_option
@relative_option
@order_options
def mesh(
    way: tuple[str, ...],
    detectors: tuple[str, ...],
    dwell: float | None,
    snake: bool,
    relative: bool,
    **given: Any,  # noqa: ANN401 - options, handed on
) -> int:
    """Scan a mesh of two motors, each MOTOR START STOP STEPS; the first is slow, the second fast."""
    several = ramps(way)
    if len(several) != 2:
        raise InputError(f"a mesh has two motors, each MOTOR START STOP STEPS; got {len(several)}")
    fields = {"type": "mesh", "motor1": several[0], "motor2": several[1], "snake": snake, "relative": relative}
    return carry_out(planned({**fields, "detectors": list(detectors), "dwell_time": dwell}), **given)


@click.command(cls=Signed)
@way
@counting_options
@snake_option
@relative_option
@order_options
def grid(
    way: tuple[str, ...],
    detectors: tuple[str, ...],
    dwell: float | None,
    snake: bool,
    relative: bool,
    **given: Any,  # noqa: ANN401 - options, handed on
) -> int:
    """Scan a grid of any number of motors, each MOTOR START STOP STEPS; the first is the slowest."""
    fields = {"type": "grid", "axes": ramps(way), "snake": snake, "relative": relative}
    return carry_out(planned({**fields, "detectors": list(detectors), "dwell_time": dwell}), **given)
