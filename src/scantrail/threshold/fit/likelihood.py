"""The Poisson likelihood of a counting curve, and the climb to its maximum.

A point of live time t [s] whose losses are corrected by f = (n + lost) / n counts n events, Poisson with mean
(edge(v) + plateau(v)) t / f. Twice the logarithm of the likelihood ratio to the saturated model is the deviance

    D = 2 sum [ m - n + n log(n / m) ]

(S. Baker and R. D. Cousins, Nucl. Instrum. Methods 221 (1984) 437): its minimum is the maximum of the likelihood, and
its value there tells how well the model fits. The climb is Fisher scoring, damped as Levenberg and Marquardt do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from scantrail.threshold.fit.curve import Curve
from scantrail.threshold.fit.models import LOG_A, LOG_D, LOG_SIGMA, MU, Floats, rates

CONVERGED = 1e-7
"""A row has arrived when the deviance it could still gain is below this."""
ITERATIONS = 80
SOFTNESS = 1e-4
"""Stiffness of a direction without information, in units of each logarithm and of sigma."""


@dataclass(frozen=True, slots=True)
class Box:
    """Lower and upper bounds of the five parameters, each [5] or [rows, 5]; equal bounds fix a parameter."""

    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class Slope:
    """Where a batch stands: deviance [rows], score [rows, 5] (gradient of -D/2), Fisher information [rows, 5, 5]."""

    deviance: Floats
    score: Floats
    information: Floats


def deviance(n: Floats, mean: Floats) -> Floats:
    """Poisson deviance summed over the last axis."""
    return np.asarray(2.0 * np.sum(mean - n + xlogy(n, n / mean), axis=-1))


def slope(curve: Curve, theta: Floats, rice: NDArray[np.bool_]) -> Slope:
    """Deviance, score and expected (Fisher) information of rows `theta` [rows, 5]."""
    at = rates(theta, rice, curve.v)
    total = at.total
    mean = total * curve.exposure
    relative = at.gradient / total[..., None]
    weighted = np.swapaxes(relative, 1, 2) * mean[:, None, :]
    score = np.einsum("rnp,rn->rp", relative, curve.n - mean)
    return Slope(deviance(curve.n, mean), score, weighted @ relative)


def solve(information: Floats, target: Floats, free: NDArray[np.bool_]) -> Floats:
    """Solve information x = target on the free parameters of each row; the others stay put. target is [rows, 5, k]."""
    both = free[:, :, None] & free[:, None, :]
    matrix = np.where(both, information, 0.0)
    scale = np.sqrt(np.maximum(np.einsum("rii->ri", matrix), 1e-12))
    matrix = matrix / (scale[:, :, None] * scale[:, None, :])
    index = np.arange(matrix.shape[1])
    matrix[:, index, index] += np.where(free, 1e-10, 1.0)
    wanted = np.where(free[..., None], target, 0.0) / scale[..., None]
    return np.asarray(np.linalg.solve(matrix, wanted) / scale[..., None])


def maximise(curve: Curve, start: Floats, rice: NDArray[np.bool_], box: Box) -> tuple[Floats, Floats]:
    """Climb from each row of `start` [rows, 5]; return parameters [rows, 5] and deviances [rows] of the summits."""
    theta = np.clip(start, box.lower, box.upper)
    here = slope(curve, theta, rice)
    damping = np.full(len(theta), 1e-3)
    for _ in range(ITERATIONS):
        free = ~(((theta <= box.lower) & (here.score <= 0.0)) | ((theta >= box.upper) & (here.score >= 0.0)))
        damped = here.information.copy()
        diagonal = np.einsum("rii->ri", damped)
        diagonal += damping[:, None] * diagonal + 1e-9
        step = solve(damped, here.score[..., None], free)[..., 0]
        if np.all(np.sum(step * here.score, axis=1) * (1.0 + damping) < CONVERGED):
            break
        longest = stride(theta)
        there = np.clip(theta + np.clip(step, -longest, longest), box.lower, box.upper)
        ahead = slope(curve, there, rice)
        better = ahead.deviance <= here.deviance
        theta = np.where(better[:, None], there, theta)
        here = Slope(
            np.where(better, ahead.deviance, here.deviance),
            np.where(better[:, None], ahead.score, here.score),
            np.where(better[:, None, None], ahead.information, here.information),
        )
        damping = np.clip(np.where(better, damping * 0.2, damping * 6.0), 1e-9, 1e9)
    return theta, here.deviance


def covariance(curve: Curve, theta: Floats, rice: bool, free: NDArray[np.bool_]) -> Floats:
    """Covariance [5, 5] of (a, mu, sigma, d, slope) in their own units: inverse Fisher information at `theta` [5].

    Fixed parameters have zeros.
    """
    at = slope(curve, theta[None, :], np.array([rice]))
    inverse = solve(at.information, np.eye(5)[None], free[None, :])[0]
    inverse = np.where(free[:, None] & free[None, :], inverse, 0.0)
    unit = np.ones(5)
    unit[[LOG_A, LOG_SIGMA, LOG_D]] = np.exp(theta[[LOG_A, LOG_SIGMA, LOG_D]])
    return np.asarray(inverse * unit[:, None] * unit[None, :])


def softened(information: Floats, theta: Floats) -> Floats:
    """Information with a trace of stiffness, so that a direction the data say nothing about cannot run away.

    Where a climb or a profile comes to rest does not depend on it, only the way there.
    """
    soft = information.copy()
    diagonal = np.einsum("rii->ri", soft)
    diagonal += SOFTNESS
    diagonal[:, MU] += SOFTNESS * np.exp(-2.0 * theta[:, LOG_SIGMA])
    return soft


def stride(theta: Floats) -> Floats:
    """Longest step of a row: a factor e^2 in amplitude and plateau, a factor 2 in sigma, three sigma in mu."""
    longest = np.full_like(theta, np.inf)
    longest[:, [LOG_A, LOG_D]] = 2.0
    longest[:, MU] = 3.0 * np.exp(theta[:, LOG_SIGMA])
    longest[:, LOG_SIGMA] = 0.7
    return longest
