"""A detector whose rates are known, which counts at once: whole scans with any truth, in no time."""

from collections.abc import Callable, Mapping
from math import erfc, sqrt
from pathlib import Path

import numpy as np
from fake_detector import FakeDetector

from scantrail.db import database_url
from scantrail.station import data_root
from scantrail.threshold import Counts, ParallelPlan, SerialPlan, Setting, Taken, attempt, scan_parallel, scan_serial
from scantrail.threshold.plan import ChannelSteps

Rate = Callable[[float], float]


def edge(mu: float = 300.0, *, sigma: float = 4.0, rate: float = 20.0, plateau: float = 1.0) -> Rate:
    """Rate [events/s] at a threshold [DAC]: an erfc edge on a plateau."""
    return lambda v: rate * erfc((v - mu) / (sqrt(2.0) * sigma)) + plateau


def steady(rate: float) -> Rate:
    """The same rate [events/s] everywhere."""
    return lambda v: rate


class KnownDetector(FakeDetector):
    """Channels count by Poisson's law around their `rates`; a channel without one is silent.

    capacity [events/s]: what the link carries, all channels together.
    """

    name = "known"

    def __init__(self, rates: Mapping[int, Rate], *, seed: int = 1, capacity: float | None = None, **more: object):
        super().__init__(**more)
        self._rates = rates
        self._random = np.random.default_rng(seed)
        self._capacity = capacity

    def count(self, seconds: float, wait: Callable[[float], str]) -> Counts:
        whole = super().count(seconds, wait)
        means = {n: self._rates[n](whole_at) for n, whole_at in self._confirmed.items() if n in self._rates}
        share = min(1.0, (self._capacity or np.inf) / max(sum(means.values()), 1e-9))
        counts = {n: int(self._random.poisson(means.get(n, 0.0) * share * seconds)) for n in self.channels}
        patterns = {1 << (n - 1): counts[n] for n in self.channels}
        return Counts(counts, patterns, whole.start, seconds, None, whole.whole, stop=whole.stop, link_full=share < 1.0)


def plan(
    kind: str = "parallel", thresholds: Mapping[int, range] | range = range(280, 322, 2), *, dwell: float = 10.0
) -> SerialPlan | ParallelPlan:
    """A plan over these thresholds, the same of channels 1-3 if it is but one range."""
    steps = thresholds if isinstance(thresholds, Mapping) else dict.fromkeys((1, 2, 3), thresholds)
    labels = {1: "top", 2: "mid", 3: "btm"}
    made = tuple(ChannelSteps(n, f"ch{n}", labels[n], tuple(values)) for n, values in steps.items())
    return {"serial": SerialPlan, "parallel": ParallelPlan}[kind](made, dwell, 0.0, 1023, retry_spacing=0.0)


def scanned(plan: SerialPlan | ParallelPlan, detector: KnownDetector, **setting: object) -> Taken:
    """Take a plan as a run under the data root."""
    scan = scan_serial if isinstance(plan, SerialPlan) else scan_parallel
    return attempt(plan, detector, scan, Setting(data_root(), database_url(None, None), **setting))


def run_of(rates: Mapping[int, Rate], *, seed: int = 1, capacity: float | None = None, **given: object) -> Path:
    """Directory of a whole scan of these rates; `given` are for the plan."""
    return scanned(plan(**given), KnownDetector(rates, seed=seed, capacity=capacity)).run.directory
