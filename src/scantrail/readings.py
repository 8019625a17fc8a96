"""What is read of an instrument: a value, and what its column holds.

Runs and links share it, for they do not know each other.
"""

from typing import NamedTuple, TypeAlias

Scalar: TypeAlias = float | int | str


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
