"""What one file of recorded events holds."""

from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

COLUMNS = ("timestamp", "top", "mid", "btm", "adc", "tmp", "atm", "hmd")
"""Columns of recorded events: time, hits of channels 1-3, pulse height, temperature, pressure, humidity."""

Row = tuple[float, ...]
"""One event in the order of COLUMNS."""

Clock = Literal["unix", "uptime", "none"]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The events of one file, as they stand there.

    values [events, 8]: in the order of COLUMNS, nan where not recorded. part [events]: ascending numbers of its
    uninterrupted pieces. clock: what the times count from. notices: a sentence each.
    """

    values: NDArray[np.float64]
    part: NDArray[np.int64]
    clock: Clock
    notices: tuple[str, ...] = field(default=())


def table_of(rows: list[Row], part: list[int] | None, clock: Clock, notices: list[str]) -> Table:
    """Put rows together; `part` None stands for one piece."""
    values = np.array(rows, dtype=float).reshape(len(rows), len(COLUMNS))
    pieces = np.zeros(len(rows), dtype=np.int64) if part is None else np.array(part, dtype=np.int64)
    return Table(values, pieces, clock, tuple(notices))
