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
from scantrail.threshold.fit.models import LOG_A, LOG_D, LOG_SIGMA, MU, SLOPE, Family, Floats
from scantrail.threshold.fit.start import bounds, starts

SLOPE_PENALTY = 6.0
"""Deviance a slope must gain: by chance a flat plateau does so once in 140 scans (half a chi-square of one degree)."""
STARTS = 3


@dataclass(frozen=True, slots=True)
class Summit:
    """The best fit of one family: parameters [5], deviance, number of parameters, and the box it was sought in.

    null: deviance of the best plateau without an edge. gain: deviance that the falling plateau won (0 if not chosen).
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

    @property
    def free(self) -> NDArray[np.bool_]:
        """Which of the five parameters were free."""
        return np.array([True, True, True, True, self.falling])

    @property
    def size(self) -> int:
        """Number of free parameters."""
        return 5 if self.falling else 4


def summits(curve: Curve, family: Family | Literal["auto"]) -> list[Summit]:
    """The best fit of each family asked for, the best family first."""
    families = (False, True) if family == "auto" else (family == "rice",)
    full = bounds(curve)
    rows: list[tuple[bool, bool, Floats, Box]] = []
    for rice in families:
        for start in starts(curve, rice, STARTS):
            rows += [(rice, falling, start, _plateau_box(full, falling)) for falling in (False, True)]
    rows += [(False, falling, _bare(curve, full), _bare_box(full, curve, falling)) for falling in (False, True)]
    box = Box(np.stack([row[3].lower for row in rows]), np.stack([row[3].upper for row in rows]))
    rice_rows = np.array([row[0] for row in rows])
    theta, reached = maximise(curve, np.stack([row[2] for row in rows]), rice_rows, box)
    null = float(_better(reached[-2], reached[-1])[1])
    edges = np.arange(len(rows)) < len(rows) - 2
    falling_rows = np.array([row[1] for row in rows])
    found = []
    for rice in families:
        flat, fallen = (
            _lowest(reached, edges & (rice_rows == rice) & (falling_rows == falling)) for falling in (False, True)
        )
        falling, lowest = _better(reached[flat], reached[fallen])
        row = fallen if falling else flat
        found.append(Summit(theta[row], rice, falling, float(lowest), null, _plateau_box(full, falling)))
    return sorted(found, key=lambda s: s.deviance + SLOPE_PENALTY * s.falling)


def _lowest(reached: Floats, among: NDArray[np.bool_]) -> int:
    return int(np.argmin(np.where(among, reached, np.inf)))


def _better(flat: float, fallen: float) -> tuple[bool, float]:
    """Whether the falling plateau is worth its parameter, and the deviance of the better one."""
    return (True, fallen) if fallen < flat - SLOPE_PENALTY else (False, flat)


def _plateau_box(full: Box, falling: bool) -> Box:
    if falling:
        return full
    upper = full.upper.copy()
    upper[SLOPE] = 0.0
    return Box(full.lower, upper)


def _bare(curve: Curve, full: Box) -> Floats:
    """A plateau alone: an edge of no height far below."""
    theta = full.lower.copy()
    theta[LOG_D] = np.log(max(float(np.sum(curve.n) / np.sum(curve.exposure)), np.exp(full.lower[LOG_D])))
    return theta


def _bare_box(full: Box, curve: Curve, falling: bool) -> Box:
    upper = _plateau_box(full, falling).upper.copy()
    lower = full.lower.copy()
    for fixed in (LOG_A, MU, LOG_SIGMA):
        upper[fixed] = lower[fixed]
    return Box(lower, upper)
