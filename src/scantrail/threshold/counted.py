"""What a figure of counting curves is made of: channels as they were counted, and their rates with Poisson bars."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scantrail.errors import InputError
from scantrail.threshold.fit import Bars, Fit, poisson_bars
from scantrail.threshold.fit.curve import FULL_LINK

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CountedChannel:
    """What one channel counted: threshold [DAC], counts, live time [s] and lost events (None: unknown), a column each.

    fit: the fit of these points, None if there is none (yet). link_full: whether the link set the rate, a column too.
    Rows that mean nothing (no live time, threshold 0) are not drawn.
    """

    channel: int
    threshold: ArrayLike
    counts: ArrayLike
    live: ArrayLike
    lost: ArrayLike | Sequence[float | None] | None = None
    name: str = ""
    label: str = ""
    fit: Fit | None = None
    link_full: ArrayLike | None = None

    @property
    def title(self) -> str:
        """How the channel is called: its name, else its number, and its label."""
        return f"{self.name or f'channel {self.channel}'} {self.label}".strip()


@dataclass(frozen=True, slots=True, eq=False)
class CountsInTime:
    """Counts of one channel in bins of time: where each begins [s], how much of it was live [s], what was counted."""

    name: str
    begins: ArrayLike
    live: ArrayLike
    counts: ArrayLike


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Places along x and the rates there [events/s]; `full` where the link was."""

    x: Floats
    bars: Bars
    full: NDArray[np.bool_]

    @classmethod
    def of(cls, channel: CountedChannel, ceiling: float | None = None) -> "Rates":
        """Rates of a channel, corrected for losses as in the fit, without rows that say nothing."""
        columns = (channel.threshold, channel.counts, channel.live, channel.lost)
        return cls.from_columns(*columns, ceiling=ceiling, link_full=channel.link_full, least=1.0)

    @classmethod
    def from_columns(
        cls,
        place: ArrayLike,
        counts: ArrayLike,
        live: ArrayLike,
        lost: ArrayLike | Sequence[float | None] | None = None,
        ceiling: float | None = None,
        link_full: ArrayLike | None = None,
        least: float = -np.inf,
    ) -> "Rates":
        """Rates at places along x; rows without a place from `least` on, without counts or live time are left out.

        Raises InputError for columns of different lengths.
        """
        x, n, t = (np.asarray(column, dtype=float) for column in (place, counts, live))
        missed = np.zeros_like(n) if lost is None else np.nan_to_num(np.asarray(lost, dtype=float))
        full = np.zeros(n.shape, dtype=bool) if link_full is None else np.asarray(link_full, dtype=bool)
        if len({column.shape for column in (x, n, t, missed, full)}) > 1:
            told = ", ".join(str(column.size) for column in (x, n, t, missed))
            raise InputError(f"places, counts, live times and losses must be as many; got {told}.")
        sound = np.isfinite(x) & (x >= least) & np.isfinite(n) & (n >= 0.0) & np.isfinite(t) & (t > 0.0)
        sound &= (n > 0.0) | (missed <= 0.0)
        x, n, t, full, missed = x[sound], n[sound], t[sound], full[sound], np.maximum(missed[sound], 0.0)
        with np.errstate(over="ignore"):  # a rate beyond all floating point becomes a hole of the figure
            if ceiling is not None:
                full = full | (n / t >= FULL_LINK * ceiling)
            return cls(x, poisson_bars(n, t / (1.0 + missed / np.maximum(n, 1.0))), full)

    def where(self, chosen: NDArray[np.bool_]) -> "Rates":
        """Only the chosen points."""
        bars = self.bars
        kept = Bars(bars.rate[chosen], bars.low[chosen], bars.high[chosen], bars.limit[chosen])
        return Rates(self.x[chosen], kept, self.full[chosen])
