import threading
import time

import pytest

from scantrail.sim import BeamlineFaults, BeamlineMachine, Bench
from scantrail.sim.beamline import dialer


def test_answers_without_a_socket():
    transport = Bench(BeamlineMachine(seed=1)).dial(0.0)
    assert not transport.pending()
    transport.send(b"PING\nPI", 0.0)
    assert transport.pending()
    assert transport.receive(0.0) == b"OK:PONG\n"
    with pytest.raises(TimeoutError):
        transport.receive(time.monotonic() + 0.01)
    transport.send(b"NG\nQUIT\n", 0.0)
    assert transport.receive(0.0) == b"OK:PONG\nOK:BYE\n"
    assert transport.receive(0.0) == b""
    with pytest.raises(BrokenPipeError):
        transport.send(b"PING\n", 0.0)
    transport.close()


def test_it_waits_for_what_takes_time():
    transport = Bench(BeamlineMachine(seed=1, faults=BeamlineFaults(slow=0.05))).dial(0.0)
    transport.send(b"PING\n", 0.0)
    with pytest.raises(TimeoutError):
        transport.receive(time.monotonic() + 0.01)
    assert transport.receive(time.monotonic() + 10.0) == b"OK:PONG\n"


def test_a_wait_is_cut_from_another_thread():
    transport = Bench(BeamlineMachine(seed=1)).dial(0.0)
    threading.Timer(0.05, transport.cut).start()
    assert transport.receive(time.monotonic() + 30.0) == b""
    assert transport.pending()


def test_names_are_shared_while_somebody_holds_them():
    one = dialer("here")
    assert dialer("here").__self__ is one.__self__
    assert dialer("there").__self__ is not one.__self__
    assert dialer().__self__ is not dialer().__self__
