import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.sim import OsechiMachine, OsechiPhysics, Recording, windows

AIR = (21.5, 100594.35, 41.43)
SUPPRESSED = b"SET_THRESHOLD %d 1000\n"


def recording(times, hits, adc=1136.0, air=AIR, **how):
    number = len(times)
    return Recording(times, hits, [adc] * number, [air] * number, **how)


def events(output):
    """The event lines of v1 output."""
    return [line for line in output.split(b"\r\n") if line and not line.startswith(b"{")]


def arrivals(machine, end):
    """Times of the events that the machine sends until `end` [s]."""
    machine.emit(end)
    machine.close(end, "closed")
    return [time for record in machine.log.records if record["what"] == "events" for time in record["times"]]


def test_events_come_as_they_were_recorded():
    machine = OsechiMachine(recording=recording([100.0, 100.5, 103.0], [(1, 0, 10), (0, 2, 0), (3, 3, 3)]))
    assert machine.emit(0.4) == b"1 0 10 1136 21.50 100594.35 41.43\r\n"
    assert machine.emit(2.9) == b"0 2 0 1136 21.50 100594.35 41.43\r\n"
    assert machine.emit(3.1) == b"3 3 3 1136 21.50 100594.35 41.43\r\n"


def test_the_board_is_silent_at_the_end():
    machine = OsechiMachine(recording=recording([0.0, 1.0], [(1, 0, 0)] * 2))
    assert len(events(machine.emit(2.0))) == 2
    assert machine.next_due() is None
    assert machine.emit(1e6) == b""
    machine.receive(b"SET_STREAM 1\n", 1e6)
    assert events(machine.emit(1e6 + 1)) == []


def test_a_loop_begins_again_one_mean_distance_after_the_last_event():
    machine = OsechiMachine(recording=recording([5.0, 6.0, 9.0], [(1, 0, 0)] * 3, loop=True))
    assert arrivals(machine, 17.0) == [0.0, 1.0, 4.0, 6.0, 7.0, 10.0, 12.0, 13.0, 16.0]


@pytest.mark.parametrize("times", [[7.0], [7.0, 7.0, 7.0]])
def test_a_loop_over_one_moment_lasts_a_second(times):
    machine = OsechiMachine(recording=recording(times, [(1, 0, 0)] * len(times), loop=True))
    assert arrivals(machine, 2.5) == [float(lap) for lap in range(3) for _ in times]


def test_v2_carries_the_recording_too():
    machine = OsechiMachine("v2", recording=recording([0.0, 0.25], [(0, 4, 0)] * 2, air=(math.nan, 1.0, 1.0)))
    first, second = (json.loads(line) for line in machine.emit(1.0).splitlines())
    assert (first["hit_type"], first["hit2"], first["adc_raw"]) == (2, 4, 1136)
    assert second["timedelta_us"] == 250_000
    # what was not recorded is what a board without sensors sends
    assert (first["tmp_c"], first["atm_pa"], first["hmd_pct"]) == (0.0, 0.0, 0.0)


def test_an_adc_value_that_was_not_recorded_is_zero():
    machine = OsechiMachine(recording=recording([0.0], [(1, 0, 0)], adc=math.nan))
    assert machine.emit(1.0).startswith(b"1 0 0 0 ")


@pytest.mark.parametrize(("threshold", "fires"), [(1, True), (999, True), (1000, False), (1023, False)])
def test_only_suppression_takes_a_channel_away(threshold, fires):
    machine = OsechiMachine(recording=recording([0.0, 1.0, 2.0, 3.0], [(9, 0, 0), (1, 0, 0), (1, 5, 0), (0, 5, 0)]))
    assert len(events(machine.emit(0.5))) == 1
    machine.receive(b"SET_STREAM 0\nSET_THRESHOLD 1 %d\nSET_STREAM 1\n" % threshold, 0.5)
    sent = [tuple(map(int, line.split()[:3])) for line in events(machine.emit(4.0))]
    assert sent == ([(1, 0, 0), (1, 5, 0), (0, 5, 0)] if fires else [(0, 5, 0), (0, 5, 0)])


def test_a_board_with_all_channels_suppressed_is_silent():
    machine = OsechiMachine(recording=recording([0.0, 0.1], [(1, 1, 1)] * 2, loop=True))
    assert len(events(machine.emit(0.15))) == 2
    machine.receive(b"".join(SUPPRESSED % channel for channel in (1, 2, 3)), 0.15)
    assert events(machine.emit(50.0)) == []
    assert machine.board.recorded == 2


def test_an_event_in_which_nothing_fired_is_not_sent():
    machine = OsechiMachine(recording=recording([0.0, 1.0], [(0, 0, 0), (0, 0, 1)]))
    assert len(events(machine.emit(2.0))) == 1


def test_the_recording_plays_on_while_the_stream_is_off():
    machine = OsechiMachine(recording=recording(np.arange(100.0), [(1, 0, 0)] * 100))
    machine.receive(b"SET_STREAM 0\n", 9.5)
    machine.receive(b"SET_STREAM 1\n", 19.5)
    machine.receive(b"SET_STREAM 0\n", 39.5)
    machine.emit(50.0)
    (window,) = windows(machine.log.records)
    assert (window.events, window.thresholds[1]) == (20, 400)


def test_recorded_events_have_their_dead_time_behind_them():
    dead = OsechiPhysics(dead_time=1.0)
    machine = OsechiMachine(physics=dead, recording=recording(np.arange(10) * 0.1, [(1, 0, 0)] * 10))
    assert len(arrivals(machine, 5.0)) == 10
    assert machine.log.records[0]["dead_time"] == 0.0


def test_shuffling_keeps_times_and_events():
    hits = [(1 + i % 10, 0, 0) for i in range(100)]
    how = {"times": np.arange(100.0), "hits": hits, "loop": True}
    plain, shuffled = OsechiMachine(recording=recording(**how)), OsechiMachine(recording=recording(**how, shuffle=True))
    before, after = events(plain.emit(199.5)), events(shuffled.emit(199.5))
    assert before != after
    assert sorted(before[:100]) == sorted(after[:100])
    assert after[:100] != after[100:]  # another order in every lap
    assert arrivals(plain, 199.5) == arrivals(shuffled, 199.5)


def test_jitter_spreads_the_times():
    times = np.arange(400.0) * 10.0
    machine = OsechiMachine(recording=recording(times, [(1, 0, 0)] * 400, jitter=0.5), seed=4)
    found = np.array(arrivals(machine, 5000.0))
    assert (np.diff(found) >= 0).all()
    assert np.std(found - times) == pytest.approx(0.5, rel=0.15)


def test_the_seed_decides_how_it_is_played():
    def play(seed):
        how = recording(np.arange(50.0), [(i % 11, 1, 0) for i in range(50)], shuffle=True, jitter=0.1)
        return OsechiMachine(recording=how, seed=seed).emit(100.0)

    assert play(1) == play(1) != play(2)


@given(st.lists(st.floats(0, 30), max_size=20), st.booleans(), st.sampled_from([0.0, 3.0]))
@settings(max_examples=30)
def test_how_often_it_is_asked_never_changes_the_output(looks, shuffle, jitter):
    how = recording(
        np.arange(20.0) ** 1.2, [(i % 3, 1, 0) for i in range(20)], shuffle=shuffle, jitter=jitter, loop=True
    )
    seldom, often = OsechiMachine(recording=how), OsechiMachine(recording=how)
    pieces = b"".join(often.emit(now) for now in sorted(looks))
    assert seldom.emit(31.0) == pieces + often.emit(31.0)


@pytest.mark.parametrize(
    ("times", "words"),
    [([], "without events"), ([1.0, 0.5], "ascending"), ([math.nan], "times"), ([0, math.inf], "times")],
)
def test_what_cannot_be_played_is_refused(times, words):
    with pytest.raises(InputError, match=words):
        recording(times, [(1, 0, 0)] * len(times))
