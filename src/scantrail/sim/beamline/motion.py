"""Motors: a trapezoidal profile, ringing that settles, play in the spindle, and what stops them."""

import math
from dataclasses import dataclass

RAMP = 0.02
"""Time from rest to full speed [s]."""
SETTLE = 0.005
"""How long a motor rings around its target before it is idle [s]."""


@dataclass(frozen=True, slots=True)
class MotorSpec:
    """What is built in. low, high, start, backlash, ringing in `unit`; speed in `unit`/s."""

    pv: str
    low: float
    high: float
    speed: float
    unit: str
    start: float = 0.0
    backlash: float = 0.0
    ringing: float = 0.0


MOTORS = (
    MotorSpec("BL02:SAMPLE:X", -10000.0, 10000.0, 1000.0, "um", backlash=2.0, ringing=0.5),
    MotorSpec("BL02:SAMPLE:Y", -10000.0, 10000.0, 1000.0, "um", backlash=2.0, ringing=0.5),
    MotorSpec("BL02:SAMPLE:Z", -5000.0, 5000.0, 1000.0, "um", backlash=2.0, ringing=0.5),
    MotorSpec("BL02:SAMPLE:THETA", -180.0, 180.0, 10.0, "deg", backlash=0.01, ringing=0.002),
    MotorSpec("BL02:MONO:ENERGY", 4000.0, 20000.0, 100.0, "eV", start=7112.0, backlash=0.05, ringing=0.02),
)


class Motor:
    """One motor; times are those of the machine [s]. It stands still and without slack at its start.

    The readback is the encoder on the spindle; `actual` is where the stage is, which lags behind by up to the backlash
    after moves toward lower positions. A new move starts from rest where the motor is.
    """

    def __init__(self, spec: MotorSpec, *, instant: bool = False) -> None:
        self.spec = spec
        self.setpoint = spec.start
        self.idle_from = -math.inf
        """When the present move ends; inf if it never does."""
        self.switch: float | None = None
        """Position of a limit switch that nobody configured, beyond it as seen from the start."""
        self.sticks: float | None = None
        """Position at which the motor gets stuck for good."""
        self._instant = instant
        self._begin = self._end = self._stage = spec.start
        self._began = self._arrives = self._settled = 0.0
        self._fault = False

    def move(self, target: float, now: float, soonest: float) -> None:
        """Start toward `target`, which is within the limits; it is idle at `soonest` or later."""
        self._stage = self.actual(now)
        self._begin = self.readback(now)
        self._began = now
        self.setpoint = target
        self._end, self._fault, stuck = self._reached(target)
        self._arrives = now + self._duration(abs(self._end - self._begin))
        self._settled = self._arrives + (0.0 if self._instant else SETTLE)
        self.idle_from = math.inf if stuck else max(self._settled, soonest)

    def moving(self, now: float) -> bool:
        """Whether the motor has not arrived, and settled, yet."""
        return now < self.idle_from

    def faulted(self, now: float) -> bool:
        """Whether the motor stopped short of its target."""
        return self._fault and now >= self.idle_from

    def readback(self, now: float) -> float:
        """Position on the encoder."""
        if now >= self._settled:
            return self._end
        if now >= self._arrives:
            return self._end + self._ring(now - self._arrives)
        return self._begin + math.copysign(self._travelled(now - self._began), self._end - self._begin)

    def actual(self, now: float) -> float:
        """Position of the stage."""
        readback = self.readback(now)
        return min(max(self._stage, readback), readback + self.spec.backlash)

    def _reached(self, target: float) -> tuple[float, bool, bool]:
        """Where a move ends, whether that is a fault, and whether the motor is stuck there."""
        if self.sticks is not None and abs(target - self.sticks) > 1e-5 * max(1.0, abs(self.sticks)):
            low, high = sorted((self._begin, target))
            if low <= self.sticks <= high:
                return self.sticks, False, True
        if self.switch is not None:
            end = min(target, self.switch) if self.switch >= self.spec.start else max(target, self.switch)
            return end, end != target, False
        return target, False, False

    def _duration(self, distance: float) -> float:
        if self._instant:
            return 0.0
        speed = self.spec.speed
        ramps = speed * RAMP
        return distance / speed + RAMP if distance >= ramps else 2.0 * math.sqrt(distance * RAMP / speed)

    def _travelled(self, elapsed: float) -> float:
        """Distance after `elapsed` [s] of the present move: speeding up, at speed, slowing down."""
        distance = abs(self._end - self._begin)
        acceleration = self.spec.speed / RAMP
        whole = self._arrives - self._began
        ramp = min(RAMP, whole / 2.0)
        if elapsed <= ramp:
            return acceleration * elapsed**2 / 2.0
        if elapsed >= whole - ramp:
            return distance - acceleration * (whole - elapsed) ** 2 / 2.0
        return acceleration * ramp**2 / 2.0 + self.spec.speed * (elapsed - ramp)

    def _ring(self, elapsed: float) -> float:
        part = elapsed / SETTLE
        amplitude = min(self.spec.ringing, abs(self._end - self._begin) / 20.0)
        return amplitude * math.sin(2.0 * math.pi * part) * math.exp(-3.0 * part)
