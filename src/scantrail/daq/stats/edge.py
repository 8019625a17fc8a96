"""A knife edge: the error function of a beam that an edge cuts, fitted to the readings."""

from typing import NamedTuple

import numpy as np

from scantrail.daq.measured import Floats
from scantrail.daq.stats.curve import Curve
from scantrail.daq.stats.profile import ends

FWHM = 2.0 * np.sqrt(2.0 * np.log(2.0))
"""Full width at half maximum of a Gaussian, in standard deviations."""
LIKENESS = 0.03
"""Largest distance of readings and fit (root mean square), as a share of the edge's height, beyond the noise."""
SAG = 0.1
"""How far a plateau may fall from its highest reading to the range end, as a share of the height, beyond the noise."""
REACH = 2.5
"""Standard deviations on either side of an edge that must lie within the range."""
NARROW = 0.35
"""Standard deviation, in steps, below which the points do not show a width."""


class EdgeFit(NamedTuple):
    """An edge: position and fwhm of the beam [unit of the axis] with their errors, height [unit of the readings].

    rises: towards larger positions; resolved: whether the points show the width; whole: whether both its plateaus are
    within the range. x, y: the fitted curve.
    """

    position: float
    position_error: float
    fwhm: float
    fwhm_error: float
    height: float
    rises: bool
    resolved: bool
    whole: bool
    x: Floats
    y: Floats


def edge_of(curve: Curve, noise: float) -> EdgeFit | None:
    """Fit low + height / 2 (1 + erf((x - position) / (sqrt(2) s))) by least squares; None where that does not fit.

    The errors come from the curvature at the minimum; they grow with a chi squared above 1, and readings without an
    error of their own take that from the residuals.
    """
    from scipy.optimize import least_squares
    from scipy.special import erf

    if not _levels_off(curve.y, noise):
        return None
    x, middle, span = curve.x, float(np.mean(curve.x)), float(np.ptp(curve.x))
    u, scale = (x - middle) / span, float(np.ptp(curve.y))
    v = (curve.y - np.min(curve.y)) / scale
    sigma = np.ones(len(v)) if curve.sigma is None else np.maximum(curve.sigma / scale, 1e-12)

    def model(p: Floats, at: Floats) -> Floats:
        found: Floats = p[0] + p[1] / 2.0 * (1.0 + erf((at - p[2]) / (np.sqrt(2.0) * np.exp(p[3]))))
        return found

    first, last = ends(v)
    start = np.array([first, last - first, _halfway(u, v, (first + last) / 2.0), np.log(max(0.05, 1.0 / len(u)))])
    bounds = ([-2.0, -4.0, -1.0, np.log(1e-4)], [3.0, 4.0, 1.0, np.log(3.0)])

    def distance(p: Floats) -> Floats:
        return (model(p, u) - v) / sigma

    fit = least_squares(distance, np.clip(start, *bounds), bounds=bounds)
    residual = float(np.sqrt(np.mean((model(fit.x, u) - v) ** 2)))
    if residual > max(2.0 * noise / scale, LIKENESS * abs(fit.x[1])):
        return None
    jacobian: Floats = np.asarray(fit.jac)
    chi = 2.0 * fit.cost / max(len(v) - len(start), 1)
    scaled = np.linalg.pinv(jacobian.T @ jacobian) * (chi if curve.sigma is None else max(chi, 1.0))
    errors = np.sqrt(np.maximum(np.diag(scaled), 0.0))
    width = float(np.exp(fit.x[3])) * span
    position, step = float(fit.x[2]) * span + middle, _step_at(x, float(fit.x[2]) * span + middle)
    resolved = width > NARROW * step
    fine = np.linspace(x[0], x[-1], 400)
    return EdgeFit(
        position=position,
        position_error=float(errors[2]) * span if resolved else step / np.sqrt(12.0),
        fwhm=float(FWHM * width),
        fwhm_error=float(FWHM * width * errors[3]),
        height=abs(float(fit.x[1])) * scale,
        rises=bool(fit.x[1] > 0.0),
        resolved=resolved,
        whole=bool(x[0] <= position - REACH * width and position + REACH * width <= x[-1]),
        x=fine,
        y=model(fit.x, (fine - middle) / span) * scale + float(np.min(curve.y)),
    )


def _levels_off(y: Floats, noise: float) -> bool:
    """Tell an edge, which ends on a plateau, from a peak that the range cuts and that falls again."""
    sag = SAG * float(np.ptp(y)) + 5.0 * noise
    low, high = sorted(ends(y))
    return bool(high > np.max(y) - sag and low < np.min(y) + sag)


def _halfway(u: Floats, v: Floats, level: float) -> float:
    """Return where the readings cross a level for the first time."""
    above = v > level
    crossed = np.flatnonzero(above[1:] != above[:-1])
    return float(np.mean(u[crossed[0] : crossed[0] + 2])) if len(crossed) else float(np.mean(u))


def _step_at(x: Floats, position: float) -> float:
    """Return the distance of the two points about a position."""
    i = int(np.clip(np.searchsorted(x, position), 1, len(x) - 1))
    return float(x[i] - x[i - 1])
