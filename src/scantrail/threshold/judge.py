"""Judge counting curves: fit each channel, and say which threshold to set."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scantrail.runs import Result
from scantrail.threshold.counted import CountedChannel
from scantrail.threshold.curves import CountingCurve
from scantrail.threshold.fit import Family, Fit, Status, answers, fit_curve

FIT = "fit"
"""Name of the analysis beside the journal."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One channel's curve and its fit."""

    curve: CountingCurve
    fit: Fit

    @property
    def recommended(self) -> int | None:
        """The threshold [DAC] to set, None unless the fit is an answer."""
        advice = self.fit.advice
        return None if advice is None or advice.value is None else round(advice.value)

    @property
    def counted(self) -> CountedChannel:
        """The points and their fit, as the figures take them."""
        return self.curve.counted(self.fit)

    @property
    def verdict(self) -> str:
        """The sentence for the user, with the channel's name."""
        return f"{self.curve.name}: {self.fit.sentence}"


def fit_curves(curves: Iterable[CountingCurve], *, family: Family | None = None) -> list[Judged]:
    """Fit every curve; `family` forces the edge's model. Raises InputError for what is no table of counts."""
    return [Judged(curve, _fit(curve, family)) for curve in curves]


def results_of(judged: Iterable[Judged]) -> list[Result]:
    """Return the answers of all channels, as they stand beside a journal."""
    return [result for one in judged for result in answers(one.fit, one.curve.name)]


def all_answered(judged: Sequence[Judged]) -> bool:
    """Tell whether every channel has its answer."""
    return all(one.fit.status is Status.OK for one in judged)


def _fit(curve: CountingCurve, family: Family | None) -> Fit:
    return fit_curve(
        curve.threshold,
        curve.counts,
        curve.live,
        correction=curve.correction,
        link_full=curve.link_full,
        family=family or "auto",
    )
