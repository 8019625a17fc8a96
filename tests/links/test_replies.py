import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.links import MotorStatus, replies
from scantrail.links.replies import OutOfStep, Refusal


def test_numbers():
    assert replies.numbers([b"OK:12.5", b"OK:-1e-09", b"OK:7 \r", b"ERR:UNKNOWN_PV", b"OK:warm", b"OK:1_000"]) == [
        12.5,
        -1e-9,
        7.0,
        Refusal("UNKNOWN_PV"),
        Refusal("", "warm"),
        Refusal("", "1_000"),
    ]
    assert math.isnan(replies.numbers([b"OK:nan"])[0])


@pytest.mark.parametrize(
    "line", [b"OK:MOVING", b"OK:PUT", b"OK:PONG", b"12", b"", b"ERR", b"ERR:", b"\xffOK:1", b"DATA:5"]
)
def test_what_cannot_be_the_answer_to_a_get_is_out_of_step(line):
    with pytest.raises(OutOfStep):
        replies.numbers([line])


def test_states_and_acknowledgements():
    assert replies.states([b"OK:IDLE", b"OK:MOVING", b"ERR:MOTOR_FAULT"]) == [
        MotorStatus.IDLE,
        MotorStatus.MOVING,
        Refusal("MOTOR_FAULT"),
    ]
    assert replies.acknowledged("PUT", [b"OK:PUT", b"ERR:INTERNAL"]) == [None, Refusal("INTERNAL")]
    assert replies.texts([b"OK", b"OK:a,b"]) == ["", "a,b"]
    for line in (b"OK:5", b"OK"):
        with pytest.raises(OutOfStep):
            replies.states([line])
        with pytest.raises(OutOfStep):
            replies.acknowledged("PUT", [line])


@pytest.mark.parametrize(
    "read", [replies.numbers, replies.states, replies.texts, lambda lines: replies.acknowledged("PUT", lines)]
)
@given(line=st.binary() | st.binary().map(lambda data: b"OK:" + data) | st.binary().map(lambda data: b"ERR:" + data))
def test_any_bytes_are_an_answer_or_out_of_step(read, line):
    with contextlib.suppress(OutOfStep):
        assert len(read([line])) == 1
