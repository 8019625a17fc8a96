"""A fit as the flat rows that stand beside a journal: (name, value, error, unit, status, sentence)."""

from scantrail.runs import Result
from scantrail.threshold.fit.result import Estimate, Fit


def answers(fit: Fit, channel: str) -> list[Result]:
    """Rows of one channel, named "<channel> <quantity>": the verdict first, then recommended thresholds and parameters.

    error is half the 68 % interval; the sentence carries the model's name and the intervals.
    """
    advice = fit.advice
    rows = [
        Result(
            f"{channel} threshold",
            None if advice is None else advice.value,
            None if advice is None else advice.error,
            "DAC",
            str(fit.status),
            " ".join((fit.sentence, *fit.notes)),
        )
    ]
    parameters = (fit.mu, fit.sigma, fit.plateau, fit.amplitude, fit.slope)
    rows += [_row(f"{channel} {estimate.name}", estimate) for estimate in fit.recommended]
    rows += [_row(f"{channel} {estimate.name}", estimate) for estimate in parameters if estimate.value is not None]
    if fit.deviance is not None:
        rows.append(
            Result(
                f"{channel} deviance",
                fit.deviance,
                None,
                "",
                str(fit.status),
                f"{fit.ndf} degrees of freedom, chance {fit.p_value:.2g}",
            )
        )
    return rows


def _row(name: str, estimate: Estimate) -> Result:
    sentence = estimate.sentence
    if estimate.value is not None:
        sentence += f"; 68 % {_span(estimate.interval)}, 95 % {_span(estimate.interval95)}"
    return Result(name, estimate.value, estimate.error, estimate.unit, str(estimate.status), sentence)


def _span(ends: tuple[float | None, float | None]) -> str:
    low, high = ("open" if end is None else f"{end:.4g}" for end in ends)
    return f"{low} to {high}"
