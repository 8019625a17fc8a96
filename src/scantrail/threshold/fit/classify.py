"""Whether a scan answers, and if not, what to do: a status and a sentence.

An edge must lower the deviance of a bare plateau by more than `EDGE_GAIN`, its top must have been scanned, the
plateau's 95 % interval must not reach zero and three thresholds must show it bare, the intervals of all parameters must
be closed, and the deviance must be one that the model can have. The first complaint that holds is the status.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, floor

import numpy as np

from scantrail.threshold.fit import extent
from scantrail.threshold.fit.choose import AMBIGUOUS, Summit
from scantrail.threshold.fit.curve import Curve, Reading, upper_limit
from scantrail.threshold.fit.goodness import p_value, pulls
from scantrail.threshold.fit.profile import Ends
from scantrail.threshold.fit.result import Status

Limits = tuple[int, int]

FEWEST_THRESHOLDS = 6
"""Different thresholds that a fit of five parameters needs."""
FEWEST_COUNTS = 30
"""Counts without an edge below which more counts are asked for, not another range."""
EDGE_GAIN = 20.0
"""Deviance that an edge must gain over a bare plateau."""
FEWEST_BARE = 3
"""Thresholds that must show the plateau bare: fewer could be the foot of a wider edge."""
IMPROBABLE = 1e-3
"""Chance of a deviance below which the model does not describe the counts."""
POOR = 0.5
"""A relative error of sigma or of the plateau above which the scan was too short; half of it is aimed at."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status, what the user is told to do, and the plateau's 95 % upper limit [events/s] if none was seen."""

    status: Status
    sentence: str
    plateau_limit: float | None = None


def before_fit(reading: Reading, limits: Limits) -> Verdict | None:
    """The verdict on scans that cannot be fitted at all; None if a fit can be tried."""
    curve, steps = reading.curve, len(reading.curve.steps)
    if len(reading.full) and (steps < FEWEST_THRESHOLDS or np.sum(curve.n) == 0):
        return Verdict(Status.OUT_OF_RANGE, _full_link(reading))
    if steps == 0:
        return Verdict(Status.LOW_STAT, "No point can be used: scan again.")
    if steps < FEWEST_THRESHOLDS:
        said = f"1 threshold ({curve.last:g})" if steps == 1 else f"{steps} different thresholds ({_range(curve)})"
        wanted = f"scan at least {FEWEST_THRESHOLDS}, better 20, across the edge"
        return Verdict(Status.LOW_STAT, f"{said} cannot show an edge: {wanted}.")
    if np.sum(curve.n) == 0:
        live = float(np.sum(curve.exposure))
        return Verdict(
            Status.NO_EDGE,
            f"No count at any of {steps} thresholds {_range(curve)} in {live:.3g} s (below {upper_limit(0) / live:.2g} "
            "/s at 95 %): the channel is dead, switched off, or its edge lies lower. Check the channel, then "
            f"{extent.extend_down(curve, limits)}.",
        )
    return None


def without_edge(reading: Reading, summit: Summit, limits: Limits) -> Verdict | None:
    """The verdict on scans that show no edge; None if there is one that falls."""
    curve, counts = reading.curve, float(np.sum(reading.curve.n))
    if summit.null - summit.deviance > EDGE_GAIN:
        if not extent.rises(curve, summit):
            return None
        return Verdict(
            Status.NO_EDGE,
            f"The rate rises with the threshold {_range(curve)}, as no noise edge does: check cabling and polarity, "
            f"then {extent.extend_up(curve, limits)}.",
        )
    if len(reading.full):
        return Verdict(Status.OUT_OF_RANGE, _full_link(reading))
    if counts < FEWEST_COUNTS:
        wanted = f"count {_dwell(curve, 100.0 / counts)} a point"
        return Verdict(Status.LOW_STAT, f"Only {counts:.0f} counts {_range(curve)}, too few to see an edge: {wanted}.")
    rate = counts / float(np.sum(curve.exposure))
    return Verdict(
        Status.NO_EDGE,
        f"The rate stays near {rate:.3g} /s {_range(curve)} and shows no edge. If this is noise (a hot channel), "
        f"{extent.extend_up(curve, limits)}; if it is the plateau, {extent.extend_down(curve, limits)}.",
    )


def judge(reading: Reading, summit: Summit, rival: Summit | None, ends: Mapping[str, Ends], limits: Limits) -> Verdict:
    """The verdict on a fitted edge: the first complaint that holds, else OK, whose sentence the advice gives."""
    if len(reading.full):
        return Verdict(Status.OUT_OF_RANGE, _full_link(reading))
    curve = reading.curve
    return (
        _judge_top(curve, summit, rival, limits)
        or _judge_plateau(curve, summit, ends, limits)
        or _judge_width(curve, summit, ends, limits)
        or _judge_deviance(curve, summit)
        or _judge_counts(curve, ends)
        or Verdict(Status.OK, "")
    )


def plateau_seen(ends: Mapping[str, Ends]) -> bool:
    """Whether the plateau's 95 % interval excludes zero."""
    return bool(ends["plateau"].reached[1, 0])


def _judge_top(curve: Curve, summit: Summit, rival: Summit | None, limits: Limits) -> Verdict | None:
    gap = extent.gap_in_fall(curve, summit)
    if gap is not None:
        low, high = gap
        finer = max(1, floor((high - low) / 8.0))
        return Verdict(
            Status.LOW_STAT,
            f"No threshold was measured between {low:g} and {high:g}, where the rate falls: scan {low:g} to {high:g} "
            f"in steps of {finer}.",
        )
    undecided = rival is not None and rival.deviance - summit.deviance < AMBIGUOUS
    if extent.top_seen(curve, summit) and not (undecided and rival and not extent.top_seen(curve, rival)):
        return None
    return Verdict(
        Status.OUT_OF_RANGE,
        f"The scan begins at {curve.v[0]:g}, on the falling edge, and does not show its top: "
        f"{extent.extend_down(curve, limits, summit.mu - 3.0 * summit.sigma)}.",
    )


def _judge_plateau(curve: Curve, summit: Summit, ends: Mapping[str, Ends], limits: Limits) -> Verdict | None:
    seen = plateau_seen(ends)
    if seen and extent.bare_plateau(curve, summit) >= FEWEST_BARE:
        return None
    beyond = extent.past_edge(curve, summit)
    if seen or len(beyond.steps) < FEWEST_BARE:
        return Verdict(
            Status.OUT_OF_RANGE,
            f"The rate still falls at {curve.last:g}, the end of the scan, before a plateau: "
            f"{extent.extend_up(curve, limits, summit.mu + 6.0 * summit.sigma)}.",
        )
    limit = upper_limit(float(np.sum(beyond.n))) / float(np.sum(beyond.exposure))
    return Verdict(
        Status.NO_PLATEAU,
        f"From {beyond.v[0]:g} on the rate is below {limit:.2g} /s (95 %) and no plateau is seen: check that the "
        f"detector sees signals (high voltage, light, beam), or count longer than {_dwell(curve, 1.0)} a point. The "
        f"noise edge itself ends at {summit.mu + 5.0 * summit.sigma:.0f} (mu + 5 sigma).",
        limit,
    )


def _judge_width(curve: Curve, summit: Summit, ends: Mapping[str, Ends], limits: Limits) -> Verdict | None:
    """An edge that may be a step between two thresholds: sigma has no lower end."""
    between = extent.around(curve, summit.mu)
    if between is None or bool(np.all(ends["sigma"].reached[:, 0])):
        return None
    low, high = between
    step = high - low
    if step <= 1.0:
        wanted = f"count {_dwell(curve, 4.0)} a point there, or take {high:g} as the edge"
        return Verdict(Status.LOW_STAT, f"The edge falls within the step from {low:g} to {high:g}: {wanted}.")
    first, last = max(floor(low - step), limits[0]), min(ceil(high + step), limits[1])
    return Verdict(
        Status.LOW_STAT,
        f"The edge falls near {summit.mu:.0f} more steeply than the scan's steps of {step:g} can tell: scan {first} to "
        f"{last} in steps of {max(1, floor(step / 4.0))}.",
    )


def _judge_deviance(curve: Curve, summit: Summit) -> Verdict | None:
    mean = summit.rates(curve.v).total[0] * curve.exposure
    chance = p_value(summit.deviance, mean, summit.size)
    if chance >= IMPROBABLE:
        return None
    away = pulls(curve.n, mean)
    worst = int(np.argmax(np.abs(away)))
    side = "above" if away[worst] > 0 else "below"
    return Verdict(
        Status.BAD_FIT,
        f"The counts do not follow the {summit.model} (deviance {summit.deviance:.0f} for {len(curve.v) - summit.size} "
        f"degrees of freedom, chance {chance:.1g}); worst at {curve.v[worst]:g}, {abs(away[worst]):.1f} sigma {side}: "
        "look for a burst, a drift or lost counts there and scan again.",
    )


def _judge_counts(curve: Curve, ends: Mapping[str, Ends]) -> Verdict | None:
    """Parameters whose intervals are open or wide. The ends of sigma and plateau are logarithms: half is relative."""
    closed = all(bool(np.all(ends[name].reached)) for name in ("mu", "sigma", "plateau", "amplitude"))
    poorest = max(float(ends[name].value[0, 1] - ends[name].value[0, 0]) / 2.0 for name in ("sigma", "plateau"))
    if closed and poorest <= POOR:
        return None
    longer = max(2.0, (poorest / (0.5 * POOR)) ** 2) if closed else 4.0
    wanted = f"count {_dwell(curve, longer)} a point"
    return Verdict(Status.LOW_STAT, f"Too few counts to tell the edge's width or the plateau: {wanted}.")


def _dwell(curve: Curve, times: float) -> str:
    return f"{times * float(np.median(curve.exposure)):.2g} s"


def _range(curve: Curve) -> str:
    return f"from {curve.v[0]:g} to {curve.last:g}"


def _full_link(reading: Reading) -> str:
    low, high = reading.full[0], reading.full[-1]
    at = f"at {low:g}" if low == high else f"from {low:g} to {high:g}"
    carries = "" if reading.ceiling is None else f" (it carries {reading.ceiling:g} events/s)"
    return (
        f"The link was full {at}{carries}, so the rate there is not known and the "
        f"edge's top is missing: speed up the link, silence the other channels, or scan above {high:g} and take mu and "
        "sigma as rough."
    )
