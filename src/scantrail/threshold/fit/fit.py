"""The one function: counts against thresholds in, thresholds to set out, with errors and a reason."""

from collections.abc import Sequence
from dataclasses import replace
from math import exp
from typing import Literal, SupportsFloat

from numpy.typing import ArrayLike

from scantrail.threshold.fit.choose import AMBIGUOUS, Summit, summits
from scantrail.threshold.fit.classify import Verdict, before_fit, judge, plateau_seen, without_edge
from scantrail.threshold.fit.curve import Reading, read_points
from scantrail.threshold.fit.goodness import p_value
from scantrail.threshold.fit.likelihood import covariance
from scantrail.threshold.fit.models import Family
from scantrail.threshold.fit.profile import Ends, intervals
from scantrail.threshold.fit.quantities import parameter
from scantrail.threshold.fit.recommend import FIVE_SIGMA, NOISE, Accidentals, estimate, questions, recommended
from scantrail.threshold.fit.result import INDICES, LOGARITHMIC, UNITS, Estimate, Fit, Status


def fit_curve(
    threshold: ArrayLike,
    counts: ArrayLike,
    live: ArrayLike,
    *,
    correction: ArrayLike | None = None,
    lost: ArrayLike | Sequence[SupportsFloat | None] | None = None,
    family: Family | Literal["auto"] = "auto",
    ceiling: float | None = None,
    link_full: ArrayLike | None = None,
    limits: tuple[int, int] = (1, 1023),
    accidentals: Accidentals | None = None,
) -> Fit:
    """Fit one channel's counting curve by maximum likelihood and recommend thresholds.

    threshold [DAC], counts and live time [s] are columns of one length, in any order, thresholds may repeat. Losses
    enter as correction factors (n + lost) / n or as lost counts (None: unknown). family forces the edge's model;
    "auto" takes the lower deviance. ceiling [events/s]: what the link carries, if this channel alone fills it.
    link_full: for each point whether the link set its rate. limits: thresholds that can be set [DAC].

    Whatever was counted, there is a result with a status. Raises InputError only for what is not a table of counts:
    columns of different lengths, negative or broken counts, corrections below 1, text.
    """
    reading = read_points(threshold, counts, live, correction, lost, ceiling, limits, link_full)
    verdict = before_fit(reading, limits)
    if verdict is not None:
        return _unfitted(reading, verdict)
    best, *others = summits(reading.curve, family)
    verdict = without_edge(reading, best, limits)
    if verdict is not None:
        return _unfitted(reading, verdict)
    asked = questions(best, reading.curve, accidentals)
    names = [name for name in INDICES if name != "slope" or best.falling]
    quantities = [parameter(INDICES[name]) for name in names] + list(asked.values())
    answers = intervals(reading.curve, best.theta, best.rice, best.box, quantities)
    ends = dict(zip([*names, *asked], answers, strict=True))
    rival = others[0] if others else None
    verdict = judge(reading, best, rival, ends, limits)
    return _assemble(reading, best, rival, ends, verdict, limits, accidentals)


def _assemble(
    reading: Reading,
    best: Summit,
    rival: Summit | None,
    ends: dict[str, Ends],
    verdict: Verdict,
    limits: tuple[int, int],
    accidentals: Accidentals | None,
) -> Fit:
    curve, status = reading.curve, verdict.status
    seen = plateau_seen(ends)
    offers = recommended(best, curve, ends, status, seen, limits, accidentals)
    parameters = {name: _parameter(name, ends, best, verdict) for name in INDICES}
    begins = next((offer.value for offer in offers if offer.name == NOISE), None)
    fit = Fit(
        status=status,
        sentence=verdict.sentence,
        notes=(*reading.notes, *_ambiguity(best, rival)),
        model=best.model,
        family=best.family,
        mu=parameters["mu"],
        sigma=parameters["sigma"],
        amplitude=parameters["amplitude"],
        plateau=parameters["plateau"],
        slope=parameters["slope"],
        covariance=covariance(curve, best.theta, best.rice, best.free),
        deviance=best.deviance,
        ndf=len(curve.v) - best.size,
        p_value=p_value(best.deviance, best.rates(curve.v).total[0] * curve.exposure, best.size),
        points=len(curve.v),
        saturated=len(reading.full) > 0,
        plateau_limit=verdict.plateau_limit,
        plateau_range=(begins, curve.last) if begins is not None and begins < curve.last else None,
        recommended=offers,
        theta=best.theta,
    )
    return _advised(fit) if status is Status.OK else fit


def _parameter(name: str, ends: dict[str, Ends], best: Summit, verdict: Verdict) -> Estimate:
    if name not in ends:
        return Estimate.missing(name, UNITS[name], verdict.status, "the plateau was fitted as constant")
    found = estimate(name, UNITS[name], ends[name], verdict.status, best.model)
    return found.mapped(exp) if name in LOGARITHMIC else found


def _advised(fit: Fit) -> Fit:
    """The fit with the threshold to set: where the noise is 1 % of the plateau, else 5 sigma above the edge."""
    offer = fit.recommendation(NOISE)
    if offer is None or offer.value is None:
        offer = fit.recommendation(FIVE_SIGMA)
    if offer is None or offer.value is None or offer.error is None:
        return replace(
            fit,
            status=Status.OUT_OF_RANGE,
            sentence=f"The edge lies at {fit.mu.value:.1f}, but no threshold that can be set lies above it.",
        )
    return replace(
        fit,
        advice=offer,
        sentence=f"Set the threshold to {round(offer.value)}: "
        f"{offer.sentence} at {offer.value:.1f} ± {offer.error:.1f}.",
    )


def _ambiguity(best: Summit, rival: Summit | None) -> tuple[str, ...]:
    if rival is None or rival.deviance - best.deviance >= AMBIGUOUS:
        return ()
    return (
        f"{rival.model.capitalize()} fits as well (deviance {rival.deviance:.1f} against {best.deviance:.1f}); "
        "mu and sigma mean something else there.",
    )


def _unfitted(reading: Reading, verdict: Verdict) -> Fit:
    curve = reading.curve
    mu, sigma, amplitude, plateau, slope = (
        Estimate.missing(name, UNITS[name], verdict.status, verdict.sentence)
        for name in ("mu", "sigma", "amplitude", "plateau", "slope")
    )
    return Fit(
        status=verdict.status,
        sentence=verdict.sentence,
        notes=reading.notes,
        model="",
        family=None,
        mu=mu,
        sigma=sigma,
        amplitude=amplitude,
        plateau=plateau,
        slope=slope,
        points=len(curve.v),
        saturated=len(reading.full) > 0,
    )
