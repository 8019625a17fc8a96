import threading
import time

import pytest

from scantrail.errors import InputError, LinkLost, WindowError
from scantrail.threshold.osechi import window

ONE = b"2 0 0 1136 27.37 100594.35 41.43\r\n"
TWO = b"0 1 0 1136 27.37 100594.35 41.43\r\n"
ON = b'{"type":"response","status":"ok","stream":1}\r\n'
OFF = b'{"type":"response","status":"ok","stream":0}\r\n'


def script(*replies):
    """Answer SET_STREAM commands after the greeting one by one (the last for ever); None: with silence."""
    left = [OFF, *replies]

    def respond(line):
        return left.pop(0) if len(left) > 1 else left[0]

    return respond


def test_the_window_lies_between_the_acknowledgements_in_byte_order(board, device, sleep):
    one = board(script(TWO + ON + ONE * 3, ONE * 4 + OFF + TWO * 5))
    with device(one.port) as detector:
        one.send(TWO * 2)
        before = time.time()
        counts = detector.count(0.05, sleep)
    assert counts.patterns == {1: 7}
    assert counts.channels == {1: 7, 2: 0, 3: 0}
    assert counts.events == 7
    assert counts.whole
    assert counts.lost is None
    assert counts.environment == {"temperature_C": 27.37, "pressure_Pa": 100594.35, "humidity_pct": 41.43}
    assert counts.notes == ()
    assert before - 1 < counts.start < counts.stop
    assert counts.live == pytest.approx(counts.stop - counts.start, abs=1e-4)
    assert 0.05 <= counts.live < 5
    assert one.received == [b"SET_STREAM 0", b"SET_STREAM 1", b"SET_STREAM 0"]


def test_windows_do_not_share_events(board, device, sleep):
    one = board(script(ON + ONE, OFF + TWO, TWO + ON, TWO * 2 + OFF))
    with device(one.port) as detector:
        assert detector.count(0.02, sleep).patterns == {1: 1}
        assert detector.count(0.02, sleep).patterns == {2: 2}


def test_a_line_that_the_acknowledgement_cuts_is_broken(board, device, sleep):
    one = board(script(ON + ONE + b"2 0 0 11", OFF))
    with device(one.port) as detector:
        counts = detector.count(0.02, sleep)
    assert (counts.patterns, counts.unparsable, counts.lost) == ({1: 1}, 1, 1)


def test_broken_lines_are_counted_debug_lines_are_not(board, device, sleep):
    one = board(script(ON + ONE + b"\xff\xfe\r\nDEBUG 4\r\n2 0\r\n" + ONE, OFF))
    with device(one.port) as detector:
        counts = detector.count(0.02, sleep)
    assert (counts.patterns, counts.unparsable, counts.lost) == ({1: 2}, 2, 2)
    assert counts.notes == (window.DEBUG_LINES,)


def test_dead_time_and_speed(board, device, sleep):
    one = board(script(ON + ONE * 4, OFF))
    with device(one.port, dead_time=0.1, speed=100.0) as detector:
        counts = detector.count(2.0, sleep)
    assert counts.live == pytest.approx((counts.stop - counts.start) * 100 - 0.4, abs=0.01)
    assert counts.stop - counts.start < 1


def test_more_dead_time_than_window_is_said(board, device, sleep):
    one = board(script(ON + ONE * 4, OFF))
    with device(one.port, dead_time=100.0) as detector:
        counts = detector.count(0.02, sleep)
    assert counts.live == 0
    assert counts.notes == (window.TOO_DEAD,)


def test_a_full_link_is_said(board, device, sleep):
    one = board(script(ON + ONE * 100, OFF))
    with device(one.port, baudrate=9600) as detector:
        full = detector.count(0.02, sleep)
        assert full.notes == ("The serial link was full (9600 baud): the rate is the link's, not the detector's.",)
    with device(one.port, baudrate=9600, speed=10000.0) as detector:
        one.respond = script(ON + ONE * 100, OFF)
        one.respond(b"")
        assert detector.count(200.0, sleep).notes == ()


def test_an_abort_lets_the_window_end(board, device):
    one = board(script(ON + ONE, ONE + OFF))

    def wait(seconds):
        time.sleep(seconds)
        return "abort"

    with device(one.port) as detector:
        counts = detector.count(0.3, wait)
    assert counts.whole
    assert counts.live >= 0.3
    assert counts.patterns == {1: 2}


def test_a_halt_cuts_the_window_and_stops_the_events(board, device):
    one = board(script(ON + ONE, OFF))
    with device(one.port) as detector:
        counts = detector.count(50.0, lambda seconds: "halt")
    assert not counts.whole
    assert counts.live < 5
    assert one.received[-1] == b"SET_STREAM 0"


def test_an_exception_in_the_wait_leaves_the_next_write_safe(board, device):
    one = board(lambda line: OFF if line == b"SET_STREAM 0" else ON)

    def interrupted(seconds):
        raise KeyboardInterrupt

    with device(one.port) as detector:
        with pytest.raises(KeyboardInterrupt):
            detector.count(1.0, interrupted)
        one.respond = lambda line: (
            OFF if line == b"SET_STREAM 0" else b'{"type":"response","status":"ok","channel":1,"threshold":300}\r\n'
        )
        assert detector.set_threshold(1, 300).value == 300
    assert one.received[-2:] == [b"SET_STREAM 0", b"SET_THRESHOLD 1 300"]


def test_an_opening_that_is_lost_is_tried_again(board, device, sleep):
    one = board(script(None, OFF, b'{"type":"resp\xfe\r\n', OFF, ON + ONE, OFF))
    with device(one.port, timeout=0.2) as detector:
        counts = detector.count(0.02, sleep)
    assert counts.patterns == {1: 1}
    assert counts.notes == ()


def test_a_late_yes_to_a_first_opening_does_not_pass_for_the_seconds(board, device, sleep):
    """Else the events between the two would count, and the time between them not."""
    held = []

    def respond(line):
        if line == b"SET_STREAM 0":
            return (held.pop() if held else b"") + OFF
        if respond.first:
            respond.first = False
            held.append(ON + ONE * 5)
            return None
        return (held.pop() if held else b"") + ON + ONE * 2

    respond.first = True
    one = board(respond)
    with device(one.port, timeout=0.2) as detector:
        counts = detector.count(0.02, sleep)
    assert counts.patterns == {1: 2}


def test_without_an_opening_there_is_no_window(board, device, sleep):
    one = board(script(None))
    with (
        device(one.port, timeout=0.1) as detector,
        pytest.raises(WindowError, match=f"{one.port} did not acknowledge SET_STREAM 1"),
    ):
        detector.count(0.02, sleep)


def test_without_a_closing_there_is_no_count(board, device, sleep):
    """A frozen detector must not read as zero counts."""
    one = board(script(ON, None))
    with (
        device(one.port, timeout=0.1) as detector,
        pytest.raises(WindowError, match=f"{one.port} did not acknowledge SET_STREAM 0"),
    ):
        detector.count(0.02, sleep)


def test_a_closing_that_is_lost_once_costs_one_window(board, device, sleep):
    one = board(script(ON + TWO * 9, None, OFF, ON + ONE, ONE + OFF))
    with device(one.port, timeout=0.2) as detector:
        counts = detector.count(0.02, sleep)
    assert counts.patterns == {1: 2}
    assert counts.notes == (window.TAKEN_AGAIN,)


def test_a_lost_closing_after_an_abort_takes_no_second_window(board, device):
    one = board(script(ON + ONE, None, OFF))
    with device(one.port, timeout=0.2) as detector:
        counts = detector.count(0.02, lambda seconds: "abort")
    assert not counts.whole


def test_closings_that_are_always_lost_once_are_a_failure(board, device, sleep):
    one = board(script(*([ON, None, OFF] * 3)))
    with device(one.port, timeout=0.1) as detector, pytest.raises(WindowError, match="none of 3"):
        detector.count(0.02, sleep)


def test_bare_acknowledgements_are_not_mixed_up(board, device, sleep):
    """A late yes to a first SET_STREAM 1 must not pass for the yes to SET_STREAM 0."""
    yes = b'{"type":"response","status":"ok"}\r\n'
    one = board(lambda line: yes)
    with device(one.port, timeout=0.4) as detector:
        left = [None, yes, yes + ONE, ONE + yes]
        late = threading.Timer(0.6, one.send, (yes,))
        one.respond = lambda line: left.pop(0)
        late.start()
        assert detector.count(0.02, sleep).patterns == {1: 2}
        late.join()


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_dwell_that_is_none(board, device, sleep, seconds):
    with device(board().port) as detector, pytest.raises(InputError, match="dwell"):
        detector.count(seconds, sleep)


def test_unplugged_in_a_dwell(board, device, sleep):
    one = board(script(ON + ONE, OFF))

    def pull(seconds):
        one.close()
        return sleep(seconds)

    with device(one.port) as detector:
        began = time.monotonic()
        with pytest.raises(LinkLost, match=one.port):
            detector.count(50.0, pull)
        assert time.monotonic() - began < 1


def test_v2_reports_its_own_losses(board, device, sleep):
    overflows = iter([5, 8])
    event = b'{"type":"event","hit_type":6,"tmp_c":20.00,"atm_pa":100000.00,"hmd_pct":40.00}\r\n'

    def respond(line):
        if line == b"GET_BUFFER_STATS":
            return b'{"type":"response","status":"ok","queue_overflows":%d}\r\n' % next(overflows)
        if line == b"GET_VERSION":
            return b'{"type":"response","status":"ok","version":"2.6.0"}\r\n'
        return ON + event * 3 + b'{"type":"ev\r\n' if line == b"SET_STREAM 1" else event + OFF

    with device(board(respond).port, dialect="v2") as detector:
        counts = detector.count(0.02, sleep)
        assert detector.firmware == "2.6.0"
    assert counts.patterns == {6: 4}
    assert counts.channels == {1: 0, 2: 4, 3: 4}
    assert (counts.unparsable, counts.lost) == (1, 4)
    assert counts.environment["temperature_C"] == 20.0


def test_v2_without_statistics_says_so(board, device, sleep):
    def respond(line):
        return {b"SET_STREAM 1": ON, b"SET_STREAM 0": OFF}.get(line)

    with device(board(respond).port, timeout=0.2, dialect="v2") as detector:
        counts = detector.count(0.02, sleep)
    assert counts.lost is None
    assert counts.notes == (window.NO_STATS,)


def test_legacy_counts_by_time_of_arrival(board, device):
    one = board(lambda line: None)
    sent = []

    def wait(seconds):
        one.send(ONE)
        sent.append(seconds)
        time.sleep(seconds)
        return "go"

    with device(one.port, dialect="legacy") as detector:
        one.send(TWO * 5)
        time.sleep(0.1)
        counts = detector.count(0.5, wait)
    assert len(sent) >= 2
    assert counts.patterns == {1: pytest.approx(len(sent), abs=1)}  # the last may come after a busy machine's stop
    assert counts.notes == (window.BY_STAMPS,)
    assert counts.lost is None
    assert one.received == []
