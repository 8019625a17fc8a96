"""What a scan over three axes and more says: its highest reading, or the lowest of a dip, and where that is."""

import numpy as np

from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.stats.curve import counting_error
from scantrail.daq.stats.found import EXTREMES, Found, Shape, Statistic
from scantrail.daq.stats.grid import gridded, places_along, where
from scantrail.daq.stats.noise import FEWEST, contrast, noise_of
from scantrail.daq.stats.words import few, flat, saturation, told


def over_volume(measured: Measured, column: Quantity) -> Found:
    """Return the extreme reading of a column over all axes of a scan; the noise is that along the longest axis."""
    z = gridded(measured, column.values)
    held = z[np.isfinite(z)]
    if len(held) < FEWEST**2:
        return Found(column.name, "none", few(len(held), FEWEST**2))
    seen = contrast(held, noise_of(_rows(z), counting_error(column, measured.dwell)))
    if seen.flat:
        return Found(column.name, "none", flat(seen))
    shape: Shape = "peak" if seen.up >= seen.down else "dip"
    at = np.unravel_index(int(np.nanargmax(z) if shape == "peak" else np.nanargmin(z)), z.shape)
    value = Statistic("value", column.unit, float(z[at]), seen.noise)
    peaks = [_along(measured, dimension, int(index)) for dimension, index in enumerate(at)]
    ends = [
        one.axis.rpartition(":")[2] for one, i, n in zip(peaks, at, z.shape, strict=True) if n > 1 and i in (0, n - 1)
    ]
    edge = f"; the range ends there along {' and '.join(ends)}" if ends else ""
    sentence = f"is {EXTREMES[shape]}, {told(value)}, at {where(peaks)}{edge}"
    return Found(column.name, shape, sentence, (value, *peaks), saturation(column))


def _rows(z: Floats) -> list[Floats]:
    """Return the readings along the longest axis, row after row."""
    longest = int(np.argmax(z.shape))
    return list(np.moveaxis(z, longest, -1).reshape(-1, z.shape[longest]))


def _along(measured: Measured, dimension: int, index: int) -> Statistic:
    axis, places = measured.axes[dimension], places_along(measured, dimension)
    steps = np.abs(np.diff(places[np.isfinite(places)]))
    digit = float(np.median(steps)) / 10.0 if len(steps) else 0.0
    return Statistic("peak", axis.unit, float(places[index]), axis=axis.name, digit=digit)
