"""The simulated beamline on a TCP port, for any number of clients."""

import asyncio
import contextlib
import selectors
import socket
import struct
import threading
import time
from typing import Self

from scantrail.errors import PortBusy
from scantrail.sim.beamline.machine import BeamlineMachine, Session

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER that makes closing a reset."""


class BeamlineServer:
    """Serves `machine` on host:port, a free port for 0; it listens from construction on, `port` tells where.

    As a context manager it serves from a thread of its own; `serve` serves in the calling one. Raises PortBusy.
    """

    def __init__(self, machine: BeamlineMachine, host: str = "127.0.0.1", port: int = 0) -> None:
        self.machine = machine
        self.host = host
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
            self._socket.listen(128)
        except OSError as error:
            self._socket.close()
            raise PortBusy(f"cannot listen on {host} port {port}: {error.strerror or error}") from None
        self.port: int = self._socket.getsockname()[1]
        self._began = time.monotonic()
        self._loop = asyncio.SelectorEventLoop(_selector(machine))
        self._stopped = asyncio.Event()
        self._thread: threading.Thread | None = None
        machine.note("listen", 0.0, host=host, port=self.port, unix=time.time())

    @property
    def address(self) -> str:
        """Where it listens, as host:port."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def now(self) -> float:
        """Return the machine's time [s]."""
        return time.monotonic() - self._began

    def stop(self) -> None:
        """Let `serve` return; from any thread or signal handler."""
        with contextlib.suppress(RuntimeError):  # it has returned
            self._loop.call_soon_threadsafe(self._stopped.set)

    def serve(self) -> None:
        """Serve until `stop`; every connection is closed then."""
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()
            self.machine.close(self.now())

    async def _serve(self) -> None:
        clients: set[_Client] = set()
        server = await self._loop.create_server(lambda: _Client(self, clients), sock=self._socket)
        await self._stopped.wait()
        # connections in the middle of being accepted must come to be before the server closes, or their sockets leak
        self._loop.remove_reader(self._socket)
        accepting = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*accepting, return_exceptions=True)
        server.close()
        for client in list(clients):
            client.abort()
        while clients:
            await asyncio.sleep(0)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, name=f"beamline {self.address}")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()


class _Client(asyncio.Protocol):
    def __init__(self, server: BeamlineServer, clients: "set[_Client]") -> None:
        self._server = server
        self._clients = clients
        self._session: Session = server.machine.open(server.now())
        self._alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: asyncio.Transport = transport  # type: ignore[assignment] # it is a stream's
        self._clients.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._clients.discard(self)
        if self._alarm is not None:
            self._alarm.cancel()
        self._server.machine.note("closed", self._server.now(), connection=self._session.number)

    def data_received(self, data: bytes) -> None:
        self._session.receive(data, self._server.now())
        self._answer()

    # a client that does not read is not listened to
    def pause_writing(self) -> None:
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._transport.resume_reading()

    def abort(self) -> None:
        self._transport.abort()

    def _answer(self) -> None:
        data = self._session.emit(self._server.now())
        if data:
            self._transport.write(data)
        due = self._session.next_due()
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        if due is not None:
            delay = max(0.0, due - self._server.now())
            self._alarm = asyncio.get_running_loop().call_later(delay, self._answer)
        elif self._session.ended:
            self._end()

    def _end(self) -> None:
        if self._session.ended == "reset":
            sock = self._transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._transport.abort()
        else:
            self._transport.close()


def _selector(machine: BeamlineMachine) -> selectors.BaseSelector:
    # epoll rounds up to whole milliseconds, too coarse for ticks of one
    return selectors.SelectSelector() if machine.tick else selectors.DefaultSelector()
