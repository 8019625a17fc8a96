import threading
import time

import pytest

from scantrail.errors import (
    InputError,
    LinkError,
    LinkLost,
    PortNotFound,
    ThresholdRefused,
    ThresholdUnconfirmed,
)
from scantrail.threshold.detector import CountingDetector
from scantrail.threshold.known import recall

EVENT = b"2 0 0 1136 27.37 100594.35 41.43\r\n"
WRITE = b'{"type":"response","status":"ok","channel":%d,"threshold":%d}\r\n'


def to_writes(answer):
    """Obey, but answer a threshold write with `answer` (bytes, or a list with one entry an attempt)."""
    answers = iter(answer) if isinstance(answer, list) else None

    def respond(line):
        if line.startswith(b"SET_THRESHOLD"):
            return answer if answers is None else next(answers)
        return b'{"type":"response","status":"ok","stream":%s}\r\n' % line.split()[1]

    return respond


def test_it_is_a_counting_detector(device):
    one = device("/dev/null")
    assert isinstance(one, CountingDetector)
    assert (one.name, one.channels, one.limits) == ("OSECHI", (1, 2, 3), (1, 1023))


def test_a_confirmed_write(board, device):
    one = board()
    told = []
    with device(one.port) as detector:
        detector.on_confirmed = lambda *what: told.append(what)
        assert detector.confirmed(1) is None
        write = detector.set_threshold(1, 280)
        assert detector.confirmed(1) == 280
    assert write[:3] == (1, 280, 1)
    assert 0 < write.latency < 5
    reply = WRITE.decode().strip() % (1, 280)
    assert write.exchange == f"SET_THRESHOLD 1 280 -> {reply}"
    assert one.received == [b"SET_STREAM 0", b"SET_THRESHOLD 1 280"]
    (port, told_write, when) = told[0]
    assert (port, told_write) == (one.port, write)
    assert abs(when - time.time()) < 60


def test_a_threshold_of_a_serial_port_is_remembered(board, device):
    one = board()
    with device(one.port) as detector:
        detector.set_threshold(1, 280)
    assert recall(one.port)[1].value == 280


def test_a_firmware_that_does_not_echo_the_threshold(board, device):
    one = board(to_writes(b'{"type":"response","status":"ok","channel":1}\r\n'))
    with device(one.port) as detector:
        assert detector.set_threshold(1, 280).exchange.endswith('"channel":1}; echo: none')


def test_a_refusal_is_final_and_leaves_the_old_threshold(board, device):
    refusal = b'{"type":"response","status":"error","error_code":3,"error_message":"Threshold not written"}\r\n'
    one = board(to_writes([WRITE % (1, 280), refusal]))
    with device(one.port) as detector:
        detector.set_threshold(1, 280)
        with pytest.raises(ThresholdRefused, match=r"refused threshold 281 of channel 1 \(3: Threshold not written\)"):
            detector.set_threshold(1, 281)
        assert detector.confirmed(1) == 280


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        (b"", "silence"),
        (EVENT, "silence"),
        (b'{"type":"response","status"\xfe\r\n', 'heard b\'{"type":"response","status"\\\\xfe\''),
        (WRITE % (2, 280), "channel"),
        (WRITE % (1, 281), "threshold"),
        (b'{"type":"response","status":"ok","stream":0}\r\n', "stream"),
    ],
)
def test_nothing_else_confirms_a_write(board, device, answer, heard):
    one = board(to_writes(answer))
    with device(one.port, timeout=0.1) as detector:
        with pytest.raises(ThresholdUnconfirmed, match=heard) as raised:
            detector.set_threshold(1, 280)
        assert detector.confirmed(1) is None
        assert one.port in str(raised.value)


def test_after_an_unconfirmed_write_nobody_knows_the_threshold(board, device):
    one = board(to_writes([WRITE % (1, 280), b""]))
    with device(one.port, timeout=0.25) as detector:
        detector.set_threshold(1, 280)
        with pytest.raises(ThresholdUnconfirmed):
            detector.set_threshold(1, 290)
        assert detector.confirmed(1) is None


def test_a_late_reply_confirms_nothing_else(board, device):
    one = board(to_writes([b"", (WRITE % (1, 280)) + (WRITE % (1, 290))]))
    with device(one.port, timeout=0.25) as detector:
        with pytest.raises(ThresholdUnconfirmed):
            detector.set_threshold(1, 280)
        assert detector.set_threshold(1, 290).exchange.endswith('"threshold":290}')


def test_a_reply_among_events_debug_lines_and_garbage(board, device):
    one = board(to_writes(EVENT * 3 + b"DEBUG 1\r\n\xff\xfe\n2 0 0 1" + (WRITE % (3, 5)) + EVENT))
    with device(one.port) as detector:
        assert detector.set_threshold(3, 5).value == 5


@pytest.mark.parametrize(("channel", "value"), [(0, 300), (4, 300), (1, 0), (1, 1024)])
def test_out_of_range_never_reaches_the_detector(board, device, channel, value):
    one = board()
    bad = channel if channel in (0, 4) else value
    with device(one.port) as detector, pytest.raises(InputError, match=f"{bad}"):
        detector.set_threshold(channel, value)
    assert one.received == [b"SET_STREAM 0"]


def test_not_connected(device):
    with pytest.raises(LinkError, match="not connected"):
        device("/dev/null").set_threshold(1, 300)


def test_connect_and_disconnect_twice(board, device):
    one = board()
    detector = device(one.port)
    detector.connect()
    detector.connect()
    detector.set_threshold(1, 300)
    detector.disconnect()
    detector.disconnect()
    detector.connect()
    assert detector.confirmed(1) is None


def test_a_port_that_is_none(device, tmp_path):
    with pytest.raises(PortNotFound, match="There is no port /dev/nowhere"):
        device("/dev/nowhere").connect()
    (tmp_path / "file").touch()
    with pytest.raises(LinkError, match="cannot be used as a serial port"):
        device(str(tmp_path / "file")).connect()


def test_unplugged_on_a_write(board, device):
    one = board()
    with device(one.port) as detector:
        one.unplug()
        one.close()
        began = time.monotonic()
        with pytest.raises(LinkLost, match=one.port):
            detector.set_threshold(1, 300)
        assert time.monotonic() - began < 1


def test_unplugged_instead_of_a_reply(board, device):
    one = board()

    def vanish(line):
        one.unplug()

    with device(one.port, timeout=5.0) as detector:
        one.respond = vanish
        with pytest.raises(LinkLost, match=one.port):
            detector.set_threshold(1, 300)


def test_a_board_that_reads_nothing_gives_silence(board, device):
    one = board()
    hold = threading.Event()
    with device(one.port, timeout=0.1) as detector:
        one.respond = lambda line: hold.wait(10) and b""
        try:
            for _ in range(2):
                with pytest.raises(ThresholdUnconfirmed):
                    detector.set_threshold(1, 300)
        finally:
            hold.set()


def test_every_byte_is_in_the_raw_file(board, device, tmp_path, sleep):
    one = board()
    with device(one.port) as detector:
        detector.record(tmp_path / "raw.txt")
        one.send(EVENT + b"half")
        detector.set_threshold(1, 300)
        detector.record(None)
        detector.set_threshold(1, 301)
    assert (tmp_path / "raw.txt").read_bytes() == EVENT + b"half" + WRITE % (1, 300)
