"""Readings along one axis, as statistics take them."""

from dataclasses import dataclass

import numpy as np

from scantrail.daq.measured import COUNTS, RATES, Floats, Measured, Quantity

SIX_DIGITS = 6
"""Digits that the line protocol sends."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Readings y at positions x, which ascend; sigma: the error of each, None if they are no counts.

    frontier: where a scan stood when it ended before its time, None for one that reached its end.
    """

    x: Floats
    y: Floats
    sigma: Floats | None
    frontier: float | None = None

    def __len__(self) -> int:
        return len(self.x)

    @property
    def step(self) -> float:
        """The usual distance of neighbouring points."""
        return float(np.median(np.diff(self.x))) if len(self) > 1 else 0.0


def curve_of(measured: Measured, column: Quantity) -> Curve:
    """Return the readings of a column along the first axis, by position; those taken at one place are averaged."""
    x, y, sigma = positions(measured, 0), column.values, counting_error(column, measured.dwell)
    held = np.isfinite(x) & np.isfinite(y)
    frontier = float(x[-1]) if len(x) and len(x) < measured.shape[0] else None
    places, place, number = np.unique(x[held], return_inverse=True, return_counts=True)
    mean = np.bincount(place, y[held], len(places)) / number
    if sigma is None:
        return Curve(places, mean, None, frontier)
    error = np.sqrt(np.bincount(place, sigma[held] ** 2, len(places))) / number
    return Curve(places, mean, error, frontier)


def positions(measured: Measured, axis: int) -> Floats:
    """Return where the points of a scan lie along one of its axes: its readbacks where they tell more than setpoints.

    They do not where some are missing, or where the six digits that a control system sent do not resolve the steps.
    """
    sent = measured.axes[axis].values
    if axis >= len(measured.readbacks):
        return sent
    stood = measured.readbacks[axis].values
    if not np.all(np.isfinite(stood)) or not len(stood):
        return sent
    steps = np.abs(np.diff(np.unique(sent)))
    rounded = np.array([float(f"{value:.{SIX_DIGITS}g}") for value in stood])
    if np.array_equal(rounded, stood) and len(steps) and _digit(stood) > np.median(steps) / 10:
        return sent
    return stood


def counting_error(column: Quantity, dwell: Floats | None) -> Floats | None:
    """Return the Poisson error of each reading, sqrt(n) with n at least 1, in its unit; None for what is no count."""
    if column.unit in COUNTS:
        return np.sqrt(np.maximum(np.nan_to_num(column.values), 1.0))
    if column.unit in RATES and dwell is not None:
        return np.sqrt(np.maximum(np.nan_to_num(column.values) * dwell, 1.0)) / dwell
    return None


def _digit(values: Floats) -> float:
    """Return what the last of six digits is worth."""
    largest = float(np.max(np.abs(values)))
    return float(10.0 ** (np.floor(np.log10(largest)) - SIX_DIGITS + 1)) if largest > 0 else 0.0
