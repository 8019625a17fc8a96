"""Timestamps that never go back: the wall clock at the start plus the time that has passed since."""

import time


class Clock:
    """Unix time [s] with microseconds, strictly increasing from reading to reading.

    after: unix time [s] that every reading lies behind, for a run that goes on with an earlier one.
    """

    def __init__(self, after: float = 0.0) -> None:
        self._zero = time.time_ns() // 1000 - time.perf_counter_ns() // 1000
        self._last = int(after * 1e6)

    def now(self) -> float:
        """Return the next timestamp [s]."""
        self._last = max(self._last + 1, self._zero + time.perf_counter_ns() // 1000)
        return self._last / 1e6
