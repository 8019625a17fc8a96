import socket
import threading
import time

import pytest

from scantrail.links import sockets
from scantrail.links.sockets import SocketTransport, dial, resolve


@pytest.fixture
def pair():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        transport = dial("127.0.0.1", listener.getsockname()[1], time.monotonic() + 10.0)
        peer, _ = listener.accept()
    with peer:
        yield transport, peer
        transport.close()


def soon() -> float:
    return time.monotonic() + 10.0


def test_bytes_go_both_ways(pair):
    transport, peer = pair
    assert isinstance(transport, SocketTransport)
    transport.send(b"hello", soon())
    assert peer.recv(100) == b"hello"
    assert not transport.pending()
    peer.sendall(b"answer")
    assert transport.receive(soon()) == b"answer"
    with pytest.raises(TimeoutError):
        transport.receive(time.monotonic() + 0.01)
    with pytest.raises(TimeoutError):
        transport.receive(time.monotonic() - 1.0)
    peer.shutdown(socket.SHUT_WR)
    assert transport.receive(soon()) == b""
    assert transport.pending()


def test_no_delay(pair):
    transport, _ = pair
    assert transport._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_sending_to_a_peer_that_does_not_read_ends_in_time(pair):
    transport, peer = pair
    with pytest.raises(TimeoutError):
        transport.send(b"x" * 50_000_000, time.monotonic() + 0.1)
    reader = threading.Thread(target=lambda: [None for _ in iter(lambda: peer.recv(1 << 20), b"")])
    reader.start()
    transport.send(b"x" * 10_000_000, soon())
    transport.cut()
    assert transport.receive(soon()) == b""
    transport.close()
    reader.join()


def test_addresses_need_no_name_server():
    assert resolve("127.0.0.1", 80, 0.0) == [(socket.AF_INET, ("127.0.0.1", 80))]


def test_a_lookup_that_takes_too_long_is_given_up(monkeypatch):
    lookup = sockets._lookup
    answer = threading.Event()

    def slow(host, port, flags):
        if not flags:
            answer.wait()
        return lookup(host, port, flags)

    monkeypatch.setattr(sockets, "_lookup", slow)
    with pytest.raises(TimeoutError):
        resolve("nowhere.invalid", 80, time.monotonic() + 0.01)
    answer.set()


def test_an_address_that_refuses_is_passed_over(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_server(("127.0.0.1", 0)) as gone:
        port, closed = listener.getsockname()[1], gone.getsockname()[1]
        gone.close()
        both = [(socket.AF_INET, ("127.0.0.1", closed)), (socket.AF_INET, ("127.0.0.1", port))]
        monkeypatch.setattr("scantrail.links.sockets.resolve", lambda host, port, until: both)
        dial("two-addresses", port, soon()).close()
