import pytest

from scantrail.errors import LinkLost, ReplyTimeout

OK = b'{"type":"response","status":"ok"%s}\r\n'
STREAM = OK % b',"stream":0'
VERSION = OK % b',"version":"2.6.0"'
EVENT = b"2 0 0 1136 27.37 100594.35 41.43\r\n"


def board_of(version, stream, lost=0):
    """Answer GET_VERSION and SET_STREAM 0; the first `lost` commands are not heard."""
    heard = 0

    def respond(line):
        nonlocal heard
        heard += 1
        return None if heard <= lost else {b"GET_VERSION": version, b"SET_STREAM 0": stream}.get(line)

    return respond


@pytest.mark.parametrize(
    ("version", "stream", "lost", "dialect"),
    [
        (VERSION, STREAM, 0, "v2"),
        (VERSION, OK % b"", 0, "v2"),
        (EVENT * 5 + VERSION, EVENT + STREAM + EVENT, 0, "v2"),
        (VERSION, STREAM, 1, "v2"),
        (VERSION, STREAM, 2, "v2"),
        (None, STREAM, 0, "v1"),
        (None, OK % b"", 1, "v1"),
        (b'{"type":"response","status":"error"}\r\n', STREAM, 0, "v1"),
        (b"dame\r\n0\r\n0\r\n", None, 0, "legacy"),
        (EVENT, EVENT, 0, "legacy"),
        (None, None, 0, "legacy"),
    ],
)
def test_auto(board, device, version, stream, lost, dialect):
    with device(board(board_of(version, stream, lost)).port, dialect="auto", timeout=0.15) as detector:
        assert detector.dialect == dialect
        assert detector.firmware == ("2.6.0" if dialect == "v2" else "")


def test_a_named_dialect_is_not_guessed(board, device):
    one = board()
    with device(one.port, dialect="v1") as detector:
        assert detector.dialect == "v1"
    assert one.received == [b"SET_STREAM 0"]
    one.received.clear()
    with device(one.port, dialect="legacy") as detector:
        assert detector.dialect == "legacy"
    assert one.received == []


def test_a_named_dialect_must_be_answered(board, device):
    one = board(lambda line: None)
    detector = device(one.port, dialect="v1", timeout=0.1)
    with pytest.raises(ReplyTimeout, match=rf"{one.port} does not answer SET_STREAM 0 within 3 x 0.1 s"):
        detector.connect()
    one.respond = board_of(VERSION, STREAM)
    detector.connect()  # the port was given back


def test_unplugged_while_greeting(board, device):
    one = board()
    one.respond = lambda line: one.unplug()
    with pytest.raises(LinkLost, match=one.port):
        device(one.port, timeout=5.0).connect()
