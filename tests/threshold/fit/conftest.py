"""Counting curves with a known truth."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.special import erfc


@dataclass(frozen=True)
class Channel:
    """A channel whose noise edge and plateau are known; rates in 1/s, thresholds in DAC."""

    amplitude: float = 20.0
    mu: float = 300.0
    sigma: float = 3.5
    plateau: float = 0.8
    slope: float = 0.0
    rice: bool = False

    def rate(self, v):
        z = (np.asarray(v, dtype=float) - self.mu) / (np.sqrt(2.0) * self.sigma)
        shape = np.exp(-z * z) if self.rice else erfc(z)
        return self.amplitude * shape + self.plateau * np.exp(-self.slope * np.maximum(v - self.mu, 0.0))

    def counts(self, v, live=10.0, seed=1):
        return np.random.default_rng(seed).poisson(self.rate(v) * live)

    def expected(self, v, live=10.0):
        """Counts without fluctuation, rounded."""
        return np.round(self.rate(v) * live)


@pytest.fixture
def channel() -> Callable[..., Channel]:
    return Channel


@pytest.fixture
def grid() -> np.ndarray:
    return np.arange(284.0, 325.0, 2.0)
