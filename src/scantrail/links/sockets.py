"""TCP connections with deadlines: name lookup, connecting, sending and receiving."""

import contextlib
import queue
import select
import socket
import struct
import threading
import time
from typing import Any

from scantrail.errors import LinkError

CHUNK = 16384
SOON = 0.004
"""How long a receive waits before it looks at the deadline [s]: a fast server's answer costs one system call."""
_SOON = struct.pack("ll", 0, int(SOON * 1e6))
_DONTWAIT = socket.MSG_DONTWAIT
_QUICKACK = getattr(socket, "TCP_QUICKACK", None)  # Linux has it
_Address = tuple[Any, ...]


class SocketTransport:
    """A connected TCP socket. It blocks for a moment at most, all waiting is done in poll with what time is left."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(True)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, _SOON)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        readable = select.poll()
        readable.register(sock, select.POLLIN)
        self._wait = readable.poll
        self._partial = False

    def send(self, data: bytes, until: float) -> None:
        """Hand all of `data` to the kernel. Raises TimeoutError, OSError."""
        self._partial = False
        while data:
            try:
                data = data[self._sock.send(data, _DONTWAIT) :]
            except BlockingIOError:
                writable = select.poll()
                writable.register(self._sock, select.POLLOUT)
                left = until - time.monotonic()
                if left <= 0.0 or not writable.poll(left * 1e3):
                    raise TimeoutError from None

    def receive(self, until: float) -> bytes:
        """Return what has come, empty at the end of file. Raises TimeoutError, OSError."""
        if self._partial and _QUICKACK is not None:
            # the server sends a segment a reply: a delayed acknowledgement would hold the next one back for 40 ms.
            # What came before is acknowledged now; the first segment needs none, the next request carries it.
            self._sock.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)
        self._partial = True
        while True:
            try:
                return self._sock.recv(CHUNK)
            except BlockingIOError:  # not yet, or poll was wrong, which it may be
                left = until - time.monotonic()
                if left <= 0.0 or not self._wait(left * 1e3):
                    raise TimeoutError from None

    def pending(self) -> bool:
        """Whether bytes or the end of file are waiting."""
        return bool(self._wait(0))

    def cut(self) -> None:
        """End the connection both ways, so that a `receive` in another thread returns empty."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the socket."""
        # what was not read would make the kernel reset the connection instead of ending it
        with contextlib.suppress(OSError):
            self._sock.recv(CHUNK, _DONTWAIT)
        self._sock.close()


def dial(host: str, port: int, until: float) -> SocketTransport:
    """Connect by `until` [s of time.monotonic]. Raises LinkError; TimeoutError if nobody answers."""
    addresses = resolve(host, port, until)
    refusals: list[str] = []
    for number, (family, address) in enumerate(addresses):
        left = until - time.monotonic()
        if left <= 0.0:
            break
        try:
            # a host may have an address that swallows packets: the others get their share of the time
            return _connected(family, address, left / (len(addresses) - number))
        except TimeoutError:
            continue
        except OSError as error:
            refusals.append(_told(error))
    if refusals:
        raise LinkError(f"cannot connect: {refusals[-1]}")
    raise TimeoutError


def resolve(host: str, port: int, until: float) -> list[tuple[int, _Address]]:
    """Look up the addresses of a host, none twice. Raises LinkError; TimeoutError if the name server is silent."""
    with contextlib.suppress(socket.gaierror):
        return _lookup(host, port, socket.AI_NUMERICHOST)
    # the C library's lookup knows no deadline; a thread that hangs in it must not keep the program alive
    answers: queue.SimpleQueue[list[tuple[int, _Address]] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(_lookup(host, port, 0))
        except OSError as error:
            answers.put(error)
        except UnicodeError:
            answers.put(OSError("not a name that the network knows"))

    threading.Thread(target=look_up, name=f"look up {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=max(until - time.monotonic(), 0.0))
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, OSError):
        raise LinkError(f'the host "{host}" is not known: {answer.strerror or answer}; check its name')
    return answer


def _lookup(host: str, port: int, flags: int) -> list[tuple[int, _Address]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys((int(family), address) for family, _, _, _, address in found))


def _connected(family: int, address: _Address, seconds: float) -> SocketTransport:
    with contextlib.ExitStack() as stack:
        sock = stack.enter_context(socket.socket(family, socket.SOCK_STREAM))
        sock.settimeout(seconds)
        sock.connect(address)
        transport = SocketTransport(sock)
        stack.pop_all()
        return transport


def _told(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there; start the server, or check host and port"
    return f"{error.strerror or error}"
