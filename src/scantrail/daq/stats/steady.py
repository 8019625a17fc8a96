"""What readings in time say: their level, how far they scatter, and whether they drift."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.stats.curve import counting_error, positions
from scantrail.daq.stats.found import Found, Statistic
from scantrail.daq.stats.words import saturation, told, written
from scantrail.runs import duration

SURE = 3.0
"""A drift is told if it is so many times its error."""
FEWEST = 5
"""Readings below which a drift cannot be told from scatter."""
MINUTES = 120.0
"""Time [s] from which on it is told in minutes."""
LONE = "a single reading does not scatter"
FEW = f"{FEWEST} readings are needed to tell a drift from scatter"


def over_time(measured: Measured, column: Quantity) -> Found:
    """Return mean, standard deviation and drift of the readings of a column over the axis of a time scan.

    The drift is how far the straight line through the readings (least squares) rises from the first to the last.
    """
    held = np.isfinite(column.values)
    y, t = column.values[held], positions(measured, 0)[held]
    if not len(y):
        return Found(column.name, "none", "gave no reading")
    mean, spread, drift = _statistics(y, t, column.unit)
    sentence = f"averages {_sure(mean)}"
    if spread.value is not None:
        sentence += f", scatters by {told(replace(spread, unit=''))}{_share(spread.value, mean.value)}"
    if drift.value is not None and drift.error is not None:
        sentence += (
            f", {_drifts(drift.value, drift.error)} ({_sure(replace(drift, unit=''))} in {_while(float(np.ptp(t)))})"
        )
    notes = (*_beyond_counting(measured, column, y, t), *saturation(column, "level"))
    return Found(column.name, "level", sentence, (mean, spread, drift), notes)


def _statistics(y: Floats, t: Floats, unit: str) -> tuple[Statistic, Statistic, Statistic]:
    number, average = len(y), float(np.mean(y))
    if number < 2:
        lone = Statistic("std", unit, reason=LONE)
        return Statistic("mean", unit, average), lone, Statistic("drift", unit, reason=FEW)
    spread = float(np.std(y, ddof=1))
    mean = Statistic("mean", unit, average, spread / np.sqrt(number))
    std = Statistic("std", unit, spread, spread / np.sqrt(2.0 * (number - 1)))
    if number < FEWEST or not np.ptp(t):
        return mean, std, Statistic("drift", unit, reason=FEW)
    slope, left = _line(y, t)
    error = float(np.sqrt(np.sum(left**2) / (number - 2) / np.sum((t - np.mean(t)) ** 2)))
    return mean, std, Statistic("drift", unit, slope * float(np.ptp(t)), error * float(np.ptp(t)))


def _line(y: Floats, t: Floats) -> tuple[float, Floats]:
    """Return the slope of the straight line through readings, and how far each is from it."""
    x = t - np.mean(t)
    slope = float(np.sum(x * y) / np.sum(x**2))
    return slope, np.asarray(y - np.mean(y) - slope * x)


def _drifts(drift: float, error: float) -> str:
    if abs(drift) <= SURE * error:
        return "no drift"
    return "rises" if drift > 0.0 else "falls"


def _while(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < MINUTES else duration(seconds)


def _share(spread: float, mean: float | None) -> str:
    return f" ({100.0 * spread / abs(mean):.2g} %)" if mean else ""


def _sure(one: Statistic) -> str:
    """Write a value with its error, if it has one."""
    if one.value is None or not one.error:
        return told(one)
    unit = f" {one.unit}" if one.unit else ""
    return f"{written(one.value, one.error / 2.0)} ± {written(one.error, one.error / 2.0)}{unit}"


def _beyond_counting(measured: Measured, column: Quantity, y: Floats, t: Floats) -> Iterator[str]:
    """Tell how much more readings scatter about their drift than counts do, if that is no chance."""
    counted = counting_error(column, measured.dwell)
    if counted is None or len(y) < FEWEST or not np.ptp(t):
        return
    left = _line(y, t)[1]
    expected = float(np.sqrt(np.nanmean(counted**2)))
    ratio = float(np.sqrt(np.sum(left**2) / (len(y) - 2))) / expected
    if ratio > 1.0 + SURE / np.sqrt(2.0 * (len(y) - 2)):
        yield f"it scatters {ratio:.2g} times as much as counting alone would"
