"""Scans over grids: the mesh of two motors, and any number of them. The first motor is the slowest."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scantrail.daq.plans.base import (
    Positions,
    PositionScanConfig,
    Ramp,
    Track,
    ramp_positions,
    refuse_endless,
    refuse_idle,
)
from scantrail.daq.plans.walk import walk


class _Grid(PositionScanConfig):
    snake: bool = Field(default=False, description="Turn round at the end of each row instead of flying back")

    @property
    def ramps(self) -> tuple[Ramp, ...]:
        """The way of each motor, the slowest first."""
        raise NotImplementedError

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        refuse_endless(*(steps for *_, steps in self.ramps))
        for ramp in self.ramps:
            refuse_idle(*ramp)
        return self

    @property
    def motors(self) -> tuple[str, ...]:
        """The motors as they were named, the slowest first."""
        return tuple(name for name, *_ in self.ramps)

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The positions along each dimension, the slowest first."""
        return tuple({name: ramp_positions(start, stop, steps)} for name, start, stop, steps in self.ramps)

    def order(self) -> Iterator[tuple[int, ...]]:
        """Yield the grid indices in the order of acquisition."""
        return walk(self.shape, self.snake)


class MeshScanConfig(_Grid):
    """2D mesh scan configuration: motor1 is the slow one, motor2 the fast one."""

    scan_type: Literal["mesh"] = "mesh"
    motor1: Ramp = Field(..., description="(PV, start, stop, steps) for first motor")
    motor2: Ramp = Field(..., description="(PV, start, stop, steps) for second motor")

    @property
    def ramps(self) -> tuple[Ramp, ...]:
        """The way of each motor, the slowest first."""
        return self.motor1, self.motor2

    @property
    def positions1(self) -> Positions:
        """Positions of motor1, shape (steps,), as configured: offsets if the scan is relative."""
        return ramp_positions(*self.motor1[1:])

    @property
    def positions2(self) -> Positions:
        """Positions of motor2, shape (steps,), as configured: offsets if the scan is relative."""
        return ramp_positions(*self.motor2[1:])


class GridScanConfig(_Grid):
    """A grid of any number of motors: axes are (PV, start, stop, steps), the slowest first."""

    scan_type: Literal["grid"] = "grid"
    axes: Annotated[
        tuple[Ramp, ...], Field(strict=False, min_length=1, description="(PV, start, stop, steps) of each motor")
    ]

    @property
    def ramps(self) -> tuple[Ramp, ...]:
        """The way of each motor, the slowest first."""
        return self.axes
