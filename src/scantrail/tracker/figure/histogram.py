"""The bars of a histogram whose axis shows the bulk of the values, whatever a few of them do."""

from dataclasses import dataclass
from math import ceil

import numpy as np

from scantrail.tracker.figure.quantities import far_out, spread_of
from scantrail.tracker.sweeps import Floats, Mask

MOST_BINS, FEWEST_BINS = 60, 8
DECADES = 20.0
"""Ratio of the 95th to the 5th percentile from which on the axis is logarithmic."""
REACH = 4.0
"""Spreads beyond the bulk up to which the axis reaches for what stands out."""
REACH_FOR_LIMITS = 1.5
"""Widths of the bulk up to which it reaches for a limit."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """counts: of all values, below and above the edges those of the first and the last bar; bulk: without the far ones.

    below, above: how many values lie beyond the edges.
    """

    edges: Floats
    counts: tuple[int, ...]
    bulk: tuple[int, ...]
    below: int
    above: int
    on_log: bool


def on_log(values: Floats) -> bool:
    """Whether values, all above zero, span decades, the few at the ends left aside."""
    if np.min(values) <= 0.0:
        return False
    low, high = np.percentile(values, [5, 95])
    return bool(high >= DECADES * low)


def standing_far(values: Floats) -> Mask:
    """Which values lie far from the median, in units of the robust spread; among decades, of their logarithms."""
    return far_out(np.log10(values)) if on_log(values) else far_out(values)


def histogram(values: Floats, out: Mask, limits: tuple[float, ...] = ()) -> Histogram:
    """Bin values. out: which of them stand out and widen neither bins nor axis; limits: to be on the axis if near."""
    log = on_log(values)
    places = np.log10(values) if log else values
    bulk = places[~out] if np.any(~out) else places
    shown = [np.log10(limit) if log else limit for limit in limits if limit > 0.0 or not log]
    edges = _whole_numbers(bulk) if not log and np.all(values == np.round(values)) else _edges(bulk)
    edges = _reaching(edges, places[out], shown, REACH * spread_of(bulk))
    inside = np.clip(places, edges[0], np.nextafter(edges[-1], -np.inf))
    counts, _ = np.histogram(inside, edges)
    core, _ = np.histogram(inside[~out], edges)
    below, above = (int(np.sum(beyond)) for beyond in (places < edges[0], places > edges[-1]))
    real = 10.0**edges if log else edges
    return Histogram(real, tuple(map(int, counts)), tuple(map(int, core)), below, above, log)


def _edges(bulk: Floats) -> Floats:
    """Equal bins of the width of D. Freedman and P. Diaconis (1981), 8 to 60 of them."""
    low, high = float(np.min(bulk)), float(np.max(bulk))
    if low == high:
        aside = abs(low) / 10.0 or 1.0
        return np.linspace(low - aside, high + aside, FEWEST_BINS + 2)
    quarter, three = np.percentile(bulk, [25, 75])
    width = 2.0 * float(three - quarter) / len(bulk) ** (1.0 / 3.0)
    number = ceil((high - low) / width) if width > 0.0 else FEWEST_BINS
    return np.linspace(low, high, min(max(number, FEWEST_BINS), MOST_BINS) + 1)


def _whole_numbers(bulk: Floats) -> Floats:
    """Bins around whole numbers, as many in each."""
    low, high = float(np.min(bulk)), float(np.max(bulk))
    width = float(max(1, ceil((high - low + 1.0) / MOST_BINS)))
    return np.arange(low - 0.5, high + 0.5 + width, width)


def _reaching(edges: Floats, out: Floats, limits: list[float], reach: float) -> Floats:
    """The edges with as many bins more as bring near limits and values onto the axis, and one for what lies beyond."""
    width, first, last = float(edges[1] - edges[0]), float(edges[0]), float(edges[-1])
    reach, reach_for_limits = max(reach, 2.0 * width), REACH_FOR_LIMITS * (last - first)
    near = [place for place in out if first - reach <= place <= last + reach]
    near += [place for place in limits if first - reach_for_limits <= place <= last + reach_for_limits]
    before = ceil(max(first - min(near, default=first), 0.0) / width)
    after = ceil(max(max(near, default=last) - last, 0.0) / width)
    before += bool(np.any(out < first - before * width))
    after += bool(np.any(out > last + after * width))
    below, above = first - width * np.arange(before, 0, -1), last + width * np.arange(1, after + 1)
    return np.concatenate([below, edges, above])
