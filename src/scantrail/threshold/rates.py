"""Rate against time from recorded events.

What is known of a recording are its events, not when it began and ended. Within an uninterrupted stretch, the events
between its first and its last one are a Poisson sample of the time between those two; so the first and the last event
only open and close the clock, and are not counted themselves. That holds for stretches of any length, and keeps the
time between two files or counting windows out of the live time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scantrail.errors import InputError
from scantrail.runs import iso
from scantrail.station import CHANNELS, LABELS
from scantrail.threshold.columns import patterns
from scantrail.threshold.counted import CountsInTime
from scantrail.threshold.events import Events, Floats, Whole
from scantrail.threshold.fit import Bars, poisson_bars
from scantrail.threshold.plan import counts_key
from scantrail.threshold.stretches import Stretch, stretches

PATTERNS = 8
"""Coincidence patterns of three channels, the empty one included."""
LEAST_LIVE = 0.5
"""Share of a bin that must be live for the bin to be given."""
MOST_BINS = 100_000


@dataclass(frozen=True, slots=True, eq=False)
class EventRates:
    """Counts in bins of time.

    begins [bins]: s, on the events' clock; live [bins]: s of each bin in which the recording ran. patterns [bins, 8]:
    events by coincidence pattern (bit 0 = channel 1), at index 0 those in which no channel fired. dated: whether times
    are unix seconds. notices: what a reader must know, a sentence each.
    """

    bin_seconds: float
    begins: Floats
    live: Floats
    patterns: Whole
    dated: bool
    notices: tuple[str, ...]

    @property
    def events(self) -> Whole:
        """Events of any pattern, [bins]."""
        return np.asarray(self.patterns.sum(axis=1))

    @property
    def channels(self) -> Whole:
        """Events in which each channel fired, whichever others did, [bins, 3]."""
        fired = [[bits >> (channel - 1) & 1 for channel in CHANNELS] for bits in range(PATTERNS)]
        return np.asarray(self.patterns @ np.array(fired))

    def bars(self, counts: ArrayLike) -> Bars:
        """Rates of counts [bins], with their Poisson bars."""
        return poisson_bars(counts, self.live)

    def series(self) -> list[CountsInTime]:
        """What a figure shows: each channel, and the coincidence of all."""
        single = self.channels.T
        named = [(f"ch{channel} {LABELS[channel]}", counts) for channel, counts in zip(CHANNELS, single, strict=True)]
        named.append(("all three together", self.patterns[:, PATTERNS - 1]))
        return [CountsInTime(name, self.begins, self.live, counts) for name, counts in named]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the bins as JSON-safe values.

        time and live [s], counts by channel and by pattern, events of any kind, their rate with its 68 % ends
        [events/s]; if `limit`, nothing was counted, `high` is the 95 % upper limit and there is no rate.
        """
        bars = self.bars(self.events)
        for i, events in enumerate(self.events.tolist()):
            limit = bool(bars.limit[i])
            yield {
                "time": float(self.begins[i]),
                "live": float(self.live[i]),
                **{counts_key(c): int(n) for c, n in zip(CHANNELS, self.channels[i], strict=True)},
                **{key: int(self.patterns[i, bits]) for key, bits in patterns(CHANNELS)},
                "events": events,
                "rate": None if limit else float(bars.rate[i]),
                "low": None if limit else float(bars.low[i]),
                "high": float(bars.high[i]),
                "limit": limit,
            }


def event_rates(events: Events, bin_seconds: float) -> EventRates:
    """Count events in bins of `bin_seconds` [s] from the first event on.

    A bin that was live in part has that live time; one that was live for less than half its length is left out, as a
    rule the last. Silence too long to be chance is a pause of the recording, not a rate of zero, and a notice says so.
    Raises InputError for events without times, a length that is none, and if no bin is left.
    """
    events.check_times("a rate against time")
    if not 0.0 < bin_seconds < np.inf:
        raise InputError(f"a bin of {bin_seconds:g} s: a number of seconds above 0 is needed.")
    origin = float(events.time[0])
    time = events.time - origin
    found, pauses = stretches(time, events.part)
    bins, live = _live(found, bin_seconds)
    inner = np.zeros(len(time), dtype=bool)
    for stretch in found:
        inner[stretch.first + 1 : stretch.last] = True
    place = np.searchsorted(bins, np.floor(time[inner] / bin_seconds))
    counts = np.bincount(place * PATTERNS + events.patterns[inner], minlength=PATTERNS * len(bins))
    counts = counts.reshape(len(bins), PATTERNS)
    given = live >= LEAST_LIVE * bin_seconds
    if not np.any(given):
        raise InputError(
            f"no bin of {bin_seconds:g} s was live for at least half its length (the recording runs for "
            f"{live.sum():.3g} s in all): take a shorter one."
        )
    dated = events.clock == "unix"
    notices = [*events.notices, *_about_pauses(pauses, origin, dated), *_about_bins(~given & (live > 0.0), counts)]
    begins = origin + bins[given] * bin_seconds
    return EventRates(bin_seconds, begins, live[given], counts[given], dated, tuple(notices))


def _live(found: list[Stretch], width: float) -> tuple[Floats, Floats]:
    """Return the numbers of the bins that any stretch touches, and the live time of each [s]."""
    begins = np.floor([stretch.begin / width for stretch in found])
    ends = np.floor([stretch.end / width for stretch in found])
    if (ends - begins + 1.0).sum() > MOST_BINS:
        raise InputError(f"bins of {width:g} s would be more than {MOST_BINS}: take longer ones.")
    ranges = [np.arange(begin, end + 1.0) for begin, end in zip(begins, ends, strict=True)]
    bins = np.unique(np.concatenate(ranges))
    places = np.array([(stretch.begin, stretch.end) for stretch in found])
    lived = np.cumsum(places[:, 1] - places[:, 0])
    clock = np.column_stack((lived - (places[:, 1] - places[:, 0]), lived)).ravel()
    edges = np.interp(np.concatenate((bins, bins + 1.0)) * width, places.ravel(), clock)
    return bins, np.asarray(edges[len(bins) :] - edges[: len(bins)])


def _about_pauses(pauses: list[tuple[float, float]], origin: float, dated: bool) -> Iterator[str]:
    if not pauses:
        return
    begin, end = pauses[0]
    where = f"after {iso(origin + begin)}" if dated else f"after {origin + begin:.6g} s"
    more = f", and {len(pauses) - 1} more such pauses" if len(pauses) > 1 else ""
    yield (
        f"No event came for {end - begin:.3g} s {where}{more}: too long to be chance, so it is taken as a pause of the "
        "recording and not as a rate of zero."
    )


def _about_bins(left_out: NDArray[np.bool_], counts: Whole) -> Iterator[str]:
    if number := int(np.count_nonzero(left_out)):
        said = "bin was" if number == 1 else "bins were"
        yield f"{number} {said} live for less than half its length and left out, with {counts[left_out].sum()} events."
