import json
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scantrail.sim import ChannelPhysics, OsechiMachine, OsechiPhysics, windows

DIALECTS = st.sampled_from(["v1", "v2", "legacy"])
FAST = 10**9
COMMANDS = [b"SET_STREAM 1\n", b"SET_STREAM 0\n", b"SET_THRESHOLD 1 295\n", b"SET_THRESHOLD 9 1\n", b"GET_VERSION\r\n"]
# bytes as they may come: whole commands, scraps of them, anything
TALK = st.lists(st.sampled_from(COMMANDS) | st.binary(max_size=100), max_size=6).map(b"".join)


def _cut(data, places):
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in pairwise(edges)]


@given(DIALECTS, TALK, st.lists(st.integers(0, 1000), max_size=10))
def test_how_the_input_is_cut_never_changes_the_output(dialect, data, places):
    whole, cut = OsechiMachine(dialect, seed=1), OsechiMachine(dialect, seed=1)
    whole.receive(data, 0.5)
    for part in _cut(data, places):
        cut.receive(part, 0.5)
    assert whole.emit(3.0) == cut.emit(3.0)


@given(st.lists(st.tuples(st.floats(0, 2), st.binary(max_size=200)), max_size=8), DIALECTS)
@settings(max_examples=50)
def test_no_bytes_ever_crash_it(calls, dialect):
    machine, now = OsechiMachine(dialect), 0.0
    for wait, data in calls:
        now += wait
        machine.receive(data, now)
        machine.emit(now)
        machine.next_due()
    machine.close(now, "closed")


@given(st.lists(st.floats(0, 5), max_size=20))
@settings(max_examples=30)
def test_how_often_it_is_asked_never_changes_the_output(looks):
    seldom, often = OsechiMachine(seed=2), OsechiMachine(seed=2)
    for machine in (seldom, often):
        machine.receive(b"SET_THRESHOLD 1 300\nSET_STREAM 1\n", 0.0)
    pieces = b"".join(often.emit(now) for now in sorted(looks))
    for machine in (seldom, often):
        machine.receive(b"SET_STREAM 0\n", 5.0)
    assert seldom.emit(6.0) == pieces + often.emit(6.0)


def test_the_seed_decides_everything():
    outputs = []
    for seed in (1, 1, 2):
        machine = OsechiMachine(seed=seed)
        machine.receive(b"SET_THRESHOLD 1 300\nSET_STREAM 1\n", 0.0)
        outputs.append(machine.emit(20.0))
    assert outputs[0] == outputs[1] != outputs[2]


def test_a_command_without_end_is_thrown_away_up_to_its_line_end(talk, quiet):
    machine = OsechiMachine("v2", physics=quiet)
    reply = talk(machine, b"x" * 100 + b"SET_STREAM 1\n", 0.0)
    assert b"Invalid command" in reply
    assert b"stream" in talk(machine, b"SET_STREAM 1\n", 2.0)
    assert machine.board.window == 1


def test_acknowledgements_stand_in_byte_order_between_the_events(read_windows, busy):
    machine = OsechiMachine(physics=busy, seed=5)
    output = b""
    for second in range(10):
        machine.receive(b"SET_STREAM 1\n", second + 0.2)
        machine.receive(b"SET_STREAM 0\n", second + 0.9)
        output += machine.emit(second + 1.0)
    output += machine.emit(20.0)
    found = windows(machine.log.records)
    assert read_windows(output) == [window.channels for window in found]
    assert sum(window.events for window in found) > 300


def test_no_event_follows_the_acknowledgement_of_the_end(busy):
    machine = OsechiMachine(physics=busy)
    machine.receive(b"SET_STREAM 0\n", 3.0)
    output = machine.emit(60.0)
    assert output.endswith(b'"stream":0}\r\n')
    assert machine.next_due() is None


def test_counts_agree_with_the_truth_at_every_threshold():
    machine = OsechiMachine(seed=20, baudrate=FAST)
    seen, expected, now = [], [], 0.0
    for value in range(288, 320, 4):
        for channel in (1, 2, 3):
            machine.receive(b"SET_THRESHOLD %d %d\n" % (channel, value), now)
        machine.receive(b"SET_STREAM 1\n", now)
        now += 100.0
        machine.receive(b"SET_STREAM 0\n", now)
        machine.emit(now + 1.0)
        now += 2.0
        expected.append([100.0 * rate for rate in machine.physics.pattern_rates(machine.board.thresholds)])
        window = windows(machine.log.records)[-1]
        seen.append([window.patterns.get(pattern, 0) for pattern in range(1, 8)])
    n, mean = np.array(seen), np.array(expected)
    enough = mean >= 5.0
    chi2 = np.sum((n - mean)[enough] ** 2 / mean[enough])
    assert enough.sum() > 30
    assert 0.005 < stats.chi2.sf(chi2, enough.sum()) < 0.995


def test_dead_time_does_not_extend_itself(busy):
    machine = OsechiMachine("v2", physics=busy, baudrate=FAST, seed=9)
    machine.receive(b"SET_DEADTIME 10\nSET_STREAM 1\n", 0.0)
    machine.emit(100.0)
    machine.receive(b"SET_STREAM 0\n", 100.0)
    machine.emit(101.0)
    (window,) = windows(machine.log.records)
    # non-extending: n = rate / (1 + rate * dead time)
    assert window.events == pytest.approx(100 * 90 / (1 + 90 * 0.010), rel=0.05)
    assert window.lost["dead time"] == pytest.approx(100 * 90 - window.events, rel=0.05)
    times = [t for record in machine.log.records if record["what"] == "events" for t in record["times"]]
    assert min(b - a for a, b in pairwise(times)) >= 0.010 - 1e-5


@pytest.mark.parametrize(("dialect", "ceiling"), [("v1", 339), ("v2", 50)])
def test_the_link_carries_no_more_than_its_bytes_and_the_rest_is_counted(dialect, ceiling):
    noise = ChannelPhysics(rate=500.0)
    machine = OsechiMachine(dialect, physics=OsechiPhysics((noise, noise, noise)))
    machine.receive(b"SET_THRESHOLD 1 250\n", 0.0)
    machine.receive(b"SET_STREAM 1\n", 1.0)
    machine.emit(1.5)
    output = machine.emit(11.5)
    assert len(output) == pytest.approx(115200, abs=300)
    assert output.count(b"\n") / 10 == pytest.approx(ceiling, rel=0.02)
    machine.receive(b"SET_STREAM 0\n", 11.5)
    machine.emit(13.0)
    (window,) = windows(machine.log.records)
    assert window.lost["queue"] + window.events == pytest.approx(10.5 * 1000, rel=0.05)


def test_a_board_of_v2_reports_its_own_losses(talk):
    noise = ChannelPhysics(rate=500.0)
    machine = OsechiMachine("v2", physics=OsechiPhysics((noise, noise, noise)))
    talk(machine, b"SET_THRESHOLD 1 250\nSET_STREAM 1\n", 0.0)
    talk(machine, b"SET_STREAM 0\n", 10.0)
    report = json.loads(talk(machine, b"GET_BUFFER_STATS\n", 12.0))
    (window,) = windows(machine.log.records)
    assert report["queue_overflows"] == window.lost["queue"] > 5000
    assert report["max_depth"] == 32
    assert report["current_depth"] == 0
    assert report["total_events"] == machine.board.recorded > window.events + window.lost["queue"] - 1


def test_events_of_v2_are_json_with_the_pattern(busy):
    machine = OsechiMachine("v2", physics=busy)
    lines = [json.loads(line) for line in machine.emit(5.0).splitlines()]
    assert len(lines) > 100
    for event in lines:
        assert event["type"] == "event"
        assert event["hit_type"] == sum(bool(event[f"hit{i + 1}"]) << i for i in range(3)) > 0
    assert sum(e["timedelta_us"] for e in lines) == pytest.approx(lines[-1]["detected_us"] - 1766584357e6, abs=1000)


@pytest.mark.parametrize("dialect", ["v1", "legacy"])
def test_events_of_text_dialects_have_seven_fields(dialect, busy):
    lines = OsechiMachine(dialect, physics=busy).emit(10.0).split(b"\r\n")[:-1]
    for line in lines:
        *hits, adc = map(int, line.split()[:4])
        temperature, pressure, humidity = map(float, line.split()[4:])
        assert all(0 <= hit <= 10 for hit in hits)
        assert any(hits)
        assert 0 < adc < 4096
        assert 20 < temperature < 35
        assert 95_000 < pressure < 105_000
        assert 20 < humidity < 80


def test_the_poll_count_bounds_the_hits(busy, talk):
    machine = OsechiMachine("v2", physics=busy)
    talk(machine, b"SET_POLL_COUNT 2\n", 0.0)
    lines = [json.loads(line) for line in machine.emit(10.0).splitlines()]
    assert {event[f"hit{i}"] for event in lines for i in (1, 2, 3)} == {0, 1, 2}


def test_what_was_drawn_ahead_is_forgotten_when_a_threshold_changes():
    machine = OsechiMachine()
    machine.receive(b"SET_THRESHOLD 1 250\nSET_STREAM 1\n", 0.0)
    machine.emit(1.0)
    for channel in (1, 2, 3):
        machine.receive(b"SET_THRESHOLD %d 1023\n" % channel, 1.0)
    machine.emit(2.0)
    assert machine.emit(1000.0) == b""


def test_the_room_that_the_host_had_not_is_taken_back(busy):
    machine = OsechiMachine(physics=busy)
    machine.receive(b"SET_STREAM 1\n", 0.0)
    machine.emit(1.0)
    (before,) = windows(machine.log.records)
    output = machine.emit(2.0)
    ends = np.cumsum([len(line) + 2 for line in output.split(b"\r\n")[:-1]]).tolist()
    assert machine.undelivered(ends[4]) is False
    machine.log.flush(2.0)
    (window,) = windows(machine.log.records)
    assert window.events == before.events + 5
    assert window.lost == {"host": len(ends) - 5}
    output = machine.emit(3.0)
    assert machine.undelivered(10) is True


def test_what_was_never_sent_is_said_at_the_end(busy):
    machine = OsechiMachine(physics=busy)
    machine.receive(b"SET_STREAM 1\n", 0.0)
    machine.close(2.0, "closed")
    (window,) = windows(machine.log.records)
    assert window.events == 0
    assert window.lost["never sent"] == machine.board.recorded > 100
    assert window.stop is None
