"""Everything that has a PV: motors, shutter, detectors, discriminators, and what is only looked at."""

import math
from collections.abc import Callable, MutableMapping
from typing import NamedTuple

import numpy as np

from scantrail.errors import InputError
from scantrail.sim.beamline.faults import BeamlineFaults
from scantrail.sim.beamline.motion import MOTORS, Motor
from scantrail.sim.beamline.physics import CEILING, Optics, Spot
from scantrail.sim.beamline.source import Shutter, Source
from scantrail.sim.osechi.physics import CHANNELS, ChannelPhysics, OsechiPhysics

LONGEST_WINDOW = 1.0
"""A detector never averages over more [s]."""
SHORTEST_WINDOW = 0.01
"""A detector never averages over less [s]."""
THRESHOLDS = (0.0, 1023.0)
RATES = OsechiPhysics(
    (
        ChannelPhysics(mu=300.0, rate=5e4, plateau=500.0, sigma=12.0),
        ChannelPhysics(mu=308.0, rate=5e4, plateau=500.0, sigma=12.0),
        ChannelPhysics(mu=292.0, rate=5e4, plateau=500.0, sigma=12.0),
    )
)
"""Noise and signal behind the discriminators."""

Past = MutableMapping[str, float]
"""When a connection last read each detector."""


class PV(NamedTuple):
    """A name of the protocol: how it is read and, where `limits` are given, written."""

    read: Callable[[float, Past], float]
    write: Callable[[float, float], None] | None = None
    limits: tuple[float, float] = (-math.inf, math.inf)


class Instruments:
    """The beamline behind the protocol. `pvs` holds every name, `motors` the motors; `now` is given with every call."""

    def __init__(self, seed: int, *, instant: bool, tick: float, faults: BeamlineFaults) -> None:
        self._random = np.random.default_rng(seed)
        self._tick = tick
        self.motors = {spec.pv: Motor(spec, instant=instant) for spec in MOTORS}
        self.shutter = Shutter(instant=instant)
        self.source = Source(faults.lost)
        self.optics = Optics()
        self.thresholds = dict.fromkeys(CHANNELS, 350.0)
        self._set = dict.fromkeys(CHANNELS, -math.inf)
        for where in (faults.stick, faults.switch):
            if unknown := sorted(set(where) - set(self.motors)):
                raise InputError(f"{unknown[0]} is no motor; the motors are {', '.join(self.motors)}")
        for pv, motor in self.motors.items():
            motor.sticks = faults.stick.get(pv)
            motor.switch = faults.switch.get(pv)
        self._stage = (self.motors["BL02:SAMPLE:X"], self.motors["BL02:SAMPLE:Y"], self.motors["BL02:MONO:ENERGY"])
        self.pvs = self._table()

    def move(self, pv: str, target: float, now: float) -> None:
        """Start a motor; it says MOVING until the next tick at least."""
        self.motors[pv].move(target, now, now + self._tick)

    def count(self, name: str, mean: float, start: float, now: float, past: Past) -> float:
        """Count for the time since `start`, the last reading or 1 s, whichever is shortest; return counts/s."""
        window = max(now - max(start, past.get(name, -math.inf), now - LONGEST_WINDOW), SHORTEST_WINDOW)
        past[name] = now
        return float(self._random.poisson(mean * window)) / window

    def truth(self) -> dict[str, object]:
        """Return what a scan of each kind must find (JSON-safe)."""
        return {**self.optics.truth(), "discriminators": {str(n): kept for n, kept in RATES.truth().items()}}

    def _table(self) -> dict[str, PV]:
        table: dict[str, PV] = {}
        for name in self.motors:
            table |= self._of_motor(name)
        table |= {
            "BL02:RING:CURRENT": PV(lambda now, past: self.source.current(now)),
            "BL02:VACUUM:PRESSURE": PV(lambda now, past: self.source.pressure(now)),
            "BL02:HUTCH:TEMP": PV(lambda now, past: self.source.temperature(now)),
            "BL02:DET:I0": PV(self._detector("I0")),
            "BL02:DET:IT": PV(self._detector("IT")),
            "BL02:DET:IF": PV(self._detector("IF")),
            "BL02:SHUTTER:CMD": PV(lambda now, past: self.shutter.command, self.shutter.put, (0.0, 1.0)),
            "BL02:SHUTTER:STATUS": PV(lambda now, past: float(self.shutter.is_open(now))),
        }
        for channel in CHANNELS:
            table |= self._of_discriminator(channel)
        return table

    def _of_motor(self, name: str) -> dict[str, PV]:
        motor = self.motors[name]
        return {
            name: PV(
                lambda now, past: motor.setpoint,
                lambda value, now: self.move(name, value, now),
                (motor.spec.low, motor.spec.high),
            ),
            f"{name}.RBV": PV(lambda now, past: motor.readback(now)),
            f"{name}.DMOV": PV(lambda now, past: float(not motor.moving(now))),
        }

    def _detector(self, name: str) -> Callable[[float, Past], float]:
        x, y, energy = self._stage
        ceiling = CEILING[name]

        def read(now: float, past: Past) -> float:
            # a motor that still moves, or is stuck, leaves the shortest window
            stopped = min(now, max(motor.idle_from for motor in self.motors.values()))
            start = max(stopped, past.get(name, -math.inf), now - LONGEST_WINDOW)
            share = self.shutter.share(min(start, now - SHORTEST_WINDOW), now)
            spot = Spot(x.actual(now), y.actual(now), energy.actual(now))
            mean = self.optics.rate(name, share * self.source.throughput(now), spot)
            return min(self.count(name, mean, stopped, now, past), ceiling)

        return read

    def _of_discriminator(self, channel: int) -> dict[str, PV]:
        physics = RATES.channels[channel - 1]
        rate = f"BL02:DISC:CH{channel}:RATE"

        def write(value: float, now: float) -> None:
            self.thresholds[channel] = value
            self._set[channel] = now

        def read(now: float, past: Past) -> float:
            threshold = self.thresholds[channel]
            mean = physics.noise(threshold) + physics.plateau * physics.chance(threshold)
            return self.count(rate, mean, self._set[channel], now, past)

        return {
            f"BL02:DISC:CH{channel}:VTH": PV(lambda now, past: self.thresholds[channel], write, THRESHOLDS),
            rate: PV(read),
        }
