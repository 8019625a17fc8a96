"""Scans along one line: one motor, or several in lock step."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from scantrail.daq.plans.base import (
    Device,
    Positions,
    PositionScanConfig,
    Steps,
    Track,
    ramp_positions,
    refuse_idle,
)


class LinearScanConfig(PositionScanConfig):
    """Linear 1D scan configuration: `steps` points from start to stop, both measured; one step measures `start`.

    direction: "up" wants stop above start, "any" takes both ways.
    """

    scan_type: Literal["linear"] = "linear"
    motor: Device = Field(..., description="Motor PV name")
    start: float = Field(..., description="Start position")
    stop: float = Field(..., description="Stop position")
    steps: Steps = Field(..., description="Number of points")
    direction: Literal["up", "any"] = Field(default="up", description="Whether stop may lie below start")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        if self.direction == "up" and self.stop <= self.start:
            raise ValueError("stop must be greater than start")
        refuse_idle(self.motor, self.start, self.stop, self.steps)
        return self

    @property
    def motors(self) -> tuple[str, ...]:
        """The motors as they were named."""
        return (self.motor,)

    @property
    def positions(self) -> Positions:
        """Motor positions, shape (steps,), as configured: offsets if the scan is relative."""
        return ramp_positions(self.start, self.stop, self.steps)

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The positions along the one dimension."""
        return ({self.motor: self.positions},)


class LockstepScanConfig(PositionScanConfig):
    """Several motors that step together: axes are (PV, start, stop), `steps` points, both ends measured."""

    scan_type: Literal["lockstep"] = "lockstep"
    axes: Annotated[
        tuple[Annotated[tuple[Device, float, float], Field(strict=False)], ...],
        Field(strict=False, min_length=1, description="(PV, start, stop) of each motor"),
    ]
    steps: Steps = Field(..., description="Number of points")

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Self:
        for axis in self.axes:
            refuse_idle(*axis, self.steps)
        return self

    @property
    def motors(self) -> tuple[str, ...]:
        """The motors as they were named."""
        return tuple(name for name, *_ in self.axes)

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The positions of all motors along the one dimension."""
        return ({name: ramp_positions(start, stop, self.steps) for name, start, stop in self.axes},)
