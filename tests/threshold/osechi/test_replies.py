import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.threshold.osechi.replies import (
    answers_buffer_stats,
    answers_legacy,
    answers_stream,
    answers_threshold,
    answers_version,
    parse_object,
    parse_reply,
)

WRITE = b'{"type":"response","status":"ok","channel":1,"threshold":280}\r'
BARE = b'{"type":"response","status":"ok"}'
REFUSED = b'{"type":"response","status":"error","error_code":2,"error_message":"out of range"}'
STREAM = b'{"type":"response","status":"ok","stream":1}'
STATS = b'{"type":"response","status":"ok","total_events":9,"queue_overflows":3}'
VERSION = b'{"type":"response","status":"ok","version":"2.6.0"}'
EVENT = b'{"type":"event","status":"ok","hit_type":5,"adc_raw":100}'
MATCHES = [
    answers_stream(True),
    answers_stream(False),
    answers_threshold(1, 280),
    answers_version(),
    answers_buffer_stats(),
    answers_legacy(1),
]


@given(st.binary() | st.sampled_from([WRITE, REFUSED, EVENT]).flatmap(lambda line: st.binary().map(line.__add__)))
def test_any_bytes_are_safe(line):
    parse_object(line)
    for match in MATCHES:
        match(line)


@given(st.integers(0, len(WRITE)))
def test_a_torn_reply_is_no_reply(length):
    reply = parse_reply(WRITE[:length])
    assert (reply is not None) == (length >= len(WRITE) - 1)


@pytest.mark.parametrize(
    ("match", "wanted"),
    [
        (answers_threshold(1, 280), {WRITE, REFUSED}),
        (answers_threshold(2, 280), {REFUSED}),
        (answers_threshold(1, 281), {REFUSED}),
        (answers_stream(True), {BARE, REFUSED, STREAM}),
        (answers_stream(False), {BARE, REFUSED}),
        (answers_buffer_stats(), {STATS}),
        (answers_version(), {VERSION, STATS}),
        (answers_legacy(1), set()),
    ],
)
def test_each_reply_answers_its_own_command(match, wanted):
    lines = {WRITE, BARE, REFUSED, STREAM, STATS, VERSION, EVENT}
    assert {line for line in lines if match(line) is not None} == wanted


def test_a_write_need_not_echo_its_threshold():
    reply = answers_threshold(2, 300)(b'{"type":"response","status":"ok","channel":2}')
    assert reply is not None
    assert "threshold" not in reply.fields


def test_true_is_not_one():
    assert answers_threshold(1, 280)(b'{"type":"response","status":"ok","channel":true,"threshold":280}') is None


def test_a_reply_glued_to_a_torn_event_is_found():
    for torn in (b"2 0 0 11", EVENT[:20], b'{"type":"event","air":{"tmp_c'):
        reply = answers_threshold(1, 280)(torn + WRITE)
        assert reply is not None
        assert reply.junk == torn
        assert reply.text == WRITE.decode().strip()


def test_a_refusal_gives_its_reason():
    reply = parse_reply(REFUSED)
    assert reply is not None
    assert not reply.ok
    assert reply.reason == "2: out of range"


def test_legacy_replies():
    match = answers_legacy(2)
    assert match(b"2\r").ok
    assert not match(b"dame\r").ok
    assert match(b"1") is None
    assert match(b"2 0 0 1136") is None
