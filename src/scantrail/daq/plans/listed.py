"""Scans of positions that stand in a list."""

from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from scantrail.daq.plans.base import MAX_POINTS, Device, Positions, PositionScanConfig, Track


class ListScanConfig(PositionScanConfig):
    """One motor over the positions of a list, in its order; a position may come again."""

    scan_type: Literal["list"] = "list"
    motor: Device = Field(..., description="Motor PV name")
    positions: Annotated[
        tuple[float, ...], Field(strict=False, min_length=1, max_length=MAX_POINTS, description="Positions, in order")
    ]

    @property
    def motors(self) -> tuple[str, ...]:
        """The motors as they were named."""
        return (self.motor,)

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The positions along the one dimension."""
        values: Positions = np.array(self.positions, dtype=float)
        return ({self.motor: values},)
