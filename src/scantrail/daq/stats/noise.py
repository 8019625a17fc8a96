"""Whether a curve stands out of its noise at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, pi, sqrt
from statistics import NormalDist

import numpy as np

from scantrail.daq.measured import Floats
from scantrail.daq.stats.curve import SIX_DIGITS

RATIO = 4.0
"""What stands out less, in units of the noise, is no peak."""
FALSE_ALARM = 1e-3
"""Share of scans of pure noise in which a reading may still stand out: the more points, the higher the highest."""
KEPT = 0.75
"""Share of the second differences that tell the noise: the largest are those of the peak."""
FEWEST = 5
"""Points below which noise and peak cannot be told apart."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """How far the highest and the lowest reading stand from the median, in units of the noise; needed: to be told."""

    up: float
    down: float
    noise: float
    needed: float

    @property
    def flat(self) -> bool:
        """Whether nothing stands out."""
        return max(self.up, self.down) < self.needed


def contrast(y: Floats, noise: float) -> Contrast:
    """Return the contrast of readings with this noise."""
    median = float(np.median(y))
    needed = max(RATIO, NormalDist().inv_cdf(1.0 - FALSE_ALARM / len(y)))
    return Contrast(_ratio(float(np.max(y)) - median, noise), _ratio(median - float(np.min(y)), noise), noise, needed)


def noise_of(rows: Sequence[Floats], sigma: Floats | None) -> float:
    """Return the noise of rows of neighbouring readings, at least that of counting and half of their last digit.

    From second differences, y[i-1] - 2 y[i] + y[i+1] over sqrt(6), which a smooth curve hardly changes; the smaller
    three quarters of them, whose root mean square is known for normal noise. sigma: counting error of each reading.
    """
    every = np.concatenate(list(rows))
    counting = 0.0 if sigma is None else float(np.nanmedian(sigma))
    return max(_scatter(rows), counting, _resolution(every[np.isfinite(every)]) / 2.0)


def _scatter(rows: Sequence[Floats]) -> float:
    bends = np.sort(np.abs(np.concatenate([row[:-2] - 2.0 * row[1:-1] + row[2:] for row in rows]))) / sqrt(6.0)
    bends = bends[np.isfinite(bends)]
    kept = bends[: int(np.ceil(KEPT * len(bends)))]
    return float(np.sqrt(np.mean(kept**2) / _share())) if len(kept) else 0.0


def _share() -> float:
    """Mean square of the smaller three quarters of |z|, z standard normal."""
    end = NormalDist().inv_cdf((1.0 + KEPT) / 2.0)
    return 1.0 - 2.0 * end * exp(-(end**2) / 2.0) / sqrt(2.0 * pi) / KEPT


def _resolution(y: Floats) -> float:
    """Return the last digit of readings: 1 for whole numbers, else that of six."""
    largest = float(np.max(np.abs(y)))
    if largest == 0.0:
        return 0.0
    last = float(10.0 ** (np.floor(np.log10(largest)) - SIX_DIGITS + 1))
    return max(1.0, last) if largest >= 1.0 and np.array_equal(y, np.round(y)) else last


def _ratio(distance: float, noise: float) -> float:
    return distance / noise if noise > 0.0 else (np.inf if distance > 0.0 else 0.0)
