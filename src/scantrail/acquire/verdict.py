"""What judging a run, or a file of another program, found."""

from dataclasses import dataclass, field
from typing import Literal

from scantrail.plots import Figure
from scantrail.runs import Result

Family = Literal["erfc", "rice"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What judging found. results: every number with its error; sentences: one a channel (or detector), for the user.

    answered: whether there is an answer that may be relied on: to a threshold scan on each channel, to a position scan
    on one detector at least. advice: thresholds [DAC] to set, by channel. notes: what went wrong beside, a sentence
    each.
    """

    results: list[Result]
    sentences: list[str]
    answered: bool
    figure: Figure
    advice: dict[int, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
