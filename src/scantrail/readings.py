"""What is read of an instrument: a value, and what its column holds.

Runs and links share it, for they do not know each other.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import repeat
from math import isfinite
from typing import Any, NamedTuple, TypeAlias

Scalar: TypeAlias = float | int | str
_NUMBERS = frozenset({float, int})


class Reading(NamedTuple):
    """One value of a source; time in unix seconds of the source, else ours. `error` says why the value is None."""

    value: Scalar | None
    time: float
    severity: int = 0
    error: str = ""


class Column(NamedTuple):
    """What a data key holds. dtype: "number", "integer" or "string"; role: axis, setpoint, i0, counts, threshold."""

    source: str
    units: str | None
    dtype: str
    role: str
    limits: tuple[float, float] | None = None


def readings_at(time: float, values: Iterable[float]) -> list[Reading]:
    """Return values that were all read at one `time` [unix s], without an error."""
    return [*map(_reading, zip(values, repeat(time), repeat(0), repeat(""), strict=False))]


_reading = partial(tuple.__new__, Reading)
"""Makes a Reading of all its fields in one step; a scan makes some at every point."""


def all_numbers(values: Sequence[Any]) -> bool:
    """Tell whether all are finite floats or integers of Python's own; what is odd may be one all the same."""
    try:
        return _NUMBERS.issuperset(map(type, values)) and isfinite(sum(values))
    except OverflowError:  # an integer beyond all floats
        return False
