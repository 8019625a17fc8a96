"""What a scan covers of its edge, what it leaves out, and where it should go on."""

from math import ceil, floor

import numpy as np

from scantrail.threshold.fit.choose import Summit
from scantrail.threshold.fit.curve import Curve

BARE = 0.2
"""Share of the plateau below which the edge has left it bare."""
UNCOUNTED = 0.5
"""Expected counts of the edge below which it has come to an end."""
GAP_STEPS = 2.5
"""A distance of more median steps than this is a gap."""
Between = tuple[float, float]
"""Two neighbouring thresholds [DAC]."""


def top_seen(curve: Curve, summit: Summit) -> bool:
    """Whether two thresholds lie on the edge's top: below mu - sigma (erfc), the baseline plus half a sigma (Rice)."""
    fall = summit.mu + 0.5 * summit.sigma if summit.rice else summit.mu - summit.sigma
    return float(curve.steps[1]) <= fall


def rises(curve: Curve, summit: Summit) -> bool:
    """Whether the fitted edge mostly climbs within the scan: only a Rice edge can, below its baseline."""
    return summit.rice and summit.mu - float(curve.v[0]) > summit.sigma > curve.last - summit.mu


def bare_plateau(curve: Curve, summit: Summit) -> int:
    """How many thresholds show the plateau without the edge."""
    at = summit.rates(curve.v)
    return len(np.unique(curve.v[(at.edge[0] < BARE * at.plateau[0]) & (curve.v > summit.mu)]))


def past_edge(curve: Curve, summit: Summit) -> Curve:
    """The points above the edge's end, where it gives no more than half a count."""
    beyond = (summit.rates(curve.v).edge[0] * curve.exposure < UNCOUNTED) & (curve.v > summit.mu)
    return Curve(curve.v[beyond], curve.n[beyond], curve.exposure[beyond])


def around(curve: Curve, place: float) -> Between | None:
    """The neighbouring thresholds between which a place lies, None if it lies outside the scan."""
    after = int(np.searchsorted(curve.steps, place))
    return (float(curve.steps[after - 1]), float(curve.steps[after])) if 0 < after < len(curve.steps) else None


def gap_in_fall(curve: Curve, summit: Summit) -> Between | None:
    """Neighbouring thresholds, much further apart than the others, that leave out a good part of the edge's fall."""
    mu, sigma = summit.mu, summit.sigma
    first, last = (mu + 0.3 * sigma, mu + 2.5 * sigma) if summit.rice else (mu - 1.5 * sigma, mu + 1.5 * sigma)
    low, high = curve.steps[:-1], curve.steps[1:]
    missed = np.minimum(high, last) - np.maximum(low, first)
    bad = (high - low > GAP_STEPS * np.median(high - low)) & (missed > 0.8 * sigma)
    if not np.any(bad):
        return None
    worst = int(np.argmax(np.where(bad, missed, -np.inf)))
    return float(low[worst]), float(high[worst])


def extend_down(curve: Curve, limits: tuple[int, int], aim: float | None = None) -> str:
    """Ask for lower thresholds, down to `aim` [DAC]: at least three steps, at most twice the present span."""
    low, span = float(curve.v[0]), curve.last - float(curve.v[0])
    if low <= limits[0]:
        return f"nothing lies below {limits[0]}: the channel needs another setting, not another scan"
    wanted = low - span if aim is None else aim
    goal = max(min(wanted, low - 3.0 * max(curve.step, 1.0)), low - 2.0 * span, limits[0])
    return f"extend the scan down to {floor(goal)}"


def extend_up(curve: Curve, limits: tuple[int, int], aim: float | None = None) -> str:
    """Ask for higher thresholds, up to `aim` [DAC]: at least three steps, at most twice the present span."""
    high, span = curve.last, curve.last - float(curve.v[0])
    if high >= limits[1]:
        return f"the range ends at {limits[1]}: the channel is noisy everywhere and needs repair, not another scan"
    wanted = high + span if aim is None else aim
    goal = min(max(wanted, high + 3.0 * max(curve.step, 1.0)), high + 2.0 * span, limits[1])
    return f"extend the scan to {ceil(goal)}"
