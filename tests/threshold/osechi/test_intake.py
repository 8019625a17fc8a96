import os
import time
import tty
from pathlib import Path

import pytest
import serial

from scantrail.errors import LinkLost, OutputError
from scantrail.threshold.osechi.intake import Intake


@pytest.fixture
def pair():
    """A raw pty: a descriptor to write to, and its port, open."""
    master, slave = os.openpty()
    tty.setraw(slave)
    port = serial.Serial(os.ttyname(slave), timeout=0.05)
    os.close(slave)
    ends = {"master": master}
    yield ends, port
    port.close()
    if "master" in ends:
        os.close(ends["master"])


def take_all(intake, size):
    data = b""
    while len(data) < size:
        data += b"".join(chunk.data for chunk in intake.take(time.monotonic() + 10))
    return data


def test_chunks_are_stamped_and_lines_counted(pair):
    ends, port = pair
    intake = Intake(port, "port")
    before = time.monotonic(), time.time()
    os.write(ends["master"], b"one\ntwo\nthr")
    assert take_all(intake, 11) == b"one\ntwo\nthr"
    os.write(ends["master"], b"ee\n")
    (chunk, *_) = intake.take(time.monotonic() + 10)
    intake.close()
    assert before[0] <= chunk.at <= time.monotonic()
    assert abs(chunk.utc - before[1]) < 60
    assert intake.lines in (2, 3)


def test_nothing_by_the_deadline_is_nothing(pair):
    intake = Intake(pair[1], "port")
    assert intake.take(time.monotonic() + 0.02) == []
    intake.close()


def test_what_arrived_is_given_before_the_loss_is_told(pair):
    ends, port = pair
    intake = Intake(port, "/dev/ttyUSB7")
    os.write(ends["master"], b"last words\n")
    assert take_all(intake, 11) == b"last words\n"
    os.close(ends.pop("master"))
    with pytest.raises(LinkLost, match="The detector on /dev/ttyUSB7 is gone"):
        intake.take(time.monotonic() + 10)
    intake.close()


def test_a_flood_is_whole_in_order_and_in_the_raw_file(pair, tmp_path):
    ends, port = pair
    intake = Intake(port, "port")
    intake.record(tmp_path / "raw")
    flood = b"".join(b"%d 0 0 1136\n" % (n % 11) for n in range(20000))
    sent, got = 0, b""
    while sent < len(flood):
        sent += os.write(ends["master"], flood[sent : sent + 1500])
        got += b"".join(chunk.data for chunk in intake.take(0.0))
    got += take_all(intake, len(flood) - len(got))
    intake.close()
    assert got == flood
    assert (tmp_path / "raw").read_bytes() == flood
    assert intake.lines == 20000


def test_a_raw_file_that_cannot_be_written_is_told_and_nothing_else_is_lost(pair):
    ends, port = pair
    intake = Intake(port, "port")
    with pytest.raises(OutputError, match="cannot be opened"):
        intake.record(Path("/nowhere/raw"))
    intake.record(Path("/dev/full"))
    os.write(ends["master"], b"line\n")
    assert take_all(intake, 5) == b"line\n"
    with pytest.raises(OutputError, match="cannot be written: No space left"):
        intake.check_raw()
    intake.check_raw()
    intake.record(Path("/dev/full"))
    os.write(ends["master"], b"more\n")
    assert take_all(intake, 5) == b"more\n"
    with pytest.raises(OutputError, match="cannot be written: No space left"):
        intake.record(None)
    intake.close()
