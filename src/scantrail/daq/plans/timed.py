"""Scans in time: nothing moves, readings at a fixed pace."""

from typing import Literal, Self

import numpy as np
from pydantic import Field, model_validator

from scantrail.daq.plans.base import ScanConfig, Steps, Track

ELAPSED = "elapsed"
"""Key of the axis of a time scan [s since its first point]."""


class TimeScanConfig(ScanConfig):
    """`count` readings, one every `every` seconds (0: as fast as it goes), each after `dwell_time`."""

    scan_type: Literal["time"] = "time"
    count: Steps = Field(..., description="Number of readings")
    every: float = Field(default=0.0, ge=0, description="Time from one reading to the next (seconds)")

    @model_validator(mode="after")
    def _keeps_pace(self) -> Self:
        if 0 < self.every < self.dwell_time:
            raise ValueError(f"every ({self.every:g} s) must not be shorter than dwell_time ({self.dwell_time:g} s)")
        if not np.isfinite(self.every * self.count):
            raise ValueError("the scan would last longer than numbers reach")
        return self

    @property
    def motors(self) -> tuple[str, ...]:
        """No motor moves."""
        return ()

    @property
    def tracks(self) -> tuple[Track, ...]:
        """When each reading is due [s since the first]."""
        return ({ELAPSED: np.arange(self.count, dtype=np.float64) * self.every},)


class DarkScanConfig(TimeScanConfig):
    """Readings of detectors without beam: the shutter is closed before the first one."""

    scan_type: Literal["dark"] = "dark"  # type: ignore[assignment]  # a kind of its own, otherwise the same
