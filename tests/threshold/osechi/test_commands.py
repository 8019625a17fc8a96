import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.threshold.osechi.commands import DIALECTS, command, frame, readable, set_stream, set_threshold


def test_every_command_is_one_line():
    assert set_stream(True) == b"SET_STREAM 1\n"
    assert set_stream(False) == b"SET_STREAM 0\n"
    assert command("GET_VERSION") == b"GET_VERSION\n"
    assert set_threshold("v1", 1, 280) == set_threshold("v2", 1, 280) == b"SET_THRESHOLD 1 280\n"


def test_legacy_spreads_the_threshold_over_two_bytes():
    assert set_threshold("legacy", 3, 280) == bytes([3, 0x10 + 4, 0x60]) + b"\n"
    assert set_threshold("legacy", 1, 1023) == bytes([1, 0x1F, 0xFC]) + b"\n"


@given(st.sampled_from(DIALECTS), st.integers(1, 3), st.integers(1, 1023))
def test_a_write_holds_one_newline_at_its_end(dialect, channel, value):
    sent = set_threshold(dialect, channel, value)
    assert sent.endswith(b"\n")
    assert sent.count(b"\n") == 1
    assert readable(sent).isprintable()


def test_legacy_values_can_be_read_back():
    for value in range(1, 1024):
        _, high, low, _ = set_threshold("legacy", 2, value)
        assert (high - 0x10 << 6) + (low >> 2) == value


@pytest.mark.parametrize("body", [b"", b"SET_STREAM 1\n", b"a\nb"])
def test_two_commands_in_one_are_refused(body):
    with pytest.raises(ValueError, match="one line"):
        frame(body)


def test_legacy_bytes_are_logged_in_hexadecimal():
    assert readable(set_threshold("legacy", 1, 280)) == "01 14 60"
    assert readable(set_stream(False)) == "SET_STREAM 0"
