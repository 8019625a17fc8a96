"""Temperature, pressure and humidity at the board: a plausible day, the same in every simulation."""

import functools
import math
from typing import NamedTuple

DAY = 86400.0


class Environment(NamedTuple):
    """temperature [degrees C], pressure [Pa], humidity [%]."""

    temperature: float
    pressure: float
    humidity: float


@functools.lru_cache(maxsize=4096)
def environment(second: int) -> Environment:
    """What the slow sensors read in that second of simulated time."""
    phase = 2 * math.pi * second / DAY
    return Environment(
        round(27.37 + 2.5 * math.sin(phase), 2),
        round(100594.35 + 180.0 * math.sin(phase / 3), 2),
        round(41.43 - 4.0 * math.sin(phase), 2),
    )
