"""Poisson arrivals at constant rates, drawn lazily in blocks: exact, and fast enough for 1e5 events/s."""

import math
from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

import numpy as np

from scantrail.sim.osechi.environment import Environment

SMALLEST_BLOCK = 64
LARGEST_BLOCK = 8192


class Arrival(NamedTuple):
    """One event before dead time: time [s], pattern 1..7, pulse counts (1..10) if a channel fires, ADC value.

    air: what the slow sensors read, None for those of the simulation.
    """

    time: float
    pattern: int
    pulses: tuple[int, int, int]
    adc: int
    air: Environment | None = None


class Arrivals:
    """The events from `start` [s] on while the rates [1/s] of the patterns 1..7 stay what they are.

    A Poisson process has no memory, so after a change of the rates a new one may start at that instant: exact.
    The same generator gives the same events, however they are asked for.
    """

    def __init__(self, rates: Sequence[float], start: float, generator: np.random.Generator) -> None:
        self._total = float(sum(rates))
        self._share = np.cumsum(np.asarray(rates, dtype=float))
        self._generator = generator
        self._last = start
        self._block: list[Arrival] = []
        self._size = SMALLEST_BLOCK
        self.next_time = start
        if self._total > 0.0:
            self._draw()
        else:
            self.next_time = math.inf

    def pop(self) -> Arrival:
        """Take the next event; only while `next_time` [s] is finite."""
        arrival = self._block.pop()
        if self._block:
            self.next_time = self._block[-1].time
        else:
            self._draw()
        return arrival

    def _draw(self) -> None:
        size, generator = self._size, self._generator
        times = self._last + np.cumsum(generator.exponential(1.0 / self._total, size))
        chosen = np.searchsorted(self._share, generator.random(size) * self._share[-1], side="right")
        patterns = np.minimum(chosen, len(self._share) - 1) + 1
        pulses = generator.integers(1, 11, (size, 3))
        adc = np.clip(generator.normal(1150.0, 40.0, size), 1000.0, 4095.0).astype(int)
        rows = zip(
            times.tolist(),
            patterns.tolist(),
            map(tuple, pulses.tolist()),
            adc.tolist(),
            repeat(None, size),
            strict=True,
        )
        self._block = list(map(Arrival._make, rows))[::-1]
        self._last = float(times[-1])
        self._size = min(2 * size, LARGEST_BLOCK)
        self.next_time = self._block[-1].time
