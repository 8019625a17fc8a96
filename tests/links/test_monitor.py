import threading
import time

import pytest

from scantrail.errors import InputError, LinkLost, ProtocolError, ReplyTimeout, UnknownPV
from scantrail.links import DeviceClient, Reading

RING, VTH = "BL02:RING:CURRENT", "BL02:DISC:CH1:VTH"


def test_several_pvs_by_name_on_connections_of_their_own(client, machine):
    before = time.time()
    with client.monitor([RING, VTH], 0.1) as updates:
        assert client.get(VTH) == 350.0
        found = [next(updates) for _ in range(4)]
    assert [pv for pv, _ in found] == [RING, VTH] * 2
    assert [reading.value for pv, reading in found if pv == VTH] == [350.0, 350.0]
    assert all(before <= reading.time <= time.time() for _, reading in found)
    assert machine.connections == 3
    assert machine.commands["MONITOR"] == 2


def test_who_asks_late_gets_the_newest(client):
    with client.monitor([VTH], 0.1) as updates:
        next(updates)
        client.put(VTH, 400.0)
        time.sleep(0.35)
        assert next(updates)[1].value == 400.0


def test_callback_and_stop(client):
    got: list[tuple[str, Reading]] = []
    enough = threading.Event()

    def note(pv, reading):
        got.append((pv, reading))
        if len(got) >= 2:
            enough.set()

    assert client.monitor_start(VTH, 100, note) is None
    assert enough.wait(10.0)
    client.monitor_stop()
    count = len(got)
    client.monitor_stop()
    time.sleep(0.15)
    assert len(got) == count
    assert {(pv, reading.value) for pv, reading in got} == {(VTH, 350.0)}


def test_iterator_and_stop(client):
    readings = client.monitor_start(VTH, 100)
    assert [next(readings).value, next(readings).value] == [350.0, 350.0]
    client.monitor_stop()
    assert list(readings) == []


def test_a_second_monitor_replaces_the_first(client):
    first = client.monitor_start(VTH, 100)
    second = client.monitor_start(RING, 100)
    assert list(first) == []
    assert next(second).value == pytest.approx(400.0, rel=0.01)
    client.disconnect()
    assert list(second) == []


def test_stop_from_the_callback_itself(client):
    stopped = threading.Event()

    def once(pv, reading):
        client.monitor_stop()
        stopped.set()

    client.monitor_start(VTH, 100, once)
    assert stopped.wait(10.0)


def test_what_the_callback_raises_is_raised_by_stop(client):
    called = threading.Event()

    def fail(pv, reading):
        called.set()
        raise RuntimeError("the plot is gone")

    client.monitor_start(VTH, 100, fail)
    assert called.wait(10.0)
    with pytest.raises(RuntimeError, match="the plot is gone"):
        client.monitor_stop()
    client.monitor_stop()


def test_disconnect_tells_what_ended_the_monitoring_in_the_log(proxy, through, caplog):
    called = threading.Event()
    through.monitor_start(VTH, 100, lambda pv, reading: called.set())
    assert called.wait(10.0)
    background = through._background
    proxy.drop()
    background._thread.join()
    through.disconnect()
    assert "closed the connection on which BL02:DISC:CH1:VTH was monitored" in caplog.text


def test_an_unknown_pv(client):
    with pytest.raises(UnknownPV, match="NO:SUCH"), client.monitor([VTH, "NO:SUCH"], 0.1):
        pass
    with pytest.raises(UnknownPV):
        client.monitor_start("NO:SUCH", 100)


@pytest.mark.parametrize("interval", [0.0, -1.0, float("nan"), float("inf")])
def test_an_interval_that_is_none(client, interval):
    with pytest.raises(InputError, match="monitoring"), client.monitor([VTH], interval):
        pass


def test_silence_is_an_error(proxy, server):
    with DeviceClient("127.0.0.1", proxy.port, timeout=0.3) as client, client.monitor([VTH], 0.1) as updates:
        next(updates)
        proxy.blackhole = True
        with pytest.raises(ReplyTimeout, match=r"sent no update of BL02:DISC:CH1:VTH for 0\.4 s"):
            while True:
                next(updates)


def test_the_end_of_the_server_is_an_error(proxy, through):
    with through.monitor([VTH], 0.1) as updates:
        next(updates)
        proxy.drop()
        with pytest.raises(LinkLost):
            while True:
                next(updates)


def test_noise_is_an_error(scripted):
    client, script = scripted(b"OK:MONITORING\nDATA:1\n", b"OK:MONITORING\nDATA:warm\nHELLO\n")
    with client.monitor(["A"], 1.0) as updates:
        assert next(updates)[1].value == 1.0
        script.early = b"DATA:warm\n"
        assert "no number" in next(updates)[1].error
        script.early = b"HELLO\n"
        with pytest.raises(ProtocolError, match="'HELLO'"):
            next(updates)


def test_what_the_server_answers_instead(scripted):
    for answer, error in ((b"ERR:TEAPOT\n", "TEAPOT"), (b"HELLO\n", "'HELLO'"), (b"OK:12\n", "OK:12")):
        client, script = scripted(answer)
        with pytest.raises(ProtocolError, match=error), client.monitor(["A"], 1.0):
            pass
        assert script.closed


def test_an_endless_update(scripted):
    client, script = scripted(b"OK:MONITORING\n")
    with client.monitor(["A"], 1.0) as updates:
        script.early = b"x" * (2 << 20)
        with pytest.raises(ProtocolError, match="more than 1048576 bytes"):
            next(updates)
