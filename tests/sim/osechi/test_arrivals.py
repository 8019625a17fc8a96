import math
from itertools import pairwise

import numpy as np
from scipy import stats

from scantrail.sim.osechi.arrivals import Arrivals

RATES = (10.0, 20.0, 0.0, 5.0, 1.0, 0.0, 4.0)


def _until(rates, end, seed):
    arrivals = Arrivals(rates, 0.0, np.random.default_rng(seed))
    found = []
    while arrivals.next_time <= end:
        found.append(arrivals.pop())
    return found


def test_no_rate_means_no_event():
    assert Arrivals((0.0,) * 7, 3.0, np.random.default_rng(0)).next_time == math.inf


def test_the_number_of_every_pattern_agrees_with_its_rate():
    found = _until(RATES, 1000.0, 7)
    seen = np.bincount([arrival.pattern for arrival in found], minlength=8)[1:]
    expected = np.array(RATES) * 1000.0
    assert (seen[expected == 0] == 0).all()
    chi2 = np.sum((seen - expected)[expected > 0] ** 2 / expected[expected > 0])
    assert stats.chi2.sf(chi2, 5) > 0.01


def test_the_gaps_are_exponential():
    times = [arrival.time for arrival in _until(RATES, 200.0, 11)]
    gaps = [b - a for a, b in pairwise(times)]
    assert stats.kstest(gaps, "expon", args=(0, 1 / sum(RATES))).pvalue > 0.01


def test_pulses_and_adc_are_those_of_a_board():
    found = _until(RATES, 100.0, 3)
    assert {n for arrival in found for n in arrival.pulses} == set(range(1, 11))
    assert all(1000 <= arrival.adc <= 4095 for arrival in found)


def test_the_same_generator_gives_the_same_events():
    assert _until(RATES, 50.0, 5) == _until(RATES, 50.0, 5)
    assert _until(RATES, 50.0, 5) != _until(RATES, 50.0, 6)
