import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.threshold.osechi.events import Tally, by_channel
from scantrail.threshold.osechi.intake import LONGEST_LINE, Splitter

PLAIN = b"2 0 0 1136"
AIR = b"2 0 0 1136 27.37 100594.35 41.43"


def totals(*lines):
    tally = Tally()
    tally.add(lines)
    return tally.totals()


@pytest.mark.parametrize(
    "line",
    [
        PLAIN,
        AIR,
        AIR + b"\r",
        b"2\t0\t0\t1136\t27.37\t100594.35\t41.43",
        b"2,0,0,1136,27.37,100594.35,41.43",
        b"2, 0, 0, 1136",
        b"10 0 0 4095 -3.10 99000 80",
        AIR + b" 123456 7890",
        AIR + b" 123456 7890 1766584357123456",
        PLAIN + b" 123456 7890",
        b"2 0 0 1136 nan nan nan",
    ],
)
def test_every_form_of_a_text_event(line):
    found = totals(line)
    assert found.patterns == {1: 1}
    assert found.unparsable == 0


@pytest.mark.parametrize(
    "line",
    [
        b"2 0",
        b"2 0 0",
        b"2 0 0 11x6",
        b"\xfe\x00",
        b"11 0 0 1136",
        b"-1 0 0 1136",
        b"2 0 0 1136 27.37.1",
        b"x" + AIR,
        b"rst:0x1 (POWERON_RESET)",
        b'{"type":"event","hit_type":8}',
        b'{"type":"event","hit_type":true}',
        b'{"type":"event","hit_ty',
        b'{"type":"response","sta',
        b'{"type":"event","hit_type":1}{"type":"event","hit_type":1}',
    ],
)
def test_a_broken_line_is_counted_and_is_no_event(line):
    assert totals(line) == ({}, 1, 0, {})


def test_patterns_and_channels():
    found = totals(b"1 0 0 9", b"0 3 0 9", b"1 0 10 9", b"1 1 1 9", b"0 0 0 9", b"1 0 1 8")
    assert found.patterns == {0: 1, 1: 1, 2: 1, 5: 2, 7: 1}
    assert by_channel(found.patterns) == {1: 4, 2: 2, 3: 3}


def test_json_events():
    line = b'{"type":"event","hit_type":5,"adc_raw":9,"tmp_c":20.0,"atm_pa":100000.0,"hmd_pct":40.0}\r'
    found = totals(line, line.replace(b"20.0", b"22.0"))
    assert found == ({5: 2}, 0, 0, {"temperature_C": 21.0, "pressure_Pa": 100000.0, "humidity_pct": 40.0})


def test_debug_lines_and_replies_are_neither_events_nor_broken():
    found = totals(b"DEBUG poll 3", b"", b"\r", b'{"type":"response","status":"ok","stream":1}', AIR)
    assert (found.patterns, found.unparsable, found.debug) == ({1: 1}, 0, 1)


def test_a_torn_event_before_a_reply_is_broken():
    assert totals(b'2 0 0 1{"type":"response","status":"ok","stream":1}').unparsable == 1


def test_an_event_with_fields_lost_or_gained_is_broken():
    cut, merged = AIR[:12], b"2 0 0 11" + AIR
    found = totals(AIR, cut, AIR, merged, AIR)
    assert found.patterns == {1: 3}
    assert found.unparsable == 2


def test_means_of_the_air():
    found = totals(AIR, b"2 0 0 1136 29.37 100596.35 45.43", b"2 0 0 1136 0.00 0.00 0.00", b"2 0 0 7 nan nan nan")
    assert found.environment == {"temperature_C": 28.37, "pressure_Pa": 100595.35, "humidity_pct": 43.43}
    assert totals(PLAIN + b" 50 50000 60").environment == {}


lines = st.lists(
    st.sampled_from([PLAIN, AIR, AIR + b"\r", b"DEBUG x", b"", b"2 0", b'{"type":"event","hit_type":3}'])
    | st.binary(max_size=40).map(lambda data: data.replace(b"\n", b"")),
    max_size=30,
)


@given(lines, st.data())
def test_how_the_bytes_are_cut_changes_nothing(lines, data):
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=10)))
    splitter, cut = Splitter(), Tally()
    for begin, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
        cut.add(splitter.feed(stream[begin:end]))
    assert cut.totals() == totals(*lines)
    assert cut.bytes == len(stream)


@given(st.binary())
def test_any_bytes_are_safe_and_each_line_counts_once(data):
    tally = Tally()
    tally.add(Splitter().feed(data))
    found = tally.totals()
    assert sum(found.patterns.values()) + found.unparsable + found.debug <= data.count(b"\n")


def test_adding_after_a_sum_goes_on():
    tally = Tally()
    tally.add([AIR, b"2 0"])
    assert tally.totals() == tally.totals()
    tally.add([AIR])
    assert tally.totals()[:2] == ({1: 2}, 1)


def test_what_never_ends_is_cut():
    splitter = Splitter()
    assert splitter.feed(b"x" * LONGEST_LINE) == []
    assert splitter.feed(b"x") == [b"x" * (LONGEST_LINE + 1)]
    assert splitter.feed(b"y\n") == [b"y"]
