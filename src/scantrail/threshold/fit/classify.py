"""Whether a scan answers, and if not, what to do: a status and a sentence.

The rules look at the likelihood, not at the user's range: an edge must lower the deviance of a bare plateau by more
than `EDGE_GAIN`, the top of the edge must have been scanned, the plateau's 95 % interval must not reach zero, and mu
and sigma must have closed intervals.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from scantrail.threshold.fit.choose import Summit
from scantrail.threshold.fit.curve import Curve, Reading, upper_limit
from scantrail.threshold.fit.goodness import p_value, pulls
from scantrail.threshold.fit.models import LOG_SIGMA, MU, rates
from scantrail.threshold.fit.profile import Ends
from scantrail.threshold.fit.result import Status

EDGE_GAIN = 20.0
"""Deviance an edge must gain over a bare plateau; three parameters and a free place gain that by chance once in 1e3."""
FEWEST_THRESHOLDS = 6
"""Different thresholds that a fit of five parameters needs."""
FEWEST_COUNTS = 30
POOR = 0.5
"""A relative error of sigma or of the plateau above which the scan was too short."""
BARE = 0.2
"""Share of the plateau below which the edge has left it bare, and"""
FEWEST_BARE = 3
"""how many thresholds must show it bare: fewer would be the foot of an edge as well."""
GAP_STEPS = 2.5
"""A distance of so many median steps is a gap."""
IMPROBABLE = 1e-3
"""p-value of the deviance below which the model does not describe the counts."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, what the user is told to do, and the plateau's 95 % upper limit [events/s] if none was seen."""

    status: Status
    sentence: str
    plateau_limit: float | None = None


def before_fit(reading: Reading, limits: tuple[int, int]) -> Verdict | None:
    """The verdict on scans that cannot be fitted at all; None if a fit can be tried."""
    curve = reading.curve
    steps = len(np.unique(curve.v))
    if len(reading.full) and (steps < FEWEST_THRESHOLDS or np.sum(curve.n) == 0):
        return Verdict(Status.OUT_OF_RANGE, _full_link(reading))
    if steps == 0:
        return Verdict(Status.LOW_STAT, "No point can be used: scan again.")
    if steps < FEWEST_THRESHOLDS:
        at = f"{curve.v[0]:g}" if steps == 1 else f"{curve.v[0]:g} to {curve.v[-1]:g}"
        said = "1 threshold" if steps == 1 else f"{steps} different thresholds"
        return Verdict(
            Status.LOW_STAT,
            f"{said} ({at}) cannot show an edge: scan at least {FEWEST_THRESHOLDS}, better 20, across the edge.",
        )
    live = float(np.sum(curve.exposure))
    if np.sum(curve.n) == 0:
        return Verdict(
            Status.NO_EDGE,
            f"No count at any of {steps} thresholds from {curve.v[0]:g} to {curve.v[-1]:g} in {live:.3g} s (below "
            f"{upper_limit(0) / live:.2g} /s at 95 %): the channel is dead, switched off, or its edge lies lower. "
            f"Check the channel, then {_extension(curve, limits, down=True, up=False)}.",
        )
    return None


def without_edge(reading: Reading, summit: Summit, limits: tuple[int, int]) -> Verdict | None:
    """The verdict on scans that show no edge; None if there is one that falls."""
    curve = reading.curve
    counts = float(np.sum(curve.n))
    mean_rate = counts / float(np.sum(curve.exposure))
    at = f"from {curve.v[0]:g} to {curve.v[-1]:g}"
    if summit.null - summit.deviance > EDGE_GAIN:
        if _rises(summit, curve):
            return Verdict(
                Status.NO_EDGE,
                f"The rate rises with the threshold {at}, as no noise edge does: check cabling and polarity, then "
                f"{_extension(curve, limits, down=False, up=True)}.",
            )
        return None
    if len(reading.full):
        return Verdict(Status.OUT_OF_RANGE, _full_link(reading))
    if counts < FEWEST_COUNTS:
        longer = float(np.median(curve.exposure)) * 100.0 / counts
        return Verdict(
            Status.LOW_STAT, f"Only {counts:.0f} counts {at}, too few to see an edge: count {longer:.2g} s a point."
        )
    return Verdict(
        Status.NO_EDGE,
        f"The rate stays near {mean_rate:.3g} /s {at} and shows no edge. If this is noise (a hot channel), "
        f"{_extension(curve, limits, down=False, up=True)}; if it is the plateau, "
        f"{_extension(curve, limits, down=True, up=False)}.",
    )


def judge(
    reading: Reading, summit: Summit, rival: Summit | None, ends: Mapping[str, Ends], limits: tuple[int, int]
) -> Verdict:
    """The verdict on a fitted edge: the first complaint that holds, else OK."""
    curve = reading.curve
    mu, sigma = float(summit.theta[MU]), float(np.exp(summit.theta[LOG_SIGMA]))
    if len(reading.full):
        return Verdict(Status.OUT_OF_RANGE, _full_link(reading))
    gap = _gap_in_fall(curve, summit)
    if gap is not None:
        return Verdict(Status.LOW_STAT, _gap_sentence(gap))
    if not _top_seen(summit, curve) or (rival is not None and _as_good(summit, rival) and not _top_seen(rival, curve)):
        aim = mu - 3.0 * sigma
        return Verdict(
            Status.OUT_OF_RANGE,
            f"The scan begins at {curve.v[0]:g}, on the falling edge, and does not show its top: "
            f"{_extension(curve, limits, down=True, up=False, aim=aim)}.",
        )
    return (
        _judge_plateau(curve, summit, ends, limits)
        or _judge_width(curve, mu, ends, limits)
        or _judge_quality(curve, summit, ends)
        or Verdict(Status.OK, "")
    )


def plateau_seen(ends: Mapping[str, Ends]) -> bool:
    """Whether the plateau's 95 % interval excludes zero."""
    return bool(ends["plateau"].reached[1, 0])


def _judge_plateau(curve: Curve, summit: Summit, ends: Mapping[str, Ends], limits: tuple[int, int]) -> Verdict | None:
    mu, sigma = float(summit.theta[MU]), float(np.exp(summit.theta[LOG_SIGMA]))
    at = rates(summit.theta[None, :], np.array([summit.rice]), curve.v, curve.reference)
    bare = (at.edge[0] < BARE * at.plateau[0]) & (curve.v > mu)
    if plateau_seen(ends) and len(np.unique(curve.v[bare])) >= FEWEST_BARE:
        return None
    beyond = (at.edge[0] * curve.exposure < 0.5) & (curve.v > mu)
    if len(np.unique(curve.v[beyond])) >= 3:
        counts, live = float(np.sum(curve.n[beyond])), float(np.sum(curve.exposure[beyond]))
        limit = upper_limit(counts) / live
        return Verdict(
            Status.NO_PLATEAU,
            f"Above {curve.v[beyond][0]:g} the rate is below {limit:.2g} /s (95 %) and no plateau is seen: check that "
            f"the detector sees signals (high voltage, light, beam), or count longer than "
            f"{float(np.median(curve.exposure)):.3g} s a point. The noise edge itself ends at {mu + 5.0 * sigma:.0f} "
            "(mu + 5 sigma).",
            limit,
        )
    return Verdict(
        Status.OUT_OF_RANGE,
        f"The rate still falls at {curve.v[-1]:g}, the end of the scan, before a plateau: "
        f"{_extension(curve, limits, down=False, up=True, aim=mu + 6.0 * sigma)}.",
    )


def _judge_quality(curve: Curve, summit: Summit, ends: Mapping[str, Ends]) -> Verdict | None:
    at = rates(summit.theta[None, :], np.array([summit.rice]), curve.v, curve.reference)
    mean = at.total[0] * curve.exposure
    chance = p_value(summit.deviance, mean, summit.size)
    if chance < IMPROBABLE:
        away = pulls(curve.n, mean)
        worst = int(np.argmax(np.abs(away)))
        return Verdict(
            Status.BAD_FIT,
            f"The counts do not follow the {summit.model} (deviance {summit.deviance:.0f} for "
            f"{len(curve.v) - summit.size} degrees of freedom, chance {chance:.1g}); worst at {curve.v[worst]:g}, "
            f"{abs(away[worst]):.1f} sigma {'above' if away[worst] > 0 else 'below'}: look for a burst, a drift or "
            "lost counts there and scan again.",
        )
    half = {name: (ends[name].value[0, 1] - ends[name].value[0, 0]) / 2.0 for name in ("sigma", "plateau")}
    closed = all(bool(np.all(ends[name].reached)) for name in ("mu", "sigma", "plateau", "amplitude"))
    worst_share = max(half.values())
    if not closed or worst_share > POOR:
        longer = max(2.0, (worst_share / (0.5 * POOR)) ** 2 if closed else 4.0) * float(np.median(curve.exposure))
        return Verdict(
            Status.LOW_STAT, f"Too few counts to fix the edge's width or the plateau: count {longer:.2g} s a point."
        )
    return None


def _judge_width(curve: Curve, mu: float, ends: Mapping[str, Ends], limits: tuple[int, int]) -> Verdict | None:
    """An edge that may be a step between two thresholds: sigma has no lower end."""
    gap = _gap(curve, mu)
    if gap is None or bool(np.all(ends["sigma"].reached[:, 0])):
        return None
    return Verdict(Status.LOW_STAT, _unresolved_sentence(gap, limits))


def _gap(curve: Curve, mu: float) -> tuple[float, float] | None:
    """The neighbouring thresholds [DAC] between which the edge falls, None if it lies outside the scan."""
    steps = curve.steps
    after = int(np.searchsorted(steps, mu))
    return (float(steps[after - 1]), float(steps[after])) if 0 < after < len(steps) else None


def _unresolved_sentence(between: tuple[float, float], limits: tuple[int, int]) -> str:
    low, high = between
    gap = high - low
    if gap <= 1.0:
        return f"The edge falls within one step near {high:g}; its width cannot be told. Count longer there."
    first, last = max(floor(low - gap), limits[0]), min(ceil(high + gap), limits[1])
    return (
        f"The edge falls between {low:g} and {high:g}, too steeply for the thresholds measured there: scan {first} to "
        f"{last} in steps of {max(1, floor(gap / 4.0))}."
    )


def _gap_in_fall(curve: Curve, summit: Summit) -> tuple[float, float] | None:
    """Neighbouring thresholds [DAC] that leave out a sigma of the edge's fall, much wider than the other steps."""
    mu, sigma = float(summit.theta[MU]), float(np.exp(summit.theta[LOG_SIGMA]))
    first, last = (mu + 0.3 * sigma, mu + 2.5 * sigma) if summit.rice else (mu - 1.5 * sigma, mu + 1.5 * sigma)
    steps = curve.steps
    low, high = steps[:-1], steps[1:]
    missed = np.minimum(high, last) - np.maximum(low, first)
    bad = (high - low > GAP_STEPS * np.median(high - low)) & (missed > 0.8 * sigma)
    if not np.any(bad):
        return None
    worst = int(np.argmax(np.where(bad, missed, -np.inf)))
    return float(low[worst]), float(high[worst])


def _gap_sentence(gap: tuple[float, float]) -> str:
    low, high = gap
    return (
        f"No threshold was measured between {low:g} and {high:g}, where the rate falls: scan {low:g} to {high:g} in "
        f"steps of {max(1, floor((high - low) / 8.0))}."
    )


def _top_seen(summit: Summit, curve: Curve) -> bool:
    """Whether two thresholds lie on the edge's top: below mu - sigma (erfc), the baseline plus half a sigma (Rice)."""
    mu, sigma = float(summit.theta[MU]), float(np.exp(summit.theta[LOG_SIGMA]))
    return float(curve.steps[1]) <= (mu + 0.5 * sigma if summit.rice else mu - sigma)


def _as_good(summit: Summit, rival: Summit) -> bool:
    return rival.deviance - summit.deviance < 4.0


def _rises(summit: Summit, curve: Curve) -> bool:
    """Whether the fitted edge mostly climbs within the scan: only a Rice edge can, below its baseline."""
    mu, sigma = float(summit.theta[MU]), float(np.exp(summit.theta[LOG_SIGMA]))
    return summit.rice and mu - float(curve.v[0]) > sigma > float(curve.v[-1]) - mu


def _full_link(reading: Reading) -> str:
    low, high = reading.full[0], reading.full[-1]
    at = f"at {low:g}" if low == high else f"from {low:g} to {high:g}"
    return (
        f"The link was full {at} (it carries {reading.ceiling:g} events/s), so the rate there is not known and the "
        f"edge's top is missing: speed up the link, silence the other channels, or scan above {high:g} and take mu and "
        "sigma as rough."
    )


def _extension(curve: Curve, limits: tuple[int, int], *, down: bool, up: bool, aim: float | None = None) -> str:
    """Where the scan should go on: towards `aim`, by at least three steps and at most twice its present span."""
    low, high = float(curve.v[0]), float(curve.v[-1])
    span, step = high - low, max(curve.step, 1.0)
    if down:
        wanted = low - span if aim is None else aim
        goal = max(min(wanted, low - 3.0 * step), low - 2.0 * span, limits[0])
        if low <= limits[0]:
            return f"nothing lies below {limits[0]}: the channel needs another setting, not another scan"
        return f"extend the scan down to {floor(goal)}"
    wanted = high + span if aim is None else aim
    goal = min(max(wanted, high + 3.0 * step), high + 2.0 * span, limits[1])
    if high >= limits[1]:
        return (
            f"the range ends at {limits[1]}: the channel is noisy at every threshold and needs repair, not another scan"
        )
    return f"extend the scan to {ceil(goal)}"
