"""Devices by their names: motors, detectors, the shutter. Each talks through any client of any control system."""

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, field_validator

from scantrail.daq.client import Client, MotorStatus
from scantrail.daq.pace import pause
from scantrail.daq.tolerance import tolerance_of
from scantrail.errors import InputError, MotionError, MotionTimeout

__all__ = ["Detector", "Motor", "MotorStatus", "Shutter"]

DEADLINE = 5.0
"""Longest wait for one reply [s]."""


class _Device(BaseModel):
    model_config = ConfigDict(strict=True, arbitrary_types_allowed=True, frozen=True, extra="forbid")


class Motor(_Device):
    """High-level motor abstraction.

    Provides convenient methods for motor control with automatic readback and status polling. Positions in its own unit.
    """

    pv: str = Field(..., description="Motor setpoint PV (e.g., 'BL02:SAMPLE:X')")
    client: Client = Field(..., description="client of its control system")
    tolerance: float | None = Field(
        default=None, gt=0, description="largest distance of readback and target; default max(1e-3, 1e-5 |target|)"
    )

    @field_validator("pv")
    @classmethod
    def validate_pv(cls, v: str) -> str:
        """Validate PV name format."""
        if not v or ":" not in v:
            raise ValueError(f"Invalid PV name: {v}")
        return v

    def move_to(
        self,
        position: float,
        wait: bool = True,
        timeout: float = 60.0,
        *,
        seen: Callable[[float], object] | None = None,
    ) -> None:
        """Move motor to target position.

        Args:
            position: Target position
            wait: If True, block until motor reaches target
            timeout: Maximum wait time in seconds (if wait=True)
            seen: Called with the readback while it moves (if wait=True)

        Raises:
            TimeoutError: If motor doesn't reach target within timeout; it is then still moving
            MotionError: If it stalled, hit a limit, or came to rest elsewhere
            ValueRefused: If the target is not finite or outside the limits

        An interrupt while it waits stops the motor.
        """
        if not wait:
            self.client.move(self.pv, position)
            return
        began = time.monotonic()
        try:
            if self.client.move_many({self.pv: position}, DEADLINE):
                self._settle(began, timeout, f"did not reach {position:g}", seen=seen)
        except KeyboardInterrupt:
            self.stop()
            raise
        reached = self.position()
        if abs(reached - position) > tolerance_of(position, self.tolerance):
            raise MotionError(f"{self.pv} came to rest at {reached:g} instead of {position:g}")

    def position(self) -> float:
        """Read current motor position (readback PV).

        Returns:
            Current position from .RBV PV
        """
        return self.client.get(self.readback_pv)

    def status(self) -> MotorStatus:
        """Get motor status.

        Returns:
            MotorStatus enum
        """
        return MotorStatus.MOVING if self.client.moving({self.pv}, DEADLINE) else MotorStatus.IDLE

    def wait_for_idle(self, timeout: float = 60.0, poll_interval: float = 0.1) -> None:
        """Wait until motor is idle.

        Polls STATUS command until IDLE or timeout, fast at first.

        Args:
            timeout: Maximum wait time in seconds
            poll_interval: Longest polling interval in seconds

        Raises:
            TimeoutError: If it is still moving then
            MotionError: If it stalled or hit a limit
        """
        began = time.monotonic()
        if self.client.moving({self.pv}, DEADLINE):
            self._settle(began, timeout, "did not come to rest", poll_interval)

    def stop(self) -> None:
        """Stop the motor where it is. Raises MotionError if that fails."""
        self.client.stop({self.pv})

    @property
    def readback_pv(self) -> str:
        """Get readback PV name (.RBV suffix)."""
        return f"{self.pv}.RBV"

    def _settle(
        self,
        began: float,
        timeout: float,
        failure: str,
        ceiling: float = 0.1,
        seen: Callable[[float], object] | None = None,
    ) -> None:
        """Ask until the motor is idle, no later than `timeout` [s] after `began`."""
        while True:
            waited = time.monotonic() - began
            if waited >= timeout:
                raise MotionTimeout(
                    f"{self.pv} {failure} within {timeout:g} s (last readback {self.position():g}, still moving)"
                )
            if seen is not None:
                seen(self.position())
            time.sleep(min(pause(waited, ceiling), timeout - waited))
            if not self.client.moving({self.pv}, DEADLINE):
                return


class Detector(_Device):
    """High-level detector abstraction."""

    pv: str = Field(..., min_length=1, description="Detector PV name")
    client: Client = Field(..., description="client of its control system")

    def read(self) -> float:
        """Read detector value.

        Returns:
            Detector reading
        """
        return self.client.get(self.pv)

    def read_multiple(self, n: int, dwell_time: float = 0.1) -> NDArray[np.float64]:
        """Read detector n times.

        Useful for noise reduction: the mean and the spread are the caller's to take.

        Args:
            n: Number of readings
            dwell_time: Time between readings in seconds

        Returns:
            Array of readings, shape (n,)
        """
        if n < 1 or not 0 <= dwell_time < np.inf:
            raise InputError(f"{self.pv}: n = {n} readings {dwell_time:g} s apart make no sense; n is 1 or more")
        readings = np.empty(n)
        for i in range(n):
            if i:
                time.sleep(dwell_time)
            readings[i] = self.read()
        return readings


class Shutter(_Device):
    """Shutter control abstraction."""

    status_pv: str = Field(default="BL02:SHUTTER:STATUS", min_length=1)
    cmd_pv: str = Field(default="BL02:SHUTTER:CMD", min_length=1)
    client: Client = Field(..., description="client of its control system")

    def open(self) -> None:
        """Open shutter."""
        self.client.put(self.cmd_pv, 1.0)

    def close(self) -> None:
        """Close shutter."""
        self.client.put(self.cmd_pv, 0.0)

    def is_open(self) -> bool:
        """Check if shutter is open."""
        return self.client.get(self.status_pv) > 0.5
