"""Which model: Rice or erfc edge, constant or falling plateau, or no edge at all.

All are climbed in one batch, each from several starts. The lowest deviance wins; a falling plateau must lower it by
more than `SLOPE_PENALTY`, because it has one parameter more. The two families have equally many, so nothing separates
them but the deviance; the loser is kept as `rival`.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scantrail.threshold.fit.curve import Curve
from scantrail.threshold.fit.likelihood import Box, maximise
from scantrail.threshold.fit.models import LOG_A, LOG_D, LOG_SIGMA, MU, SLOPE, Family, Floats, Rates, rates
from scantrail.threshold.fit.start import bounds, starts

SLOPE_PENALTY = 6.0
"""Deviance a slope must gain: by chance a flat plateau does so once in 140 scans (half a chi-square of one degree)."""
STARTS = 3
AMBIGUOUS = 4.0
"""Two families whose deviances differ by less describe the counts equally well."""


@dataclass(frozen=True, slots=True)
class Summit:
    """The best fit of one family: parameters [5], deviance, number of parameters, and the box it was sought in.

    null: deviance of the best plateau without an edge.
    """

    theta: Floats
    rice: bool
    falling: bool
    deviance: float
    null: float
    box: Box

    @property
    def family(self) -> Family:
        """Name of the edge."""
        return "rice" if self.rice else "erfc"

    @property
    def model(self) -> str:
        """What the fit is called wherever mu + k sigma is quoted."""
        return f"{self.family} edge on a {'falling' if self.falling else 'constant'} plateau"

    def rates(self, v: Floats) -> Rates:
        """Fitted rates at thresholds `v` [n], as one row."""
        return rates(self.theta[None, :], np.array([self.rice]), v)

    @property
    def mu(self) -> float:
        """Place of the edge [DAC]."""
        return float(self.theta[MU])

    @property
    def sigma(self) -> float:
        """Width of the edge [DAC]."""
        return float(np.exp(self.theta[LOG_SIGMA]))

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which of the five parameters were free."""
        return np.array([True, True, True, True, self.falling])

    @property
    def size(self) -> int:
        """Number of free parameters."""
        return 5 if self.falling else 4


@dataclass(frozen=True, slots=True)
class _Climb:
    """One row of the batch: what it climbs, from where, within which box."""

    rice: bool
    falling: bool
    edge: bool
    start: Floats
    box: Box


def summits(curve: Curve, family: Family | Literal["auto"]) -> list[Summit]:
    """The best fit of each family asked for, the best family first."""
    families = (False, True) if family == "auto" else (family == "rice",)
    full = bounds(curve)
    climbs = [_bare(curve, full, falling) for falling in (False, True)]
    for rice in families:
        for start in starts(curve, rice, STARTS):
            climbs += [_Climb(rice, falling, True, start, _plateau_box(full, falling)) for falling in (False, True)]
    box = Box(np.stack([climb.box.lower for climb in climbs]), np.stack([climb.box.upper for climb in climbs]))
    rows = np.array([climb.rice for climb in climbs])
    theta, reached = maximise(curve, np.stack([climb.start for climb in climbs]), rows, box)
    null = min(float(reached[0]), float(reached[1]))
    found = []
    for rice in families:
        row = _best(climbs, reached, rice)
        climb = climbs[row]
        found.append(Summit(theta[row], rice, climb.falling, float(reached[row]), null, climb.box))
    return sorted(found, key=lambda summit: summit.deviance + SLOPE_PENALTY * summit.falling)


def _best(climbs: list[_Climb], reached: Floats, rice: bool) -> int:
    """The row with the lowest deviance of a family, a slope being worth its penalty."""
    rows = [row for row, climb in enumerate(climbs) if climb.edge and climb.rice == rice]
    return min(rows, key=lambda row: float(reached[row]) + SLOPE_PENALTY * climbs[row].falling)


def _plateau_box(full: Box, falling: bool) -> Box:
    if falling:
        return full
    upper = full.upper.copy()
    upper[SLOPE] = 0.0
    return Box(full.lower, upper)


def _bare(curve: Curve, full: Box, falling: bool) -> _Climb:
    """A plateau alone: an edge of no height, fixed where the scan begins."""
    box = _plateau_box(full, falling)
    lower, upper = box.lower.copy(), box.upper.copy()
    upper[[LOG_A, LOG_SIGMA]] = lower[[LOG_A, LOG_SIGMA]]
    lower[MU] = upper[MU] = curve.v[0]
    start = lower.copy()
    start[LOG_D] = max(np.log(np.sum(curve.n) / np.sum(curve.exposure)), lower[LOG_D])
    return _Climb(False, falling, False, start, Box(lower, upper))
