"""Scans that cannot be answered say so, and say where to go."""

import re

import numpy as np
import pytest

from scantrail.threshold.fit import Status, fit_curve


def fit(v, n, live=10.0, **options):
    return fit_curve(v, n, np.full(len(v), live), **options)


def asked_for(sentence: str, words: str) -> int:
    found = re.search(rf"{words} (\d+)", sentence)
    assert found, sentence
    return int(found[1])


def test_a_good_scan_is_ok_and_says_what_to_set(channel, grid):
    result = fit(grid, channel().counts(grid))
    assert result.status is Status.OK
    assert asked_for(result.sentence, "Set the threshold to") == round(result.advice.value)


@pytest.mark.parametrize("seed", range(5))
def test_cut_below_it_asks_for_the_top(channel, seed):
    v = np.arange(298.0, 340.0, 2.0)
    result = fit(v, channel().counts(v, seed=seed))
    assert result.status is Status.OUT_OF_RANGE
    assert 280 <= asked_for(result.sentence, "extend the scan down to") <= 292


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("end", [302.0, 304.0, 306.0])
def test_cut_above_it_asks_for_the_plateau(channel, seed, end):
    v = np.arange(270.0, end + 1.0, 2.0)
    result = fit(v, channel(amplitude=50.0).counts(v, seed=seed))
    assert result.status is Status.OUT_OF_RANGE
    assert 308 <= asked_for(result.sentence, "extend the scan to") <= 340
    assert result.advice is None


@pytest.mark.parametrize("first", [240.0, 330.0])
def test_a_flat_rate_has_no_edge(channel, first):
    v = np.arange(first, first + 40.0, 2.0)
    result = fit(v, channel().counts(v))
    assert result.status is Status.NO_EDGE
    assert asked_for(result.sentence, "extend the scan to") == first + 76
    assert asked_for(result.sentence, "extend the scan down to") == first - 38
    assert result.mu.value is None
    assert result.recommended == ()


def test_a_hot_channel_at_the_end_of_the_range_needs_repair():
    v = np.arange(1.0, 1024.0, 73.0)
    result = fit(v, np.random.default_rng(1).poisson(900, len(v)))
    assert result.status is Status.NO_EDGE
    assert "needs repair" in result.sentence
    assert "nothing lies below 1" in result.sentence


def test_a_dead_channel(grid):
    result = fit(grid, np.zeros(len(grid)))
    assert result.status is Status.NO_EDGE
    assert "dead" in result.sentence
    assert "below 0.014 /s" in result.sentence


def test_no_plateau_gives_a_limit_and_no_plateau_thresholds(channel, grid):
    result = fit(grid, channel(plateau=0.0).counts(grid))
    assert result.status is Status.NO_PLATEAU
    assert 0.0 < result.plateau_limit < 0.1
    assert result.recommendation("noise=1%").value is None
    assert result.recommendation("plateau middle").value is None
    assert result.recommendation("mu+3sigma").status is Status.NO_PLATEAU
    assert result.plateau_range is None


def test_too_few_counts_ask_for_time(channel, grid):
    few = fit(grid, channel(amplitude=3.0).counts(grid, live=0.05), live=0.05)
    assert few.status is Status.LOW_STAT
    assert re.search(r"count [\d.]+ s a point", few.sentence)


def test_a_full_link_is_flagged(channel, grid):
    n = np.minimum(channel().counts(grid), 300)
    result = fit(grid, n, ceiling=30.0)
    assert result.status is Status.OUT_OF_RANGE
    assert result.saturated
    assert "link was full from 284 to" in result.sentence
    assert result.advice is None
    everywhere = fit(grid, np.full(len(grid), 300), ceiling=30.0)
    assert everywhere.status is Status.OUT_OF_RANGE
    assert everywhere.mu.value is None


@pytest.mark.parametrize("repeats", [1, 8])
def test_one_threshold_is_no_scan(repeats):
    result = fit([300.0] * repeats, [12] * repeats)
    assert result.status is Status.LOW_STAT
    assert "1 threshold (300)" in result.sentence


def test_no_points_at_all():
    assert fit([], []).status is Status.LOW_STAT


def test_a_gap_in_the_fall_is_named(channel):
    v = np.array([*range(270, 292, 2), *range(310, 332, 2)], dtype=float)
    for seed in range(5):
        result = fit(v, channel().counts(v, seed=seed))
        assert result.status is Status.LOW_STAT
        assert "between 290 and 310" in result.sentence


def test_an_edge_steeper_than_the_steps(channel, grid):
    result = fit(grid, channel(sigma=0.1, mu=301.0).counts(grid))
    assert result.status is Status.LOW_STAT
    assert "in steps of 1" in result.sentence
    fine = np.arange(295.0, 308.0)
    result = fit(fine, channel(sigma=0.05, mu=301.5).counts(fine))
    assert result.status is Status.LOW_STAT
    assert "within the step from 301 to 302" in result.sentence


def test_a_rising_rate_is_no_noise_edge(channel, grid):
    result = fit(grid, channel().counts(grid)[::-1])
    assert result.status is Status.NO_EDGE
    assert "rises" in result.sentence


def test_a_burst_is_a_bad_fit_at_its_threshold(channel, grid):
    n = channel().counts(grid)
    n[-4] += 60
    result = fit(grid, n)
    assert result.status is Status.BAD_FIT
    assert f"worst at {grid[-4]:g}" in result.sentence
    assert result.p_value < 1e-3


def test_no_unanswerable_scan_is_ok(channel):
    rng = np.random.default_rng(11)
    for seed in range(40):
        truth = channel(float(rng.uniform(5, 80)), 300.0, float(rng.uniform(1.5, 5.0)), float(rng.uniform(0.3, 2.0)))
        scans = {
            "below": np.arange(np.ceil(300.0 + rng.uniform(0, 2) * truth.sigma), 340.0, 2.0),
            "above": np.arange(260.0, 300.0 + rng.uniform(0, 2) * truth.sigma, 2.0),
            "gap": np.array([v for v in np.arange(260.0, 340.0, 2.0) if abs(v - 300.0) > 2.8 * truth.sigma]),
        }
        for name, v in scans.items():
            result = fit(v, truth.counts(v, seed=seed))
            assert result.status is not Status.OK, (name, seed, result.sentence)
            assert result.advice is None
