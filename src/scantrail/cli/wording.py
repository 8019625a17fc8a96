"""How the commands put durations, plans and outcomes into words."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scantrail.threshold import ThresholdPlan


def duration(seconds: float) -> str:
    """Write a length of time as people do.

    >>> duration(87.4)
    '1 min 27 s'
    """
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min {whole % 60:02d} s"


def plan_in_words(plan: "ThresholdPlan", speed: float) -> Iterable[str]:
    """Yield what a threshold scan is about to do, a line each."""
    points = plan.shape[0]
    name = plan.kind.removeprefix("threshold_")
    yield f"{name} scan: {points} points of {plan.dwell:g} s, about {duration(plan.duration / speed)}"
    for steps in plan.steps:
        values = steps.thresholds
        where = f"{steps.name} ({steps.label})" if steps.label else steps.name
        yield f"  {where}: {len(values)} thresholds, {values[0]} to {values[-1]} DAC"
    yield from plan.notices
