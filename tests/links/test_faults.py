"""What networks and servers do wrong: every call ends in time, and no answer is ever taken for another's."""

import signal
import socket
import threading
import time

import pytest

from scantrail.errors import LinkError, LinkLost, ProtocolError, ReplyTimeout
from scantrail.links import DeviceClient, sockets

X, I0, VTH = "BL02:SAMPLE:X", "BL02:DET:I0", "BL02:DISC:CH1:VTH"
SLACK = 5.0
"""How much later than its deadline a call may end on a busy machine [s]."""


def calls(client):
    return {
        "get": lambda: client.get(X),
        "get_many": lambda: client.get_many([X, I0]),
        "read": lambda: client.read([X, I0], 0.2),
        "put": lambda: client.put(VTH, 3.0, 0.2),
        "move": lambda: client.move(X, 1.0),
        "move_many": lambda: client.move_many({X: 1.0}, 0.2),
        "moving": lambda: client.moving({X}, 0.2),
        "status": lambda: client.status(X),
        "list_pvs": lambda: client.list_pvs(),
        "describe": lambda: client.describe([X]),
        "ping": lambda: client.ping(),
        "stop": lambda: client.stop({X}),
        "monitor": lambda: client.monitor([X], 0.1).__enter__(),
    }


@pytest.mark.parametrize("name", calls(None))
def test_every_call_to_a_silent_server_ends_by_its_deadline(proxy, through, name):
    through.timeout = 0.2
    proxy.blackhole = True
    began = time.monotonic()
    with pytest.raises(ReplyTimeout):
        calls(through)[name]()
    assert time.monotonic() - began < SLACK
    assert through.connected is (name == "monitor")


def test_the_error_tells_server_request_and_time(proxy, through):
    proxy.blackhole = True
    with pytest.raises(ReplyTimeout, match=rf"{through.url}: no answer to MOVE:BL02:SAMPLE:X:5 within 0\.[25]\d* s"):
        through.move(X, 5.0)
    with pytest.raises(ConnectionError, match=r"Not connected .*no answer to MOVE:BL02:SAMPLE:X:5"):
        through.get(X)


def test_a_late_reply_is_never_the_next_answer(proxy, through, machine):
    proxy.delay = 0.4
    with pytest.raises(ReplyTimeout):
        through.read([X], 0.1)
    for _ in range(3):
        with pytest.raises(ConnectionError, match="Not connected"):
            through.get(VTH)
    proxy.delay = 0.0
    through.connect()
    assert through.get(VTH) == 350.0
    assert machine.commands["GET"] == 2


def test_a_write_without_an_answer_is_not_sent_again(proxy, through, machine):
    proxy.delay = 0.4
    with pytest.raises(ReplyTimeout):
        through.put(VTH, 300.0, 0.1)
    proxy.delay = 0.0
    through.connect()
    assert through.get(VTH) == 300.0
    assert machine.commands["PUT"] == 1


def test_delays_within_the_deadline_cost_only_time(proxy, through):
    proxy.delay = 0.05
    assert through.get_many([VTH, X]) == [350.0, 0.0]


def test_one_byte_at_a_time(proxy, through):
    proxy.chunk = 1
    assert through.get_many([VTH, X] * 4) == [350.0, 0.0] * 4
    assert X in through.list_pvs()


@pytest.mark.parametrize("count", [0, 1, 5, 8])
def test_an_end_in_the_middle_of_a_line_is_noticed_at_once(proxy, through, count):
    through.timeout = 30.0
    proxy.cut_after = count
    began = time.monotonic()
    with pytest.raises(LinkLost, match="GET:BL02"):
        through.get_many([VTH, VTH])
    assert time.monotonic() - began < SLACK
    with pytest.raises(ConnectionError, match="Not connected"):
        through.get(X)


def test_an_end_between_calls_is_noticed_before_anything_is_sent(proxy, through, machine):
    through.get(VTH)
    proxy.drop()
    while not through._wire._transport.pending():
        time.sleep(0.001)
    with pytest.raises(LinkLost, match="closed by the server"):
        through.put(VTH, 1.0)
    assert machine.commands["PUT"] == 0


def test_a_corrupt_number_is_no_number(proxy, through):
    proxy.corrupt = lambda data: data.replace(b"3", b"\xb3")
    first, second = through.read([VTH, X], 1.0)
    assert first.value is None
    assert "no number" in first.error
    assert second.value == 0.0


@pytest.mark.parametrize(
    "corrupt", [lambda data: b"\xff" + data[1:], lambda data: data + b"OK:5\n", lambda data: data + b"OK"]
)
def test_what_breaks_the_order_ends_the_connection(proxy, through, corrupt):
    proxy.corrupt = corrupt
    with pytest.raises(ProtocolError, match="not its own"):
        through.get_many([VTH, X])
    with pytest.raises(ConnectionError, match="Not connected"):
        through.get(X)


def test_a_lost_line_end_is_a_missing_answer(proxy, through):
    proxy.corrupt = lambda data: data.replace(b"\n", b" ", 1)
    with pytest.raises((ReplyTimeout, ProtocolError)):
        through.get_many([VTH, X])
    assert not through.connected


def test_repeated_answers_are_seen(proxy, through):
    proxy.duplicate = True
    with pytest.raises(ProtocolError, match="not its own"):
        through.get_many([VTH, X])
    assert not through.connected


def test_an_answer_to_nothing_is_seen_before_the_next_request(scripted):
    client, script = scripted(b"OK:1\n", b"OK:2\n")
    assert client.get("A") == 1.0
    script.early = b"OK:1\n"
    with pytest.raises(ProtocolError, match="not its own"):
        client.get("B")
    assert len(script.sent) == 1
    assert script.closed


@pytest.mark.parametrize(
    ("call", "answer"), [("put", b"OK:MOVING\n"), ("move", b"OK:12\n"), ("status", b"OK:12\n"), ("get", b"OK:IDLE\n")]
)
def test_an_answer_of_another_kind_ends_the_connection(scripted, call, answer):
    client, script = scripted(answer)
    arguments = {"put": ("A", 1.0), "move": ("A", 1.0), "status": ("A",), "get": ("A",)}[call]
    with pytest.raises(ProtocolError, match="not its own"):
        getattr(client, call)(*arguments)
    assert script.closed
    assert not client.connected


def test_an_endless_line_is_given_up(scripted):
    client, _ = scripted(b"x" * (2 << 20))
    with pytest.raises(ProtocolError, match="more than 1048576 bytes"):
        client.get("A")


def test_an_interrupt_ends_the_connection(scripted, monkeypatch):
    client, script = scripted(b"OK:1\n")
    monkeypatch.setattr(script, "receive", lambda until: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        client.get("A")
    assert script.closed
    with pytest.raises(LinkError, match="interrupted"):
        client.get("A")


def test_refused(proxy, through):
    through.get(VTH)
    proxy.refuse()
    assert through.get(VTH) == 350.0
    through.disconnect()
    with pytest.raises(LinkError, match="nothing listens there"):
        through.connect()
    proxy.admit()
    through.connect()
    assert through.get(VTH) == 350.0


def test_a_frozen_server_costs_the_deadline_and_then_works_again(process):
    server, port = process
    with DeviceClient("127.0.0.1", port, timeout=0.5) as client:
        assert client.get(VTH) == 350.0
        server.send_signal(signal.SIGSTOP)
        began = time.monotonic()
        with pytest.raises(ReplyTimeout, match="no answer to GET:BL02:SAMPLE:X "):
            client.read([X], 0.3)
        with pytest.raises(ReplyTimeout):
            client.stop({X})
        assert time.monotonic() - began < SLACK
        server.send_signal(signal.SIGCONT)
        client.connect()
        assert client.get(VTH) == 350.0


def test_a_killed_server_is_noticed_at_once(process):
    server, port = process
    with DeviceClient("127.0.0.1", port, timeout=30.0) as client:
        client.get(X)
        threading.Timer(0.2, server.kill).start()
        began = time.monotonic()
        with pytest.raises(LinkLost):
            while True:
                client.get(X)
        assert time.monotonic() - began < SLACK
        server.wait()
        with pytest.raises(LinkError, match="nothing listens there"):
            client.connect()


def test_a_server_that_never_accepts():
    with socket.socket() as listener, socket.socket() as first, socket.socket() as second:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for filler in (first, second):
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        began = time.monotonic()
        with pytest.raises(ReplyTimeout, match=r"did not accept a connection within 0\.3 s"):
            DeviceClient("127.0.0.1", port, timeout=0.3).connect()
        assert time.monotonic() - began < SLACK


def test_a_host_that_does_not_resolve():
    with pytest.raises(LinkError, match=r'the host "nowhere\.invalid" is not known'):
        DeviceClient("nowhere.invalid", timeout=30.0).connect()


def test_a_name_server_that_is_silent(monkeypatch):
    answer = threading.Event()
    lookup = sockets._lookup

    def slow(host, port, flags):
        if not flags:
            answer.wait()
        return lookup(host, port, flags)

    monkeypatch.setattr(sockets, "_lookup", slow)
    try:
        with pytest.raises(ReplyTimeout):
            DeviceClient("nowhere.invalid", timeout=0.1).connect()
    finally:
        answer.set()
