import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.threshold import Events, event_rates
from scantrail.threshold.fit import poisson_bars
from scantrail.threshold.stretches import stretches


def made(time, patterns=1, part=0, **others):
    """Events at these times [s]; patterns and parts of each, or of all."""
    time = np.asarray(time, dtype=float)
    nothing = np.full(len(time), np.nan)
    bits = np.broadcast_to(patterns, time.shape)
    hits = np.stack([bits >> i & 1 for i in range(3)], axis=1)
    return Events(time, hits, *[nothing] * 4, np.broadcast_to(part, time.shape), **others)


def steady(rate, seconds, seed):
    return np.sort(np.random.default_rng(seed).uniform(0.0, seconds, int(rate * seconds)))


def test_counts_by_channel_and_by_pattern():
    time = [0.0, 1.0, 2.0, 3.0, 11.0, 12.0, 20.0]
    rates = event_rates(made(time, [7, 1, 3, 6, 0, 7, 7]), 10.0)
    assert rates.begins.tolist() == [0.0, 10.0]
    assert rates.live.tolist() == [10.0, 10.0]
    # the events at 0 and 20 open and close the clock
    assert rates.channels.tolist() == [[2, 2, 1], [1, 1, 1]]
    assert rates.patterns.tolist() == [[0, 1, 0, 1, 0, 0, 1, 0], [1, 0, 0, 0, 0, 0, 0, 1]]
    assert rates.events.tolist() == [3, 2]


def test_bins_begin_at_the_first_event():
    rates = event_rates(made(1.7e9 + np.arange(101.0)), 25.0)
    assert (rates.begins - 1.7e9).tolist() == [0.0, 25.0, 50.0, 75.0]
    assert rates.events.tolist() == [24, 25, 25, 25]
    assert rates.dated


def test_a_last_bin_that_was_live_for_less_than_half_is_left_out():
    rates = event_rates(made(np.arange(0.0, 115.0)), 50.0)
    assert rates.live.tolist() == [50.0, 50.0]
    assert rates.notices == ("1 bin was live for less than half its length and left out, with 14 events.",)
    rates = event_rates(made(np.arange(0.0, 131.0)), 50.0)
    assert rates.live.tolist() == [50.0, 50.0, 30.0]
    assert rates.notices == ()


def test_between_two_files_nothing_is_live():
    time = [*np.arange(0.0, 31.0), *np.arange(90.0, 161.0)]
    rates = event_rates(made(time, part=[0] * 31 + [1] * 71), 40.0)
    assert rates.begins.tolist() == [0.0, 80.0, 120.0]
    assert rates.live.tolist() == [30.0, 30.0, 40.0]
    assert rates.events.tolist() == [29, 29, 40]


def test_parts_that_overlap_are_one_stretch():
    found, pauses = stretches(np.array([0.0, 1.0, 2.0, 3.0, 8.0, 9.0]), np.array([0, 1, 0, 1, 2, 2]))
    assert [(one.begin, one.end) for one in found] == [(0.0, 3.0), (8.0, 9.0)]
    assert pauses == []


def test_silence_too_long_to_be_chance_is_a_pause_and_told():
    time = np.append(steady(1.0, 300.0, 1), 1000.0 + steady(1.0, 300.0, 2))
    rates = event_rates(made(time), 50.0)
    assert rates.live.sum() == pytest.approx(600.0, abs=60.0)
    assert (rates.events > 0).all()
    (notice,) = [notice for notice in rates.notices if "pause" in notice]
    assert "1970-01-01T00:04:" in notice
    undated = event_rates(made(time, clock="uptime"), 50.0)
    assert not undated.dated
    assert any("No event came for" in notice and "after 29" in notice for notice in undated.notices)


def test_chance_makes_no_pause():
    for seed in range(20):
        _, pauses = stretches(steady(2.0, 3000.0, seed), np.zeros(6000, dtype=int))
        assert pauses == []


def test_a_rate_that_drops_for_good_makes_no_pause():
    time = np.append(steady(100.0, 60.0, 1), 60.0 + steady(1.0, 600.0, 2))
    rates = event_rates(made(time), 60.0)
    assert not any("pause" in notice for notice in rates.notices)
    assert rates.events[0] > 50 * rates.events[1]


def test_times_rounded_to_seconds_make_no_pause():
    for seed in range(5):
        _, pauses = stretches(np.floor(steady(80.0, 100.0, seed)), np.zeros(8000, dtype=int))
        assert pauses == []


def test_nothing_counted_is_an_upper_limit():
    time = np.append(np.arange(0.0, 99.9, 0.2), [103.9, 108.0])
    empty, *_ = [row for row in event_rates(made(time), 2.0).rows() if row["events"] == 0]
    assert empty["limit"]
    assert (empty["time"], empty["live"]) == (100.0, pytest.approx(2.0))
    assert (empty["rate"], empty["low"]) == (None, None)
    assert empty["high"] == pytest.approx(3.0 / 2.0, rel=0.01)


def test_rows_are_json_and_agree_with_the_columns():
    rates = event_rates(made(np.arange(200.0), np.arange(200) % 8), 60.0)
    rows = json.loads(json.dumps([*rates.rows()], allow_nan=False))
    bars = poisson_bars(rates.events, rates.live)
    assert [row["rate"] for row in rows] == bars.rate.tolist()
    assert [row["high"] for row in rows] == bars.high.tolist()
    for row, channels, patterns in zip(rows, rates.channels, rates.patterns, strict=True):
        assert [row[f"ch{channel}_counts"] for channel in (1, 2, 3)] == channels.tolist()
        assert (row["pattern_100"], row["pattern_110"], row["pattern_111"]) == (patterns[1], patterns[3], patterns[7])


def test_a_figure_shows_the_channels_and_their_coincidence():
    series = event_rates(made(np.arange(100.0), 7), 20.0).series()
    assert [one.name for one in series] == ["ch1 top", "ch2 mid", "ch3 btm", "all three together"]
    assert all(np.array_equal(one.counts, series[0].counts) for one in series)


@pytest.mark.parametrize(
    ("time", "width", "words"),
    [
        (np.arange(10.0), 0.0, "a number of seconds above 0"),
        (np.arange(10.0), np.nan, "a number of seconds above 0"),
        (np.arange(10.0), np.inf, "a number of seconds above 0"),
        (np.arange(10.0), 60.0, r"runs for 9 s in all\): take a shorter one"),
        (np.arange(10.0) * 1e6, 1e-3, "take longer ones"),
        ([5.0], 1.0, "lasts no time"),
        ([5.0, 5.0], 1.0, "lasts no time"),
    ],
)
def test_what_gives_no_rate_is_refused(time, width, words):
    with pytest.raises(InputError, match=words):
        event_rates(made(time), width)


def test_events_without_times_give_no_rate():
    with pytest.raises(InputError, match="no times, which a rate against time needs"):
        event_rates(made([np.nan] * 3, clock="none"), 1.0)


def test_rates_of_short_stretches_are_not_biased():
    """A thousand windows of ten events each: counting the event that opens or closes one would add a tenth."""
    generator = np.random.default_rng(5)
    time, part = [], []
    for window in range(1000):
        inside = generator.uniform(0.0, 5.0, generator.poisson(10.0)) + 20.0 * window
        time += sorted(inside)
        part += [window] * len(inside)
    rates = event_rates(made(time, part=part), 4.0)
    expected = 2.0 * rates.live.sum()
    assert abs(rates.events.sum() - expected) < 4.0 * np.sqrt(expected)


PARTS = st.lists(st.lists(st.floats(0.0, 100.0), min_size=1, max_size=30), min_size=1, max_size=5)


@given(PARTS, st.floats(0.5, 200.0))
@settings(max_examples=200)
def test_no_event_is_counted_twice_and_no_time_is_invented(parts, width):
    pairs = sorted((time, part) for part, times in enumerate(parts) for time in times)
    time, part = (np.array(column) for column in zip(*pairs, strict=True))
    try:
        rates = event_rates(made(time, part=part), width)
    except InputError:
        return
    found, _ = stretches(time, part)
    assert all(earlier.end <= later.begin for earlier, later in pairwise(found))
    assert rates.live.sum() <= sum(one.end - one.begin for one in found) * (1 + 1e-9)
    assert (rates.live <= width * (1 + 1e-9)).all()
    assert rates.events.sum() <= len(time) - 2 * len(found)
    assert (np.diff(rates.begins) > 0).all()
