"""Intervals from the likelihood itself: how far a quantity can go before the deviance has risen by 1 or by 3.84.

The ends of a profile-likelihood interval are the extremes of the quantity q on the surface D = D_min + rise
(D. J. Venzon and S. H. Moolgavkar, Appl. Statist. 37 (1988) 87). With score u and information F at the place reached,
and c the gradient of q in the wanted direction, the extreme of the local quadratic model is the step

    F^-1 (u + t c),   t^2 = (D_min + rise - D + u F^-1 u) / (c F^-1 c)

repeated until it stands. Where parabolas are good this gives the usual errors; where they lie it still covers.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scantrail.threshold.fit.curve import Curve
from scantrail.threshold.fit.likelihood import Box, slope, softened, solve, stride
from scantrail.threshold.fit.models import Floats
from scantrail.threshold.fit.quantities import Quantity

RISES = (1.0, 3.841459)
"""Rises of the deviance: 68.27 % and 95 % for one quantity (chi-square of one degree of freedom)."""
ITERATIONS = 40
LONGEST = 2.5
"""Longest step, in standard deviations of the local information."""
OVERSHOT = 6.0
"""A step that lands above so many rises is halved until it does not: the likelihood has walls."""


@dataclass(frozen=True, slots=True)
class Ends:
    """A quantity at the summit and the ends of its intervals, shape [2 levels, 2 sides].

    reached: whether the likelihood closes that end.
    """

    best: float
    value: Floats
    reached: NDArray[np.bool_]


def intervals(curve: Curve, best: Floats, rice: bool, box: Box, quantities: list[Quantity]) -> list[Ends]:
    """68 % and 95 % intervals of each quantity around the summit `best` [5], all ends followed at once."""
    count = len(quantities)
    if not count:
        return []
    rows = 4 * count
    families = np.full(rows, rice)
    rise = np.tile(np.repeat(RISES, 2), count)
    side = np.tile([-1.0, 1.0], 2 * count)
    summit = float(slope(curve, best[None, :], families[:1]).deviance[0])
    theta = np.tile(best, (rows, 1))
    behind = theta
    done = np.zeros(rows, dtype=bool)
    value = np.zeros(rows)
    for _ in range(ITERATIONS):
        here = slope(curve, theta, families)
        value, outward = _evaluate(quantities, theta)
        soft = softened(here.information, theta)
        step = _step(here.deviance, here.score, soft, outward * side[:, None], theta, box, summit + rise)
        size = np.sqrt(np.maximum(np.einsum("rp,rpq,rq->r", step, here.information, step), 0.0))
        done = (np.abs(here.deviance - summit - rise) < 0.01 * rise) & (size < 0.03 * np.sqrt(rise))
        if np.all(done):
            break
        shrink = np.minimum(1.0, LONGEST / np.maximum(size, 1e-12))
        longest = stride(theta)
        moved = np.clip(theta + np.clip(step * shrink[:, None], -longest, longest), box.lower, box.upper)
        overshot = here.deviance > summit + OVERSHOT * rise
        moved = np.where(overshot[:, None], (theta + behind) / 2.0, moved)
        behind = np.where((overshot | done)[:, None], behind, theta)
        theta = np.where(done[:, None], theta, moved)
    at_summit = np.array([float(quantity(best[None, :])[0][0]) for quantity in quantities])
    reached = done & (side * (value - np.repeat(at_summit, 4)) > 0.0)
    ends = zip(at_summit.tolist(), value.reshape(count, 2, 2), reached.reshape(count, 2, 2), strict=True)
    return [Ends(*end) for end in ends]


def _step(
    deviance: Floats, score: Floats, information: Floats, outward: Floats, theta: Floats, box: Box, goal: Floats
) -> Floats:
    free = np.broadcast_to(box.lower < box.upper, theta.shape)
    step = _free_step(deviance, score, information, outward, free, goal)
    blocked = ((theta <= box.lower) & (step < 0.0)) | ((theta >= box.upper) & (step > 0.0))
    if np.any(blocked & free):
        step = _free_step(deviance, score, information, outward, free & ~blocked, goal)
    return step


def _free_step(
    deviance: Floats, score: Floats, information: Floats, outward: Floats, free: NDArray[np.bool_], goal: Floats
) -> Floats:
    solved = solve(information, np.stack([score, outward], axis=-1), free)
    home, away = solved[..., 0], solved[..., 1]
    left = goal - deviance + np.sum(home * score, axis=1)
    reach = np.maximum(np.sum(away * outward, axis=1), 1e-30)
    along = np.sqrt(np.maximum(left, 0.0) / reach)
    return np.asarray(home + along[:, None] * away)


def _evaluate(quantities: list[Quantity], theta: Floats) -> tuple[Floats, Floats]:
    values, gradients = zip(*(q(theta[4 * i : 4 * i + 4]) for i, q in enumerate(quantities)), strict=True)
    return np.concatenate(values), np.concatenate(gradients)
