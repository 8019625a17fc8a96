"""What comes down the beamline: the ring's current, the beam's wandering, the shutter, and the hutch around it."""

import math
from collections import deque

FULL_CURRENT = 400.0
"""Current after an injection [mA]."""
LIFETIME = 36000.0
"""Time in which the current falls to 1/e [s]."""
REFILL = 600.0
"""Time between injections [s]."""
WANDER = 300.0
"""Period in which the beam moves up and down [s]."""
AMPLITUDE = 0.2
"""How far it moves, in widths of the beam."""
TRAVEL = 0.02
"""Time that the shutter takes [s]."""
MEMORY = 2.0
"""How long the shutter's past is kept [s]; no detector averages over more than 1 s."""


class Source:
    """The storage ring and the hutch. `lost`: from when, and for how long, there is no beam [s]."""

    def __init__(self, lost: tuple[float, float] | None = None) -> None:
        self.lost = lost

    def current(self, now: float) -> float:
        """Ring current [mA]."""
        if self.lost is not None and 0.0 <= now - self.lost[0] < self.lost[1]:
            return 0.0
        return FULL_CURRENT * math.exp(-(now % REFILL) / LIFETIME)

    def throughput(self, now: float) -> float:
        """Share of the beam that passes the slits: the current's, less what wanders off."""
        position = AMPLITUDE * math.sin(2.0 * math.pi * now / WANDER)
        return self.current(now) / FULL_CURRENT * math.exp(-(position**2) / 2.0)

    def pressure(self, now: float) -> float:
        """Pressure [mbar]: it follows the current."""
        return 1e-9 * (0.5 + self.current(now) / FULL_CURRENT)

    def temperature(self, now: float) -> float:
        """Temperature of the hutch [degC]."""
        return 23.0 + 0.4 * math.sin(2.0 * math.pi * now / 1200.0)


class Shutter:
    """Follows its command after a short travel; open at the start."""

    def __init__(self, *, instant: bool = False) -> None:
        self.command = 1.0
        self._travel = 0.0 if instant else TRAVEL
        self._changes: deque[tuple[float, bool]] = deque([(-math.inf, True)])

    def put(self, value: float, now: float) -> None:
        """Command it open (0.5 and more) or closed."""
        self.command = value
        if (value >= 0.5) != self._changes[-1][1]:
            self._changes.append((now + self._travel, value >= 0.5))
        while len(self._changes) > 1 and self._changes[1][0] < now - MEMORY:
            self._changes.popleft()

    def is_open(self, now: float) -> bool:
        """Whether the beam passes."""
        return next(state for since, state in reversed(self._changes) if since <= now)

    def share(self, start: float, end: float) -> float:
        """Return the share of the time from `start` to `end` [s] in which the beam passed."""
        last, state = self._changes[-1]
        if last <= start:
            return float(state)
        passed = 0.0
        until = end
        for since, state in reversed(self._changes):
            if since < until:
                passed += (until - max(since, start)) * state
                until = max(since, start)
            if since <= start:
                break
        return passed / (end - start)
