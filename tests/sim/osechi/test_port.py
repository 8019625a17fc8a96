import threading
import time

import pytest
import serial

from scantrail.sim import Faults, OsechiMachine, SimulatedPort, windows

ACK = b'{"type":"response","status":"ok","stream":0}\r\n'


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_write_is_answered(quiet):
    with SimulatedPort(OsechiMachine(physics=quiet), timeout=5.0) as port:
        assert port.write(b"SET_STREAM 0\n") == 13
        port.flush()
        assert port.read(len(ACK)) == ACK


def test_a_read_returns_what_there_is_when_its_time_is_up(quiet):
    with SimulatedPort(OsechiMachine(physics=quiet), timeout=0.05) as port:
        port.write(b"SET_STREAM 0\n")
        assert port.read(1000) == ACK
        assert port.read(1000) == b""
        port.timeout = 0
        assert port.read(1000) == b""


def test_waiting_bytes_are_counted_and_can_be_thrown_away(busy):
    clock = Clock()
    port = SimulatedPort(OsechiMachine(physics=busy), timeout=0.0, clock=clock)
    assert port.in_waiting == 0
    clock.now += 2.0
    waiting = port.in_waiting
    assert waiting > 1000
    assert len(port.read(100)) == 100
    assert port.in_waiting == waiting - 100
    port.reset_input_buffer()
    port.reset_output_buffer()
    assert port.in_waiting == 0
    port.close()


def test_speed_makes_simulated_time_run_faster(busy):
    counts = []
    for speed in (1.0, 50.0):
        clock = Clock()
        machine = OsechiMachine(physics=busy)
        with SimulatedPort(machine, speed=speed, timeout=0.0, clock=clock) as port:
            clock.now += 2.0
            assert port.now() == 2.0 * speed
            counts.append(len(port.read(10**6).splitlines()))
    assert 100 < counts[0] < 260
    assert 8000 < counts[1] < 10000


@pytest.mark.parametrize(("waits", "run_on"), [(True, 0.01), (False, 2.0)])
def test_a_board_may_wait_for_a_late_reader(busy, waits, run_on):
    clock = Clock()
    with SimulatedPort(OsechiMachine(physics=busy), speed=300.0, timeout=0.0, clock=clock, waits=waits) as port:
        port.read(1)
        clock.now += 2.0
        port.write(b"SET_STREAM 0\n")
        assert port.now() == pytest.approx(run_on * 300.0)
        assert port.heard_at == port.beat() == pytest.approx(100.0 + run_on)


def test_a_board_does_not_wait_for_a_reader_that_sleeps_until_it_is_due(quiet):
    with SimulatedPort(OsechiMachine(physics=quiet), speed=300.0, timeout=0.2, waits=True) as port:
        port.read(1)
        assert port.now() > 0.19 * 300.0


def test_a_reader_thread_gets_every_event_while_another_writes(busy, read_windows):
    machine = OsechiMachine(physics=busy, seed=4)
    output = bytearray()
    with SimulatedPort(machine, speed=20.0, timeout=0.05) as port:
        done = threading.Event()

        def read() -> None:
            while not (done.is_set() and output.count(b'"stream":0') == 3):
                output.extend(port.read(port.in_waiting or 1))

        reader = threading.Thread(target=read)
        reader.start()
        for _ in range(3):
            port.write(b"SET_STREAM 1\n")
            time.sleep(0.05)
            port.write(b"SET_STREAM 0\n")
        done.set()
        reader.join()
    found = windows(machine.log.records)
    assert read_windows(bytes(output)) == [window.channels for window in found]
    assert all(window.events for window in found)


def test_a_waiting_reader_sleeps(quiet):
    looks = []

    def clock() -> float:
        looks.append(time.monotonic())
        return looks[-1]

    with SimulatedPort(OsechiMachine(physics=quiet), timeout=0.1, clock=clock) as port:
        assert port.read(1) == b""
    assert len(looks) < 30


def _blocked_read(port):
    """Start a thread that reads without a timeout; return it and what it got."""
    got: list[object] = []

    def read() -> None:
        try:
            got.append(port.read(1000))
        except serial.SerialException as error:
            got.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    return thread, got


def test_a_read_can_be_cancelled(quiet):
    with SimulatedPort(OsechiMachine(physics=quiet)) as port:
        thread, got = _blocked_read(port)
        port.cancel_read()
        thread.join()
    assert got == [b""]


def test_closing_ends_a_blocked_read(quiet):
    port = SimulatedPort(OsechiMachine(physics=quiet))
    thread, got = _blocked_read(port)
    port.close()
    thread.join()
    assert isinstance(got[0], serial.PortNotOpenError)
    port.close()
    assert not port.is_open
    for use in (lambda: port.read(1), lambda: port.write(b"x"), lambda: port.in_waiting, port.reset_input_buffer):
        with pytest.raises(serial.PortNotOpenError):
            use()


def test_pulling_the_cable_ends_a_blocked_read(quiet):
    with SimulatedPort(OsechiMachine(physics=quiet)) as port:
        thread, got = _blocked_read(port)
        port.unplug()
        thread.join()
        assert isinstance(got[0], serial.SerialException)
        assert "disconnected" in str(got[0])
        with pytest.raises(serial.SerialException, match="Input/output error"):
            port.write(b"SET_STREAM 0\n")


def test_the_fault_unplug_ends_a_blocked_read(quiet):
    machine = OsechiMachine(physics=quiet, faults=Faults(unplug=1.0))
    with SimulatedPort(machine, speed=20.0) as port:
        thread, got = _blocked_read(port)
        thread.join()
    assert "disconnected" in str(got[0])


def test_it_looks_like_a_serial_port(quiet):
    with SimulatedPort(OsechiMachine(physics=quiet, baudrate=9600), port="sim://bench") as port:
        assert (port.port, port.name, port.baudrate) == ("sim://bench", "sim://bench", 9600)
        assert (port.is_open, port.timeout, port.write_timeout) == (True, None, None)
