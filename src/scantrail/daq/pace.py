"""How often a motor is asked whether it has arrived: fast at first, then ever less."""

FIRST = 0.002
"""Pause before the first repeated question [s]."""
CEILING = 0.04
"""Longest pause of a scan [s]: a request to stop is seen within 50 ms."""
SHARE = 0.05
"""Share of the time waited so far that the next pause takes: an arrival is noticed at most that much late."""


def pause(waited: float, ceiling: float = CEILING) -> float:
    """Return how long to wait before asking again [s], after `waited` [s] since the move began."""
    return min(max(FIRST, SHARE * waited), ceiling)
