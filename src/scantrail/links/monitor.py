"""Watching PVs: each on a connection of its own, for the updates of the server carry no name."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager

from scantrail.errors import InputError, LinkLost, ProtocolError, ReplyTimeout
from scantrail.links import replies, requests
from scantrail.links.lines import LineBuffer
from scantrail.links.refusals import UNKNOWN_PV, refused, unknown
from scantrail.links.transport import Dial, Transport, dialled
from scantrail.readings import Reading

Update = tuple[str, Reading]

FASTEST = 0.1
"""The server never sends updates at a shorter interval [s]."""


class Stream:
    """The updates of one PV, over a connection that it takes and closes."""

    def __init__(self, url: str, pv: str, transport: Transport) -> None:
        self.url = url
        self.pv = pv
        self._transport = transport
        self._buffer = LineBuffer()
        self._lines: list[bytes] = []
        self._cut = False

    def start(self, interval: float, until: float) -> None:
        """Ask for updates every `interval` [s]. Raises UnknownPV, ProtocolError, LinkLost, TimeoutError."""
        request = requests.with_value("MONITOR", self.pv, max(1, round(interval * 1e3)))
        self._transport.send(request, until)
        self._hear(until)
        try:
            (refusal,) = replies.acknowledged("MONITORING", [self._lines.pop(0)])
        except replies.OutOfStep as error:
            raise ProtocolError(f"{self.url} answered {error} to MONITOR:{self.pv}") from None
        if refusal is not None:
            if refusal.code == UNKNOWN_PV:
                raise unknown(self.url, self.pv, [])
            raise refused(self.url, request.decode().strip(), refusal)

    def newest(self, until: float) -> Reading | None:
        """Wait for an update, and return the newest that came; None after `cut`.

        Raises LinkLost, TimeoutError, ProtocolError for what is no update.
        """
        self._hear(until)
        if self._cut:
            return None
        line, self._lines = self._lines[-1], []
        kind, _, data = line.decode("utf-8", "backslashreplace").strip().partition(":")
        if kind != "DATA":
            raise ProtocolError(f"{self.url} sent {kind[:80]!r} while {self.pv} was monitored")
        now = time.time()
        try:
            return Reading(float(data), now)
        except ValueError:
            return Reading(None, now, 3, f"{self.pv} was {data[:80]!r}, which is no number")

    def cut(self) -> None:
        """End the updates; from any thread."""
        self._cut = True
        self._transport.cut()

    def close(self) -> None:
        """Close the connection; harmless when done twice."""
        self._transport.close()

    def _hear(self, until: float) -> None:
        while not self._lines and not self._cut:
            try:
                data = self._transport.receive(until)
            except OSError as error:
                if isinstance(error, TimeoutError):
                    raise
                raise LinkLost(
                    f"{self.url} was lost while {self.pv} was monitored: {error.strerror or error}"
                ) from None
            if data:
                self._feed(data)
            elif not self._cut:
                raise LinkLost(f"{self.url} closed the connection on which {self.pv} was monitored")

    def _feed(self, data: bytes) -> None:
        try:
            self._lines += self._buffer.feed(data)
        except OverflowError as error:
            raise ProtocolError(f"{self.url} sent {error} while {self.pv} was monitored") from None


class Updates:
    """Iterates over the updates of several PVs, round after round; `cut` ends it, from any thread."""

    def __init__(self, streams: Sequence[Stream], patience: float) -> None:
        self._streams = streams
        self._patience = patience
        self._rounds = self._go()

    def __iter__(self) -> Iterator[Update]:
        return self

    def __next__(self) -> Update:
        return next(self._rounds)

    def cut(self) -> None:
        """Let the iteration end, also one that waits in another thread."""
        for stream in self._streams:
            stream.cut()

    def _go(self) -> Iterator[Update]:
        while True:
            for stream in self._streams:
                try:
                    reading = stream.newest(time.monotonic() + self._patience)
                except TimeoutError:
                    raise ReplyTimeout(
                        f"{stream.url} sent no update of {stream.pv} for {self._patience:.3g} s"
                    ) from None
                if reading is None:
                    return
                yield stream.pv, reading


@contextmanager
def watching(url: str, dial: Dial, pvs: Sequence[str], interval: float, timeout: float) -> Iterator[Updates]:
    """Watch PVs about every `interval` [s] until the context ends; all must have started within `timeout` [s].

    Raises UnknownPV, ProtocolError, LinkError, ReplyTimeout; silence is an error after `timeout` and an interval.
    """
    if not 0.0 < interval < 86400.0 or not pvs:
        raise InputError(
            f"monitoring needs a PV and an interval above 0 s, not {', '.join(pvs) or 'nothing'} every {interval:g} s"
        )
    until = time.monotonic() + timeout
    with ExitStack() as stack:
        try:
            streams = [stack.enter_context(closing(Stream(url, pv, dialled(url, dial, until)))) for pv in pvs]
            for stream in streams:
                stream.start(interval, until)
        except TimeoutError:
            raise ReplyTimeout(f"{url} did not start to monitor {', '.join(pvs)} within {timeout:.3g} s") from None
        yield Updates(streams, timeout + max(interval, FASTEST))


class Background:
    """Monitoring that goes on after the call that started it."""

    def __init__(self, context: AbstractContextManager[Updates]) -> None:
        self._stack = ExitStack()
        self._updates = self._stack.enter_context(context)
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def readings(self) -> Iterator[Reading]:
        """Return the readings of the PV, until `end`."""
        return (reading for _, reading in self._updates)

    def call(self, callback: Callable[[str, Reading], object]) -> None:
        """Let a thread hand every reading to `callback`."""
        self._thread = threading.Thread(target=self._run, args=(callback,), name="monitor", daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Stop and close; raises what had ended the thread before, the callback's own error too."""
        self._updates.cut()
        if self._thread is not threading.current_thread():
            if self._thread is not None:
                self._thread.join()
            self._stack.close()
            if self._error is not None:
                raise self._error

    def _run(self, callback: Callable[[str, Reading], object]) -> None:
        try:
            for pv, reading in self._updates:
                callback(pv, reading)
        except Exception as error:  # noqa: BLE001 - the callback is not ours; whoever ends the monitoring gets it
            self._error = error
        finally:
            self._stack.close()
