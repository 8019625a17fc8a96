"""What a fit answers: estimates with intervals, a status, a sentence."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

from scantrail.threshold.fit.models import LOG_A, LOG_D, LOG_SIGMA, MU, SLOPE, Family, Floats, rates


class Status(StrEnum):
    """How far a fit can be trusted. Only OK is an answer; every other one comes with what to do."""

    OK = "OK"
    NO_EDGE = "NO_EDGE"
    NO_PLATEAU = "NO_PLATEAU"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    LOW_STAT = "LOW_STAT"
    BAD_FIT = "BAD_FIT"


@dataclass(frozen=True, slots=True)
class Estimate:
    """One number with its profile-likelihood intervals.

    interval, interval95: (low, high) ends; an end is None where the data do not close it. error: half the 68 %
    interval, None if it is open. value is None where the data give no number. status and sentence hold for this
    number.
    """

    name: str
    value: float | None
    error: float | None
    interval: tuple[float | None, float | None]
    interval95: tuple[float | None, float | None]
    unit: str
    status: Status
    sentence: str

    @property
    def closed(self) -> bool:
        """Whether both intervals have both their ends."""
        return None not in self.interval and None not in self.interval95

    @classmethod
    def missing(cls, name: str, unit: str, status: Status, sentence: str) -> "Estimate":
        """An estimate that the data do not give, with the reason."""
        return cls(name, None, None, (None, None), (None, None), unit, status, sentence)

    def mapped(self, scale: Callable[[float], float]) -> "Estimate":
        """The same estimate on another, rising scale (a logarithm's exponential): its ends move along."""
        low, high, low95, high95 = (None if end is None else scale(end) for end in (*self.interval, *self.interval95))
        return replace(
            self,
            value=None if self.value is None else scale(self.value),
            error=None if low is None or high is None else (high - low) / 2.0,
            interval=(low, high),
            interval95=(low95, high95),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Fit:
    """The fit of one counting curve.

    mu, sigma [DAC], amplitude (the edge's rate at mu), plateau [events/s, at mu] and slope [1/DAC,
    of a falling plateau]; covariance [5, 5] of (amplitude, mu, sigma, plateau, slope) in these units, zero where
    fixed, None without a fit. saturated: the link was full at some threshold. plateau_limit: 95 % upper limit of the
    plateau's rate where none was seen. plateau_range: where the plateau begins and the last threshold that saw it
    [DAC]. advice: the threshold to set, None unless the status is OK.
    """

    status: Status
    sentence: str
    notes: tuple[str, ...]
    model: str
    family: Family | None
    mu: Estimate
    sigma: Estimate
    amplitude: Estimate
    plateau: Estimate
    slope: Estimate
    points: int
    saturated: bool
    covariance: Floats | None = None
    deviance: float | None = None
    ndf: int = 0
    p_value: float | None = None
    plateau_limit: float | None = None
    plateau_range: tuple[float, float] | None = None
    recommended: tuple[Estimate, ...] = ()
    advice: Estimate | None = None
    theta: Floats | None = None

    def recommendation(self, name: str) -> Estimate | None:
        """The recommended threshold of this name, None if the fit has none such."""
        return next((estimate for estimate in self.recommended if estimate.name == name), None)

    def curve(self, threshold: ArrayLike) -> tuple[Floats, Floats] | None:
        """Fitted rates (edge, plateau) [events/s] at thresholds [DAC], to be drawn apart; None without a fit."""
        if self.theta is None:
            return None
        v = np.atleast_1d(np.asarray(threshold, dtype=float))
        at = rates(self.theta[None, :], np.array([self.family == "rice"]), v)
        return at.edge[0], at.plateau[0]


INDICES = {"amplitude": LOG_A, "mu": MU, "sigma": LOG_SIGMA, "plateau": LOG_D, "slope": SLOPE}
"""Where each parameter stands among the climb's."""
LOGARITHMIC = ("amplitude", "sigma", "plateau")
"""Parameters that the climb sees as logarithms."""
UNITS = {"amplitude": "1/s", "mu": "DAC", "sigma": "DAC", "plateau": "1/s", "slope": "1/DAC"}
