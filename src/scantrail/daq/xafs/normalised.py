"""The edge step and the normalised mu(E): a line below the edge, a polynomial above it."""

from dataclasses import dataclass

import numpy as np

from scantrail.daq.measured import Floats
from scantrail.daq.xafs.absorption import Absorption
from scantrail.daq.xafs.edge import noise_of
from scantrail.daq.xafs.missing import Missing

ROUND = 10.0
"""The ranges end at multiples of this [eV from E0], within the scan."""
ABOVE = 25.0
"""Where the range above the edge begins [eV from E0], if the scan goes 3 times as far."""
LATER = 50.0
"""Where that range begins to tell how far the step hangs on it [eV from E0]."""
LONG, SHORT = 300.0, 30.0
"""Lengths of that range [eV] from which the polynomial is a parabola, and a line; below, a constant."""
FEWEST_BELOW, FEWEST_ABOVE = 3, 5
"""Points that the line and the polynomial need."""
SIGNIFICANT = 4.0
"""A step stands out if it is so many times its error."""

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Normalised:
    """mu(E) between its line below the edge and its curve above it.

    step: their distance at E0. error: what the readings' errors leave open of it, and how far it moves if the curve
    begins LATER. below, above: their ranges [eV from E0]; degree of the curve. pre_edge, post_edge: both at every
    energy; flat: the normalised mu less what the curve has beyond E0.
    """

    step: float
    error: float
    below: Range
    above: Range
    degree: int
    pre_edge: Floats
    post_edge: Floats
    norm: Floats
    flat: Floats


def normalise(spectrum: Absorption, e0: float) -> Normalised | Missing:
    """Return mu(E) with its line below the edge subtracted, divided by the edge step.

    The ranges are about those that Larch chooses: below, from the second point to half of the way to the edge; above,
    from 25 eV to the end. Flattening as in Athena: B. Ravel and M. Newville, J. Synchrotron Rad. 12, 537 (2005).
    """
    x = spectrum.energy - e0
    start = ROUND * round(float(x[1]) / ROUND)
    end = min(ROUND * round(float(x[-1]) / ROUND), float(x[-1]))
    below, above = (start, start / 2.0), (min(ABOVE, end / 3.0), end)
    if start >= 0.0 or len(x[_points(x, below)]) < FEWEST_BELOW:
        return Missing(f"fewer than {FEWEST_BELOW} points well below the edge")
    if len(x[_points(x, above)]) < FEWEST_ABOVE:
        return Missing(f"fewer than {FEWEST_ABOVE} points above the edge")
    length = above[1] - above[0]
    degree = 2 if length >= LONG else 1 if length >= SHORT else 0
    line, weights, curve = _step(x, below, above, degree)
    pre_edge = line @ spectrum.mu
    rise = curve @ (spectrum.mu - pre_edge)
    step = float(weights @ spectrum.mu)
    later = _step(x, below, (min(LATER, above[0] + length / 3.0), end), degree)[1]
    counting = float(np.sqrt(np.sum((weights * noise_of(spectrum)) ** 2)))
    if step <= SIGNIFICANT * counting:
        return Missing(f"mu rises by {step:.2g} at the edge, with an error of {counting:.2g}")
    norm = (spectrum.mu - pre_edge) / step
    flat = norm - np.where(x >= 0.0, rise / step - 1.0, 0.0)
    error = float(np.hypot(counting, later @ spectrum.mu - step))
    return Normalised(step, error, below, above, degree, pre_edge, pre_edge + rise, norm, flat)


def _step(x: Floats, below: Range, above: Range, degree: int) -> tuple[Floats, Floats, Floats]:
    """Return what gives from mu the line below and the edge step, and from mu less that line the curve above."""
    line, _ = _polynomial(x, _points(x, below), 1)
    curve, at_e0 = _polynomial(x, _points(x, above), degree)
    return line, at_e0 - at_e0 @ line, curve


def _points(x: Floats, ends: Range) -> slice:
    """The points from the last one that is not above the start to the one nearest to the end."""
    first = max(0, int(np.searchsorted(x, ends[0], side="right")) - 1)
    return slice(first, int(np.argmin(np.abs(x - ends[1]))) + 1)


def _polynomial(x: Floats, part: slice, degree: int) -> tuple[Floats, Floats]:
    """Return what gives, from values at all x, the least-squares polynomial through a part of them: at all x, at 0."""
    powers = (x[:, np.newaxis] / float(np.max(np.abs(x)))) ** np.arange(degree + 1)
    solved = np.zeros((degree + 1, len(x)))
    solved[:, part] = np.linalg.pinv(powers[part])
    return np.asarray(powers @ solved), solved[0]
