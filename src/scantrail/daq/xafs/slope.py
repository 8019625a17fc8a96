"""The slope of mu(E), smoothed: cubic polynomials, fitted about each energy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.measured import Floats

WIDTH = 1e-4
"""Smoothing width as a share of the energy: a Si 111 monochromator resolves about 1.4e-4 (full width)."""
REACH = 4.0
"""Widths beyond which points have no weight."""
CUBIC = 4
"""Coefficients of a polynomial of degree 3."""
NEARBY = 51
"""Points over which the scatter is taken."""
MEAN = 1.2533
"""Standard deviation of normal noise in units of its mean absolute value, sqrt(pi / 2)."""


@dataclass(frozen=True, slots=True)
class Slopes:
    """The slope as a weighted sum of readings: `weights` [1/eV] of the points `index`, each (energies, window)."""

    index: NDArray[np.intp]
    weights: Floats

    def of(self, mu: Floats) -> Floats:
        """Return the slope of mu [1/eV] at each energy."""
        return np.asarray(np.sum(self.weights * mu[self.index], axis=1))

    def error(self, sigma: Floats) -> Floats:
        """Return the error of the slope [1/eV] at each energy, sigma being that of each reading."""
        return np.asarray(np.sqrt(np.sum((self.weights * sigma[self.index]) ** 2, axis=1)))


def slopes_at(energy: Floats, at: Floats, widths: float = 1.0) -> Slopes:
    """Return what gives the smoothed slope at energies `at` [eV], from points at `energy`, ascending, 5 or more.

    The slope of the cubic that fits best, points weighted by exp(-x^2 / 2), x their distance in units of `widths` times
    `width_at`: a local polynomial regression (W. S. Cleveland, J. Am. Stat. Assoc. 74, 829, 1979).
    """
    width = widths * width_at(energy, at)[:, np.newaxis]
    first = np.searchsorted(energy, at - REACH * width[:, 0])
    last = np.searchsorted(energy, at + REACH * width[:, 0])
    first = np.clip(np.minimum(first, last - CUBIC - 1), 0, None)
    last = np.clip(np.maximum(last, first + CUBIC + 1), None, len(energy))
    index = first[:, np.newaxis] + np.arange(int(np.max(last - first)))
    inside = index < last[:, np.newaxis]
    index = np.where(inside, index, 0)
    x = np.where(inside, (energy[index] - at[:, np.newaxis]) / width, 0.0)
    weight = np.where(inside, np.exp(-(x**2) / 2.0), 0.0)
    powers = x[:, :, np.newaxis] ** np.arange(CUBIC)
    normal = np.einsum("nw,nwi,nwj->nij", weight, powers, powers)
    slope = np.linalg.pinv(normal, hermitian=True)[:, 1, :]
    return Slopes(index, np.einsum("ni,nwi,nw->nw", slope, powers, weight) / width)


def width_at(energy: Floats, at: Floats) -> Floats:
    """Return the smoothing width [eV]: WIDTH of the energy, or the distance of points where that is larger."""
    gaps = np.diff(energy)
    spacing = np.maximum(np.append(gaps[0], gaps), np.append(gaps, gaps[-1]))
    return np.asarray(np.maximum(WIDTH * at, np.interp(at, energy, spacing)))


def scatter(energy: Floats, mu: Floats) -> Floats:
    """Return how far readings scatter about the cubics through their neighbours, two on each side: 5 points or more.

    The mean over NEARBY points: noise is larger where less light arrives.
    """
    from scipy.ndimage import uniform_filter1d

    x = np.stack([energy[i : len(energy) - 4 + i] for i in (0, 1, 3, 4)])
    y = np.stack([mu[i : len(mu) - 4 + i] for i in (0, 1, 3, 4)])
    at = energy[2:-2]
    share = np.ones_like(x)
    for i in range(4):
        for j in set(range(4)) - {i}:
            share[i] *= (at - x[j]) / (x[i] - x[j])
    off = np.abs(mu[2:-2] - np.sum(share * y, axis=0)) / np.sqrt(1.0 + np.sum(share**2, axis=0))
    return np.pad(MEAN * uniform_filter1d(off, NEARBY, mode="reflect"), 2, mode="edge")
