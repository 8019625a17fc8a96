"""What statistics find in the readings of one detector: numbers with their errors, or the reason why there are none."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from scantrail.daq.measured import Floats

Shape = Literal["peak", "dip", "edge", "level", "none"]
"""What readings show; a level is that of readings in time."""
VERBS: dict[Shape, str] = {"peak": "peaks", "dip": "dips"}
EXTREMES: dict[Shape, str] = {"peak": "highest", "dip": "lowest"}
CUT, CUT_SHORT = "is cut at the range end", "is cut where the scan ended early"

NO_RAW_CENTROID = "the raw centroid of a dip is that of what surrounds it"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number: value and error [unit], None where the data give none, and then the reason.

    axis: the motor that it is a position of, "" where the scan has one alone. digit: what the last digit that means
    something is worth: a tenth of the step [unit].
    """

    name: str
    unit: str
    value: float | None = None
    error: float | None = None
    reason: str = ""
    axis: str = ""
    digit: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """A fitted curve: positions and readings."""

    x: Floats
    y: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """What the readings of a detector show. sentence: for the user, without the detector's name.

    notes: what makes the numbers doubtful. fit: the curve behind them; span: ends of the half height (one axis).
    """

    detector: str
    shape: Shape
    sentence: str
    statistics: tuple[Statistic, ...] = ()
    notes: tuple[str, ...] = ()
    fit: Fit | None = None
    span: tuple[float, float] | None = None

    @property
    def whole(self) -> str:
        """The sentence with the detector's name and the notes."""
        return "; ".join([f"{self.detector} {self.sentence}", *self.notes])

    def all(self, name: str) -> Iterator[Statistic]:
        """Yield the statistics of this name, one for each axis."""
        return (one for one in self.statistics if one.name == name)

    def get(self, name: str) -> Statistic | None:
        """Return the statistic of this name, None if this shape has none; of several axes the first."""
        return next(self.all(name), None)


def given(
    name: str, unit: str, found: tuple[float, float | None] | None, reason: str, *, digit: float, axis: str = ""
) -> Statistic:
    """Return a statistic with this value and error, or without them for a reason."""
    if reason or found is None:
        return Statistic(name, unit, reason=reason, axis=axis, digit=digit)
    return Statistic(name, unit, *found, axis=axis, digit=digit)
