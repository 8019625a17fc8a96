"""A TCP proxy that does to a conversation what networks do: it delays, tears, corrupts, repeats, swallows, refuses."""

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Self

CHUNK = 65536


class FaultProxy:
    """Passes connections to `port` on to the server behind it; the faults may change while connections live.

    delay: seconds before each piece of answers goes on. chunk: pieces of so many bytes, 0 for as they come. cut_after:
    so many bytes of answers from now on, then the end of file. corrupt: what becomes of a piece of answers. duplicate:
    every answer line twice. blackhole: nothing passes, either way, and nothing ends.
    """

    def __init__(self, server_port: int, host: str = "127.0.0.1") -> None:
        self.delay = 0.0
        self.chunk = 0
        self.cut_after: int | None = None
        self.corrupt: Callable[[bytes], bytes] | None = None
        self.duplicate = False
        self.blackhole = False
        self.accepted = 0
        self._server = (host, server_port)
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._sockets: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.port = 0
        self.admit()

    def admit(self) -> None:
        """Take connections, after `refuse` again."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self._listener = listener
        self.port = listener.getsockname()[1]
        self._start(lambda: self._accept(listener))

    def refuse(self) -> None:
        """Refuse new connections; those that are open live on."""
        listener, self._listener = self._listener, None
        if listener is not None:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def drop(self) -> None:
        """End every open connection."""
        for sock in self._sockets:
            _end(sock)

    def close(self) -> None:
        """End everything; no thread and no socket stays."""
        self._closing.set()
        self.refuse()
        self.drop()
        for thread in self._threads:
            thread.join()
        for sock in self._sockets:
            sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="fault proxy")
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            try:
                server = socket.create_connection(self._server)
            except OSError:
                client.close()
                continue
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._sockets.append(sock)
            if self._closing.is_set():
                self.drop()
            self._start(lambda client=client, server=server: self._pump(client, server, lambda data: data))
            self._start(lambda client=client, server=server: self._pump(server, client, self._spoiled))

    def _pump(self, source: socket.socket, sink: socket.socket, change: Callable[[bytes], bytes]) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                if self.blackhole:
                    continue
                whole = change(data)
                size = self.chunk or len(whole) or 1
                for start in range(0, len(whole), size):
                    sink.sendall(whole[start : start + size])
                if self.cut_after == 0 and change == self._spoiled:
                    break
        if not self.blackhole or self._closing.is_set():
            _end(source)
            _end(sink)

    def _spoiled(self, data: bytes) -> bytes:
        if self.delay:
            self._closing.wait(self.delay)
        if self.corrupt is not None:
            data = self.corrupt(data)
        if self.duplicate:
            data = b"".join(line * 2 for line in data.splitlines(keepends=True))
        if self.cut_after is not None:
            data = data[: self.cut_after]
            self.cut_after -= len(data)
        return data


def _end(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)
