import contextlib
import os
import select
import time
from collections.abc import Iterator

import pytest
import serial

from scantrail.errors import InputError
from scantrail.sim import ChannelPhysics, Faults, OsechiMachine, OsechiPhysics, PtyServer, windows

STREAM_OFF = b'"stream":0}\r\n'


@contextlib.contextmanager
def opened(name) -> Iterator[int]:
    """The slave as a plain descriptor."""
    descriptor = os.open(name, os.O_RDWR | os.O_NOCTTY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def read_until(descriptor, ending, limit=20.0) -> bytes:
    got = b""
    deadline = time.monotonic() + limit
    while ending not in got and time.monotonic() < deadline:
        if select.select([descriptor], [], [], 0.1)[0]:
            got += os.read(descriptor, 65536)
    return got


def test_counts_agree_with_the_log_to_the_last_event(busy, read_windows):
    machine = OsechiMachine(physics=busy, seed=8)
    with PtyServer(machine, speed=20.0) as server, opened(server.name) as port:
        output = b""
        for _ in range(3):
            os.write(port, b"SET_STREAM 1\n")
            output += read_until(port, b'"stream":1')
            time.sleep(0.1)
            os.write(port, b"SET_STREAM 0\n")
            output += read_until(port, STREAM_OFF)
        found = windows(machine.log.records)
    assert read_windows(output) == [window.channels for window in found]
    assert all(window.events > 50 and not window.lost for window in found)


def test_raw_bytes_pass_both_ways_unchanged(quiet):
    machine = OsechiMachine("legacy", physics=quiet)
    # 3 and 17: interrupt and XON to a terminal that is not raw
    with PtyServer(machine, speed=50.0) as server, opened(server.name) as port:
        os.write(port, bytes([3, 0x11, 0x0C, 10]))
        assert read_until(port, b"12\r\n") == b"3\r\n17\r\n12\r\n"
    assert machine.board.thresholds[3] == 64 + 3


def test_the_board_stays_when_its_client_goes(quiet):
    machine = OsechiMachine(physics=quiet)
    with PtyServer(machine, speed=50.0) as server:
        for value in (280, 281):
            with opened(server.name) as port:
                os.write(port, b"SET_THRESHOLD 1 %d\n" % value)
                assert b'"ok"' in read_until(port, b"\n")
            assert machine.board.thresholds[1] == value


def test_pyserial_opens_it_with_its_lock(quiet):
    with PtyServer(OsechiMachine(physics=quiet), speed=50.0) as server:
        for _ in range(2):
            with serial.Serial(server.name, 115200, timeout=5.0, exclusive=True) as port:
                port.write(b"SET_STREAM 0\n")
                assert port.read_until(b"\n").endswith(STREAM_OFF)


def test_pulling_the_cable_is_seen_by_the_client(quiet):
    server = PtyServer(OsechiMachine(physics=quiet))
    with server, serial.Serial(server.name, timeout=5.0) as port:
        server.unplug()
        with pytest.raises(serial.SerialException):
            port.read(1)
    assert server.machine.log.records[-1]["why"] == "unplugged"


def test_the_fault_unplug_pulls_the_cable(quiet):
    machine = OsechiMachine(physics=quiet, faults=Faults(unplug=5.0))
    with (
        PtyServer(machine, speed=20.0) as server,
        serial.Serial(server.name, timeout=5.0) as port,
        pytest.raises(serial.SerialException),
    ):
        port.read(1)
    assert machine.log.records[-1]["why"] == "unplugged"


def test_a_frozen_board_keeps_its_port(quiet):
    machine = OsechiMachine(physics=quiet, faults=Faults(freeze=0.0))
    with PtyServer(machine) as server, serial.Serial(server.name, timeout=0.05) as port:
        port.write(b"SET_STREAM 0\n")
        assert port.read(1) == b""


@pytest.mark.alone
def test_nothing_waits_for_a_reader_and_every_loss_is_in_the_log(read_windows):
    noise = ChannelPhysics(mu=2000.0, rate=1000.0, plateau=0.0)
    machine = OsechiMachine(physics=OsechiPhysics((noise, noise, noise)), baudrate=10**8)
    with PtyServer(machine, speed=10.0) as server, opened(server.name) as port:
        os.write(port, b"SET_STREAM 0\n")
        read_until(port, STREAM_OFF)
        before = machine.board.recorded
        os.write(port, b"SET_STREAM 1\n")
        output = read_until(port, b'"stream":1}\r\n')
        deadline = time.monotonic() + 20.0
        while not any(r["what"] == "undelivered" for r in machine.log.records) and time.monotonic() < deadline:
            time.sleep(0.01)
        # the board obeys although nobody reads
        os.write(port, b"SET_STREAM 0\n")
        while machine.board.streaming and time.monotonic() < deadline:
            time.sleep(0.01)
        # its acknowledgement may be lost like anything else: make room, ask again
        output += read_until(port, STREAM_OFF, 0.5)
        os.write(port, b"SET_STREAM 0\n")
        output += read_until(port, STREAM_OFF)
    (window,) = windows(machine.log.records)
    assert window.lost["host"] > 0
    assert window.events + window.lost["host"] + window.lost.get("queue", 0) == machine.board.recorded - before
    (counted,) = read_windows(output)
    # a line cut in its last figures still looks whole: at most one at each loss
    cuts = sum(r["what"] == "undelivered" for r in machine.log.records)
    assert window.events <= sum(counted.values()) <= window.events + cuts


def test_the_link_lives_as_long_as_the_port(tmp_path, quiet):
    link = tmp_path / "osechi"
    with PtyServer(OsechiMachine(physics=quiet), link=link) as server:
        assert str(link.readlink()) == server.name
        with opened(link) as port:
            os.write(port, b"SET_STREAM 0\n")
            assert read_until(port, STREAM_OFF)
    assert not link.is_symlink()


def test_a_link_over_something_else_leaves_no_port_behind(tmp_path, quiet):
    (tmp_path / "osechi").write_text("data")
    with pytest.raises(InputError, match="osechi"):
        PtyServer(OsechiMachine(physics=quiet), link=tmp_path / "osechi")
