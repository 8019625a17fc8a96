"""Numbers in the words of statistics: with their unit, and with as many digits as they bear."""

from math import floor, isfinite, log10

from scantrail.daq.measured import Quantity
from scantrail.daq.stats.found import Shape, Statistic
from scantrail.daq.stats.noise import Contrast

MOST = 10
"""Digits that any number is written with at most."""


def told(statistic: Statistic) -> str:
    """Return a value with its unit, to the digits that its error or its step bears."""
    if statistic.value is None:
        return "not available"
    unit = f" {statistic.unit}" if statistic.unit else ""
    return f"{written(statistic.value, _resolution(statistic))}{unit}"


def written(value: float, resolution: float) -> str:
    """Return a number to the decimal that is not finer than `resolution`; in an exponential form if it is long.

    >>> written(12.3456, 0.02)
    '12.35'
    """
    if not isfinite(resolution) or resolution <= 0.0:
        return f"{value:.6g}"
    decimals = max(0, -floor(log10(resolution) + 1e-9))
    plain = f"{value:.{decimals}f}"
    if float(plain) == 0.0:
        plain = plain.lstrip("-")
    return plain if len(plain.lstrip("-").replace(".", "")) <= MOST else f"{value:.{MOST}g}"


def _resolution(statistic: Statistic) -> float:
    return max(statistic.error / 2.0, statistic.digit / 10.0) if statistic.error else statistic.digit


def few(number: int, needed: int) -> str:
    """Say that there are fewer readings than it takes."""
    return f"has {number} reading{'' if number == 1 else 's'}, and {needed} are needed to tell a peak from noise"


def again(shape: Shape) -> str:
    """Say that a peak or dip is not the only one."""
    if shape == "dip":
        return "it falls below half depth more than once: the deepest dip is told"
    return "it rises above half height more than once: the highest peak is told"


def flat(seen: Contrast) -> str:
    """Say that nothing stands out of the noise."""
    return (
        f"shows no peak: its highest reading stands {seen.up:.1f} times the noise above the median, "
        f"and {seen.needed:.1f} are needed"
    )


def saturation(column: Quantity, what: str = "shape") -> tuple[str, ...]:
    """Warn of a detector that reached its ceiling; what: that is not true then."""
    if not column.saturated:
        return ()
    points = "1 point" if column.saturated == 1 else f"{column.saturated} points"
    return (f"it was at its ceiling of {column.ceiling:g} at {points}, so its {what} is not true",)
