"""A scan of positions as its statistics, figures and readers of foreign files see it, whichever file it comes from."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

COUNTS = ("count", "counts", "cts")
"""Units of what grows with the counting time."""
RATES = ("counts/s", "count/s", "cts/s", "cps", "1/s", "Hz")
"""Units of counts in a second."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """One column: its name, its unit ("" if unknown), what it stands for, its values [unit], one a point.

    A value is NaN where there is none. `role` is as in a journal: "axis", "i0", "itrans", "ifluor", "detector" …
    `dark`: what a detector reads without beam, at each point [unit], None if nobody knows; `ceiling`: the reading at
    which it saturates.
    """

    name: str
    unit: str
    role: str
    values: Floats
    dark: Floats | None = None
    ceiling: float | None = None

    @property
    def net(self) -> Floats:
        """The values less the dark readings, as derived columns and mu are made of them."""
        return self.values if self.dark is None else self.values - self.dark

    @property
    def saturated(self) -> int:
        """At how many points it was at its ceiling."""
        return 0 if self.ceiling is None else int(np.sum(self.values >= self.ceiling))


@dataclass(frozen=True, slots=True)
class Edge:
    """An absorption edge: element symbol and edge name ("" if unknown), tabulated or chosen energy [eV]."""

    element: str
    name: str
    energy: float


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured at n points, in the order of acquisition.

    `kind`: linear, list, lockstep, mesh, grid, time, xafs. `axes`: the setpoints of what was stepped, slowest first;
    `readbacks`: where the same axes really stood, () if nobody knows. `detectors`: everything that was counted.
    `shape`: points planned along each dimension; `index`: (n, len(shape)), the place of each point on that grid.
    A scan that was ended before its time has fewer points than its shape. `derived`: columns that the station's
    formulas give. `dwell`: counting time of each point [s], None if nobody knows. `grid`: the setpoints planned along
    each dimension, by its first axis, () if nobody knows.
    """

    kind: str
    title: str
    axes: tuple[Quantity, ...]
    readbacks: tuple[Quantity, ...]
    detectors: tuple[Quantity, ...]
    shape: tuple[int, ...]
    index: NDArray[np.intp]
    edge: Edge | None = None
    notes: tuple[str, ...] = field(default=())
    derived: tuple[Quantity, ...] = field(default=())
    dwell: Floats | None = None
    grid: tuple[Floats, ...] = field(default=())

    @property
    def columns(self) -> tuple[Quantity, ...]:
        """What may be plotted and judged: detectors, then derived columns."""
        return (*self.detectors, *self.derived)
