"""The points of a scan as they enter the fit: checked, sorted, corrected for losses, without what says nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv

from scantrail.errors import InputError
from scantrail.threshold.fit.models import Floats

FULL_LINK = 0.9
"""A link counts as full from this share of its ceiling on."""
LIMIT_LEVEL = 0.95
"""Confidence of an upper limit."""
ONE_SIGMA = 0.682689


@dataclass(frozen=True, slots=True)
class Curve:
    """The usable points of one scan, sorted by threshold: v [DAC], counts n, exposure = live time / correction [s].

    Repeated thresholds stay separate points: their scatter belongs to the goodness of the fit.
    """

    v: Floats
    n: Floats
    exposure: Floats

    @property
    def last(self) -> float:
        """The highest threshold [DAC]."""
        return float(self.v[-1])

    @property
    def rate(self) -> Floats:
        """Corrected rates [events/s]."""
        return np.asarray(self.n / self.exposure)

    @property
    def steps(self) -> Floats:
        """The different thresholds, ascending [DAC]."""
        return np.unique(self.v)

    @property
    def step(self) -> float:
        """Smallest distance between two different thresholds [DAC]; 1 if there is only one."""
        gaps = np.diff(self.steps)
        return float(gaps.min()) if len(gaps) else 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """A curve and what was left out of it: thresholds [DAC] where the link was full, and notes, a sentence each."""

    curve: Curve
    full: Floats
    ceiling: float | None
    notes: tuple[str, ...]


def read_points(
    threshold: ArrayLike,
    counts: ArrayLike,
    live: ArrayLike,
    correction: ArrayLike | None = None,
    lost: ArrayLike | Sequence[SupportsFloat | None] | None = None,
    ceiling: float | None = None,
    limits: tuple[int, int] = (1, 1023),
    link_full: ArrayLike | None = None,
) -> Reading:
    """Check and sort the points of a scan.

    Left out with a note: live time not above zero, a threshold outside `limits` (0 means unknown), events lost where
    none was recorded, a full link. Raises InputError for arrays of different lengths and for what cannot be a count,
    a time or a correction.
    """
    v, n, t = (_column(name, x) for name, x in (("threshold", threshold), ("counts", counts), ("live", live)))
    _check_lengths({"threshold": v, "counts": n, "live": t})
    if np.any(~np.isfinite(n) | (n < 0) | (n != np.round(n))):
        raise InputError(f"counts must be whole numbers from 0 on; got {_first(n, ~(n >= 0) | (n != np.round(n)))}.")
    factor, unknown = _corrections(n, correction, lost)
    notes: list[str] = []
    keep = np.ones(len(v), dtype=bool)
    for bad, why in (
        (~(np.isfinite(t) & (t > 0.0)), "without live time"),
        (~(np.isfinite(v) & (v >= limits[0]) & (v <= limits[1])), f"with a threshold outside {limits[0]}-{limits[1]}"),
        (~np.isfinite(factor), "whose events were all lost"),
    ):
        if np.any(bad & keep):
            notes.append(f"{_points(int(np.sum(bad & keep)))} {why} left out.")
        keep &= ~bad
    if np.any(unknown & keep):
        notes.append(f"Losses are unknown at {_points(int(np.sum(unknown & keep)))} and not corrected there.")
    full = _full(n, t, keep, ceiling, link_full)
    order = np.flatnonzero(keep & ~full)
    order = order[np.argsort(v[order], kind="stable")]
    curve = Curve(v[order], n[order], (t[order] / factor[order]))
    return Reading(curve, np.unique(v[keep & full]), ceiling, tuple(notes))


def _full(
    n: Floats, t: Floats, keep: NDArray[np.bool_], ceiling: float | None, link_full: ArrayLike | None
) -> NDArray[np.bool_]:
    """Where the link set the rate: as the windows themselves say, and where the rate is at the ceiling."""
    full = np.zeros(len(n), dtype=bool)
    if link_full is not None:
        full |= np.asarray(link_full, dtype=bool)
        _check_lengths({"counts": n, "link_full": full.astype(float)})
    if ceiling is not None:
        if not ceiling > 0.0:
            raise InputError(f"the link ceiling must be above 0 events/s; got {ceiling}.")
        full[keep] |= n[keep] / t[keep] >= FULL_LINK * ceiling
    return full


@dataclass(frozen=True, slots=True)
class Bars:
    """Rates [events/s] with their 68 % ends; where `limit` is true there is no point and `high` is an upper limit."""

    rate: Floats
    low: Floats
    high: Floats
    limit: NDArray[np.bool_]


def poisson_bars(counts: ArrayLike, exposure: ArrayLike) -> Bars:
    """Error bars of counted rates: central 68 % Poisson intervals (F. Garwood, Biometrika 28 (1936) 437).

    No count gives no point but the classical (Neyman) upper limit at 95 %: -ln 0.05 = 3.00 events over the exposure
    [s].
    """
    n, t = np.asarray(counts, dtype=float), np.asarray(exposure, dtype=float)
    tail = (1.0 - ONE_SIGMA) / 2.0
    limit = n == 0
    low = np.where(limit, 0.0, gammaincinv(np.maximum(n, 1.0), tail))
    high = np.where(limit, upper_limit(0), gammaincinv(n + 1.0, 1.0 - tail))
    return Bars(n / t, low / t, high / t, limit)


def upper_limit(counts: float) -> float:
    """Classical 95 % upper limit of a Poisson mean when `counts` events were seen and no background is taken off."""
    return float(gammaincinv(counts + 1.0, LIMIT_LEVEL))


def _column(name: str, values: ArrayLike) -> Floats:
    try:
        column = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise InputError(f"{name} holds something that is not a number: {error}.") from error
    if column.ndim != 1:
        raise InputError(f"{name} must be a plain list of numbers; got {column.ndim} dimensions.")
    return column


def _check_lengths(columns: dict[str, Floats]) -> None:
    if len({len(column) for column in columns.values()}) > 1:
        lengths = ", ".join(f"{name} {len(column)}" for name, column in columns.items())
        raise InputError(f"a scan needs columns of one length; got {lengths}.")


def _corrections(
    n: Floats, correction: ArrayLike | None, lost: ArrayLike | Sequence[SupportsFloat | None] | None
) -> tuple[Floats, NDArray[np.bool_]]:
    """Factor (n + lost) / n of each point, infinite where nothing recorded stands for what was lost; where unknown."""
    unknown = np.zeros(len(n), dtype=bool)
    if correction is not None and lost is not None:
        raise InputError("give the correction factors or the lost counts, not both.")
    if correction is not None:
        factor = np.broadcast_to(_column("correction", np.atleast_1d(np.asarray(correction))), n.shape)
        if np.any(~(factor >= 1.0)):
            raise InputError(f"a correction is (n + lost) / n, at least 1; got {_first(factor, ~(factor >= 1.0))}.")
        return factor, unknown
    if lost is None:
        return np.ones(len(n)), unknown
    missed = _column("lost", lost)  # type: ignore[arg-type]  # NumPy reads None as nan
    _check_lengths({"counts": n, "lost": missed})
    unknown = np.isnan(missed)
    missed = np.where(unknown, 0.0, missed)
    if np.any(missed < 0.0):
        raise InputError(f"lost counts cannot be negative; got {_first(missed, missed < 0.0)}.")
    return np.where(n > 0, 1.0 + missed / np.maximum(n, 1.0), np.where(missed > 0, np.inf, 1.0)), unknown


def _first(values: Floats, bad: NDArray[np.bool_]) -> str:
    return f"{values[bad][0]:g} at point {int(np.flatnonzero(bad)[0]) + 1}" if np.any(bad) else "none"


def _points(count: int) -> str:
    return "1 point" if count == 1 else f"{count} points"
