"""chi(R): the Fourier transform of chi(k), with the conventions of the field."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.measured import Floats

GRID = 0.05
"""Distance of the even k [1/angstrom]."""
LENGTH = 2048
"""Points of the transform, which sets the distance of R: pi / (GRID LENGTH) = 0.0307 angstrom."""
K_WEIGHT = 2
K_MIN, K_MAX = 2.0, 12.0
"""Range in k [1/angstrom]; it ends MARGIN before the spectrum does."""
MARGIN = 0.5
TAPER = 1.0
"""Width of the window's ends [1/angstrom]."""
SHOWN = 6.0
"""Largest R that is shown [angstrom]."""
NOISE = (15.0, 25.0)
"""Distances [angstrom] at which there is nothing but noise."""


@dataclass(frozen=True, slots=True)
class Transform:
    """|chi(R)| [angstrom^-3] against R [angstrom], not corrected for phase shifts.

    window: its range in k [1/angstrom]. peak: R and height of the highest beyond the background; noise: root mean
    square of |chi(R)| where there is no structure. resolution: error of R for the distance of its grid [angstrom].
    """

    resolution: ClassVar[float] = np.pi / (GRID * LENGTH) / 12**0.5

    r: Floats
    magnitude: Floats
    window: tuple[float, float]
    peak: tuple[float, float]
    noise: float


def transformed(k: Floats, chi: Floats, beyond: float) -> Transform:
    """Return |chi(R)| of k^2 chi(k), its highest peak `beyond` [angstrom].

    chi(R) = GRID / sqrt(pi) sum chi(k) k^2 Omega(k) exp(-2 i k R), Omega a Hanning window. The noise is taken from 15
    to 25 angstrom: M. Newville, B. I. Boyanov and D. E. Sayers, J. Synchrotron Rad. 6, 264 (1999).
    """
    ends = (K_MIN, min(K_MAX, float(k[-1]) - MARGIN))
    r = distances()
    every = np.abs(to_distances(chi * k**K_WEIGHT * hanning(k, *ends, TAPER)))
    shown = r <= SHOWN
    top = int(np.argmax(np.where(shown & (r > beyond), every, 0.0)))
    quiet = every[(r >= NOISE[0]) & (r <= NOISE[1])]
    return Transform(
        r[shown], every[shown], ends, (float(r[top]), float(every[top])), float(np.sqrt(np.mean(quiet**2)))
    )


def distances() -> Floats:
    """Return the distances R [angstrom] at which chi(R) is known."""
    return np.asarray(np.pi / (GRID * LENGTH) * np.arange(LENGTH // 2))


def to_distances(weighted: Floats) -> NDArray[np.complex128]:
    """Return chi(R) of weighted chi at the even k from 0 on, along its first axis; at the `distances`."""
    return np.asarray(GRID / np.sqrt(np.pi) * np.fft.fft(weighted, LENGTH, axis=0)[: LENGTH // 2])


def hanning(k: Floats, low: float, high: float, taper: float) -> Floats:
    """Return the window from `low` to `high`, its ends squared sines of width `taper`; cut off where k ends."""
    first, last = max(float(k[0]), low - taper / 2.0), min(float(k[-1]), high + taper / 2.0)
    rise = np.clip((k - first) / (low + taper / 2.0 - first), 0.0, 1.0)
    fall = np.clip((last - k) / (last - (high - taper / 2.0)), 0.0, 1.0)
    return np.asarray(np.sin(np.pi / 2.0 * rise) ** 2 * np.sin(np.pi / 2.0 * fall) ** 2)
