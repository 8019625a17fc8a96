"""The thresholds worth setting, and why: what is asked of the fitted curve beyond its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import prod, sqrt

import numpy as np

from scantrail.errors import InputError
from scantrail.threshold.fit.choose import Summit
from scantrail.threshold.fit.curve import Curve
from scantrail.threshold.fit.profile import Ends
from scantrail.threshold.fit.quantities import Quantity, above_edge, crossing, halfway
from scantrail.threshold.fit.result import Estimate, Status

THREE_SIGMA, FIVE_SIGMA = "mu+3sigma", "mu+5sigma"
NOISE = "noise=1%"
MIDDLE = "plateau middle"
ACCIDENTALS = "accidentals"
OLD_CLIENT = "b+3c"
NOISE_SHARE = 0.01


@dataclass(frozen=True, slots=True)
class Accidentals:
    """A bound on accidental coincidences of this channel with others.

    rates: rates of the other channels [events/s]. tau: coincidence window [s]. target: accidental rate wanted [1/s].
    N channels within tau of each other give by accident N tau^(N-1) r_1 ... r_N, for two 2 tau r_1 r_2
    (C. Eckart and F. R. Shonka, Phys. Rev. 53 (1938) 752). Raises InputError unless all are above zero.
    """

    rates: tuple[float, ...]
    tau: float
    target: float

    def __post_init__(self) -> None:
        if not self.rates or not all(0.0 < x < np.inf for x in (*self.rates, self.tau, self.target)):
            raise InputError(f"accidental coincidences need rates, a window and a target above 0; got {self}.")

    @property
    def allowed(self) -> float:
        """Rate [events/s] that this channel may have."""
        fold = len(self.rates) + 1
        return self.target / max(fold * self.tau ** (fold - 1) * prod(self.rates), 1e-300)


def questions(summit: Summit, curve: Curve, accidentals: Accidentals | None) -> dict[str, Quantity]:
    """The recommended thresholds [DAC] by name, as quantities of the fit; those that have no answer are left out."""
    asked = {THREE_SIGMA: above_edge(3.0), FIVE_SIGMA: above_edge(5.0)}
    noise = crossing(summit.rice, -NOISE_SHARE, 0.0)
    if _stands(summit, noise, -NOISE_SHARE, 0.0):
        asked |= {NOISE: noise, MIDDLE: halfway(noise, curve.last)}
    if accidentals is not None and _unreachable(summit, curve, accidentals) is None:
        asked[ACCIDENTALS] = crossing(summit.rice, 1.0, accidentals.allowed)
    if not summit.rice:
        asked[OLD_CLIENT] = above_edge(3.0 * sqrt(2.0))
    return asked


def recommended(
    summit: Summit,
    curve: Curve,
    ends: Mapping[str, Ends],
    status: Status,
    plateau_seen: bool,
    limits: tuple[int, int],
    accidentals: Accidentals | None,
) -> tuple[Estimate, ...]:
    """Estimates of the recommended thresholds; those that the scan cannot give have no value and say why."""
    told = {
        THREE_SIGMA: f"3 sigma above the {summit.model}",
        FIVE_SIGMA: f"5 sigma above the {summit.model}",
        NOISE: f"the noise edge is 1 % of the plateau ({summit.model})",
        MIDDLE: f"half way between noise = 1 % and the last threshold scanned, {curve.last:g}",
        ACCIDENTALS: "the rate is low enough for the accidental coincidences wanted",
        OLD_CLIENT: "what old clients call 3 sigma: b + 3c = mu + 4.24 sigma of the erfc edge",
    }
    estimates = {
        name: _placed(estimate(name, "DAC", ends[name], status, why), curve, limits)
        for name, why in told.items()
        if name in ends
    }
    for name, (why, reason) in _missing(summit, curve, estimates, plateau_seen, accidentals).items():
        estimates[name] = Estimate.missing(name, "DAC", why, reason)
    return tuple(estimates[name] for name in told if name in estimates)


def _missing(
    summit: Summit,
    curve: Curve,
    estimates: Mapping[str, Estimate],
    plateau_seen: bool,
    accidentals: Accidentals | None,
) -> dict[str, tuple[Status, str]]:
    """The thresholds that the scan cannot give, with status and reason."""
    missing: dict[str, tuple[Status, str]] = {}
    if not plateau_seen:
        missing[NOISE] = missing[MIDDLE] = (Status.NO_PLATEAU, "no plateau was seen to compare with")
    elif NOISE not in estimates:
        missing[NOISE] = missing[MIDDLE] = (Status.OUT_OF_RANGE, "the edge stays below 1 % of the plateau everywhere")
    else:
        begins = estimates[NOISE].value
        if begins is None or begins >= curve.last:
            why = f"the scan ends at {curve.last:g}, before the noise is down to 1 % of the plateau"
            missing[MIDDLE] = (Status.OUT_OF_RANGE, why)
    if accidentals is not None and ACCIDENTALS not in estimates:
        missing[ACCIDENTALS] = (Status.OUT_OF_RANGE, _unreachable(summit, curve, accidentals) or "not found")
    return missing


def estimate(name: str, unit: str, ends: Ends, status: Status, sentence: str) -> Estimate:
    """An estimate from profiled ends; an end that the likelihood does not close is None."""
    (low, high), (low95, high95) = (
        tuple(float(x) if reached else None for x, reached in zip(level, closed, strict=True))
        for level, closed in zip(ends.value, ends.reached, strict=True)
    )
    error = None if low is None or high is None else (high - low) / 2.0
    return Estimate(name, ends.best, error, (low, high), (low95, high95), unit, status, sentence)


def _placed(estimate: Estimate, curve: Curve, limits: tuple[int, int]) -> Estimate:
    """The estimate with a word about where it lies: beyond what can be set, or beyond what was scanned."""
    value = estimate.value
    if value is None:
        return estimate
    if not limits[0] <= value <= limits[1]:
        why = f"{estimate.sentence}; {value:.0f} cannot be set, thresholds go from {limits[0]} to {limits[1]}"
        return Estimate.missing(estimate.name, estimate.unit, Status.OUT_OF_RANGE, why)
    if value > curve.last:
        return replace(estimate, sentence=f"{estimate.sentence}; beyond the last threshold scanned, {curve.last:g}")
    return estimate


def _unreachable(summit: Summit, curve: Curve, accidentals: Accidentals) -> str | None:
    """Why no threshold is the answer to an accidental target, None if one is."""
    allowed = accidentals.allowed
    at = summit.rates(curve.v)
    plateau = float(at.plateau[0, -1])
    if allowed >= float(np.max(at.total)):
        return f"met at every threshold scanned: {allowed:.3g} /s are allowed"
    if not _stands(summit, crossing(summit.rice, 1.0, allowed), 1.0, allowed):
        return (
            f"the plateau's {plateau:.3g} /s alone give more accidental coincidences than {accidentals.target:g} /s, "
            f"which allow {allowed:.3g} /s; shorten the window"
        )
    return None


def _stands(summit: Summit, quantity: Quantity, weight: float, target: float) -> bool:
    """Whether a crossing was found: edge + weight * plateau is the target there."""
    place, _ = quantity(summit.theta[None, :])
    at = summit.rates(place)
    plateau = float(at.plateau[0, 0])
    left = float(at.edge[0, 0]) + weight * plateau - target
    return abs(left) <= 1e-6 * (abs(weight) * plateau + target)
