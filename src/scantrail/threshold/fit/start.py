"""Where the climb starts: the best edges of a coarse mesh laid over the data. Nobody has to guess.

For an edge of given place and width the model is linear in the edge's amplitude and the plateau's rate; a few
expectation-maximisation (Richardson-Lucy) rounds find both, always positive. The best few of the mesh are the starts.
"""

import numpy as np
from numpy.typing import NDArray

from scantrail.threshold.fit.curve import Curve
from scantrail.threshold.fit.likelihood import Box, deviance
from scantrail.threshold.fit.models import LOG_A, LOG_D, LOG_SIGMA, MU, Floats, rates

PLACES = 16
ROUNDS = 12
STEEPEST_PLATEAU = 2.0
"""A plateau falls at most by exp(2) over the whole scan; what falls faster is an edge."""


def bounds(curve: Curve) -> Box:
    """The box in which a summit may lie, from the data alone. A summit on its walls is not an answer."""
    low, high = float(curve.v[0]), float(curve.v[-1])
    span = high - low
    least = least_rate(curve)
    most = max(float(np.max(curve.rate)), least)
    lower = [np.log(least), low - 3.0 * span, np.log(curve.step / 20.0), np.log(least), 0.0]
    upper = [np.log(most) + 30.0, high + span, np.log(3.0 * span), np.log(most) + 3.0, STEEPEST_PLATEAU / span]
    return Box(np.array(lower), np.array(upper))


def least_rate(curve: Curve) -> float:
    """A rate [events/s] that stands for none: a hundredth of an event in the whole scan."""
    return 0.01 / float(np.sum(curve.exposure))


def starts(curve: Curve, rice: bool, count: int) -> Floats:
    """Up to `count` best starts of one family, shape [count, 5], flat plateau, best first."""
    mesh = _mesh(curve, rice)
    unit = rates(mesh, np.full(len(mesh), rice), curve.v)
    amplitude, plateau = _linear_parts(curve, unit.edge)
    mesh[:, LOG_A], mesh[:, LOG_D] = np.log(amplitude), np.log(plateau)
    mean = (amplitude[:, None] * unit.edge + plateau[:, None]) * curve.exposure
    ranked = mesh[np.argsort(deviance(curve.n, mean), kind="stable")]
    return np.asarray(ranked[_apart(ranked, count)])


def _mesh(curve: Curve, rice: bool) -> Floats:
    """Unit edges on a mesh of places and widths; Rice edges may start below the scan, for their tail is enough."""
    low, high = float(curve.v[0]), float(curve.v[-1])
    span, step = high - low, curve.step
    first = low - 0.5 * span if rice else low
    places = np.linspace(first, high, PLACES + 2)[1:-1]
    widths = np.unique(np.clip([0.5 * step, 1.5 * step, span / 16.0, span / 8.0, span / 4.0], 0.5 * step, span))
    mu, sigma = (grid.ravel() for grid in np.meshgrid(places, widths))
    mesh = np.zeros((len(mu), 5))
    mesh[:, MU], mesh[:, LOG_SIGMA] = mu, np.log(sigma)
    return mesh


def _linear_parts(curve: Curve, shape: Floats) -> tuple[Floats, Floats]:
    """Amplitude and plateau rate [events/s] of each row for its fixed shape [rows, n], both above zero."""
    weight = np.maximum(shape @ curve.exposure, 1e-30)
    live = float(np.sum(curve.exposure))
    least = least_rate(curve)
    plateau = np.full(len(shape), max(float(np.median(curve.rate)), least))
    amplitude = np.full(len(shape), max(float(np.max(curve.rate)), least))
    for _ in range(ROUNDS):
        ratio = curve.n / (amplitude[:, None] * shape + plateau[:, None])
        amplitude = np.maximum(amplitude * np.einsum("rn,rn->r", ratio, shape) / weight, least)
        plateau = np.maximum(plateau * np.sum(ratio, axis=1) / live, least)
    return amplitude, plateau


def _apart(ranked: Floats, count: int) -> NDArray[np.intp]:
    """Indices of the first `count` rows that differ from the earlier ones by half a width in place or in width."""
    chosen: list[int] = [0]
    for row in range(1, len(ranked)):
        if len(chosen) == count:
            break
        near = np.abs(ranked[chosen, MU] - ranked[row, MU]) < 0.5 * np.exp(ranked[row, LOG_SIGMA])
        if not np.any(near & (np.abs(ranked[chosen, LOG_SIGMA] - ranked[row, LOG_SIGMA]) < 0.5)):
            chosen.append(row)
    return np.array(chosen)
