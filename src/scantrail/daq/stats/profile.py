"""A peak along one axis: its background, its half height, its centroids. A dip is one upside down."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.measured import Floats
from scantrail.daq.stats.curve import Curve

FOOT = 0.1
"""Share of the height above which points belong to the peak in its centroid."""
SLOPE = 0.25
"""Largest difference of both ends, as a share of the height, that is a background and no flank."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a flank crosses half height, and the error of that."""

    at: float
    error: float


@dataclass(frozen=True, slots=True)
class Profile:
    """A peak or dip: z above a straight background through both ends of the range, pointing up.

    top: index of the highest point; left, right: where the flanks cross half height, None where the range ends before;
    again: whether the readings rise above half height once more.
    """

    curve: Curve
    z: Floats
    top: int
    noise: float
    left: Crossing | None
    right: Crossing | None
    again: bool

    @property
    def height(self) -> float:
        """Height of the highest point above the background."""
        return float(self.z[self.top])

    @property
    def position(self) -> float:
        """Where the highest point is."""
        return float(self.curve.x[self.top])

    @property
    def errors(self) -> Floats:
        """Error of each reading."""
        return np.full(len(self.z), self.noise) if self.curve.sigma is None else self.curve.sigma

    @property
    def resolved(self) -> bool:
        """Whether more than one point stands above half height."""
        return int(np.sum(self.z > self.height / 2.0)) > 1

    def half(self) -> tuple[tuple[float, float], tuple[float, float]] | None:
        """Return the full width at half maximum and its centre, each with its error; None for a cut peak."""
        if self.left is None or self.right is None:
            return None
        spread = float(np.hypot(self.left.error, self.right.error))
        centre = (self.left.at + self.right.at) / 2.0
        return (self.right.at - self.left.at, spread), (centre, spread / 2.0)

    def raw_centroid(self) -> tuple[float, float] | None:
        """Return sum(x y) / sum(y) and its error; None where the readings do not add up to more than nothing."""
        x, y = self.curve.x, self.curve.y
        total = float(np.sum(y))
        if total <= 0.0:
            return None
        centre = float(np.sum(x * y) / total)
        if not x[0] <= centre <= x[-1]:
            return None
        return centre, float(np.sqrt(np.sum(((x - centre) * self.errors) ** 2)) / total)

    def centroid(self) -> tuple[float, float]:
        """Return the centroid of what stands above the background, and its error.

        Of the points around the highest one that are above a tenth of its height and twice the noise, each with the
        length of axis that it stands for.
        """
        floor = min(max(FOOT * self.height, 2.0 * self.noise), self.height)
        first, last = _around(self.z >= floor, self.top)
        own = slice(first, last + 1)
        x, weights = self.curve.x[own], lengths(self.curve.x)[own] * self.z[own]
        total = float(np.sum(weights))
        centre = float(np.sum(x * weights) / total)
        spread = lengths(self.curve.x)[own] * (x - centre) * self.errors[own]
        return centre, float(np.sqrt(np.sum(spread**2)) / total)


def profile_of(curve: Curve, noise: float, sign: float = 1.0) -> Profile:
    """Return the highest peak of a curve, with sign -1 its deepest dip."""
    y = sign * curve.y
    z = y - _background(curve.x, y)
    top = _middle(y)
    half = z[top] / 2.0
    before, after = _flank(z, top, half, -1), _flank(z, top, half, +1)
    beyond = [*z[: before + 1 if before is not None else 0], *z[after if after is not None else len(z) :]]
    profile = Profile(curve, z, top, noise, None, None, any(value > half + 3.0 * noise for value in beyond))
    left = None if before is None else _cross(profile, before, before + 1, half)
    right = None if after is None else _cross(profile, after, after - 1, half)
    return Profile(curve, z, top, noise, left, right, profile.again)


def ends(y: Floats) -> tuple[float, float]:
    """Return the level of the readings at either end of the range: the mean of a tenth of the points, one at least."""
    few = max(1, len(y) // 10)
    return float(np.mean(y[:few])), float(np.mean(y[-few:]))


def lengths(x: Floats) -> Floats:
    """Return the length of axis that each point stands for."""
    edges = np.concatenate([x[:1], (x[1:] + x[:-1]) / 2.0, x[-1:]])
    found: Floats = np.diff(edges)
    found[[0, -1]] *= 2.0
    return found


def _background(x: Floats, y: Floats) -> Floats:
    """Return the straight line through both ends; where one of them lies on a flank, the level of the other."""
    few = max(1, len(y) // 10)
    (left, right), (first, last) = ends(y), (float(np.mean(x[:few])), float(np.mean(x[-few:])))
    if abs(left - right) > SLOPE * np.ptp(y):
        return np.full(len(y), min(left, right))
    line: Floats = left + (right - left) * (x - first) / (last - first)
    return line


def _middle(y: Floats) -> int:
    """Return the index of the highest reading, of several alike in a row the middle one."""
    first, last = _around(y == np.max(y), int(np.argmax(y)))
    return (first + last) // 2


def _around(kept: NDArray[np.bool_], at: int) -> tuple[int, int]:
    """Return the first and the last of the points kept in a row around `at`."""
    gaps = np.flatnonzero(~kept)
    first = int(np.max(gaps[gaps < at], initial=-1)) + 1
    last = int(np.min(gaps[gaps > at], initial=len(kept))) - 1
    return first, last


def _flank(z: Floats, top: int, half: float, way: int) -> int | None:
    """Return the first point below half height on this side of the top, None if there is none."""
    i = top + way
    while 0 <= i < len(z):
        if z[i] < half:
            return i
        i += way
    return None


def _cross(profile: Profile, below: int, above: int, half: float) -> Crossing:
    """Return where the straight line between two neighbouring points crosses half height."""
    x, z = profile.curve.x, profile.z
    slope = (z[above] - z[below]) / (x[above] - x[below])
    at = float(x[below] + (half - z[below]) / slope)
    error = float(np.hypot(*profile.errors[[below, above]]) / np.sqrt(2.0) / abs(slope))
    return Crossing(at, error)
