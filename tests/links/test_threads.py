import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from scantrail.errors import LinkError, MotionError, ReplyTimeout
from scantrail.links import DeviceClient, LineClient
from scantrail.sim import BeamlineFaults, BeamlineMachine, BeamlineServer

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"


def test_threads_on_one_client_get_their_own_values(client):
    pvs = [f"BL02:DISC:CH{n}:VTH" for n in (1, 2, 3)]
    for value, pv in enumerate(pvs, 1):
        client.put(pv, value)

    def many(index):
        one = [client.get(pvs[index]) for _ in range(200)]
        other = [client.get_many([pvs[index], X])[0] for _ in range(200)]
        return {*one, *other}

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(many, range(3))) == [{1.0}, {2.0}, {3.0}]


def test_a_call_waits_for_another_threads_call_only_until_its_deadline(proxy, through):
    through.get(X)
    proxy.blackhole = True
    through.timeout = 1.0
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(through.get, X)
        while not through._wire._lock.locked():
            time.sleep(0.001)
        with pytest.raises(ReplyTimeout, match="is busy"):
            through.read([X], 0.1)
        assert isinstance(other.exception(), ReplyTimeout)


def moving_machine(**faults) -> BeamlineMachine:
    return BeamlineMachine(seed=1, faults=BeamlineFaults(**faults))


def test_stop_is_a_move_to_the_readback():
    machine = moving_machine()
    with BeamlineServer(machine) as server, DeviceClient("127.0.0.1", server.port) as client:
        assert client.move_many({X: 5000.0, Y: -5000.0}, 1.0) == {X, Y}
        client.stop({X, Y})
        while client.moving({X, Y}, 1.0):
            pass
        here = client.get_many([f"{X}.RBV", f"{Y}.RBV"])
        assert client.get_many([X, Y]) == here
        assert 0.0 <= here[0] < 4000.0
        assert -4000.0 < here[1] <= 0.0
        client.stop(set())
    assert machine.connections == 1


def test_stop_from_another_thread_while_a_call_hangs(proxy, server, machine):
    with DeviceClient("127.0.0.1", proxy.port, timeout=2.0) as client:
        client.move(X, 100.0)
        proxy.blackhole = True
        with ThreadPoolExecutor(1) as pool:
            hanging = pool.submit(client.get, X)
            while not client._wire._lock.locked():
                time.sleep(0.001)
            client._dial = DeviceClient("127.0.0.1", server.port)._dial  # the way to the server is free again
            client.stop({X})
            assert not hanging.done()
            assert isinstance(hanging.exception(), ReplyTimeout)
    assert machine.commands["MOVE"] == 2


def test_stop_after_a_timeout_and_without_a_connection(proxy, through, machine):
    through.move(X, 100.0)
    proxy.blackhole = True
    with pytest.raises(ReplyTimeout):
        through.read([X], 0.05)
    proxy.blackhole = False
    through.stop({X})
    assert machine.commands["MOVE"] == 2
    assert not through.connected


def test_stop_from_a_signal_handler_in_the_middle_of_a_call(proxy, server, machine):
    with DeviceClient("127.0.0.1", proxy.port, timeout=1.0) as client:
        client.move(X, 100.0)
        proxy.blackhole = True
        client._dial = DeviceClient("127.0.0.1", server.port)._dial
        stopped = []

        def stop(number, frame):
            client.stop({X})
            stopped.append(machine.commands["MOVE"])

        before = signal.signal(signal.SIGALRM, stop)
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            with pytest.raises(ReplyTimeout):
                client.get(X)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
            signal.signal(signal.SIGALRM, before)
    assert stopped == [2]


def test_stop_names_what_it_did_not_stop():
    machine = moving_machine(refuse={f"{X}.RBV": 1})
    with BeamlineServer(machine) as server, DeviceClient("127.0.0.1", server.port) as client:
        client.move_many({X: 5000.0, Y: 5000.0}, 1.0)
        with pytest.raises(MotionError, match=r"did not stop BL02:SAMPLE:X \(INTERNAL\)"):
            client.stop({X, Y})
        assert client.get(Y) < 4000.0
        assert client.get(X) == 5000.0


def test_stop_without_a_server_ends_with_an_error(proxy, through):
    through.get(X)
    proxy.refuse()
    proxy.drop()
    with pytest.raises(LinkError, match="nothing listens there"):
        through.stop({X})


def test_disconnect_waits_for_the_call_in_flight(scripted):
    client, script = scripted(b"OK:1\n")
    entered, leave = threading.Event(), threading.Event()
    receive = script.receive

    def slow(until):
        entered.set()
        leave.wait()
        return receive(until)

    script.receive = slow
    with ThreadPoolExecutor(2) as pool:
        value = pool.submit(client.get, "A")
        entered.wait()
        closing = pool.submit(client.disconnect)
        leave.set()
        assert value.result() == 1.0
        closing.result()
    assert script.closed


def test_line_clients_take_any_transport(scripted):
    client, script = scripted(b"OK:1\nOK:2\n")
    assert isinstance(client, LineClient)
    assert client.get_many(["A", "B"]) == [1.0, 2.0]
    assert script.sent == [b"GET:A\nGET:B\n"]
    client.arm(["A"], 0.1)
    assert client.ready(["A"])
