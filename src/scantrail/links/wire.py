"""One connection for requests and replies: shared by threads, bounded in time, and never trusted after a failure."""

import math
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from scantrail.errors import InputError, LinkError, LinkLost, ProtocolError, ReplyTimeout
from scantrail.links.lines import LONGEST_REPLY
from scantrail.links.replies import OutOfStep
from scantrail.links.requests import Batches, requested
from scantrail.links.transport import Dial, Transport, dialled

_T = TypeVar("_T")

_FAILURES = (OSError, EOFError, OutOfStep)
_REOPEN = "the connection is closed, and connect() opens a new one"


class Wire:
    """A connection to `url`, one exchange at a time.

    A failure in the middle of an exchange, an interrupt too, closes the connection: an answer that comes late is never
    taken for another one's. Nothing opens it again but `open`.
    """

    def __init__(self, url: str, dial: Dial) -> None:
        self.url = url
        self._dial = dial
        self._lock = threading.Lock()
        self._transport: Transport | None = None
        self._why = "connect() was not called"

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as is known."""
        return self._transport is not None

    def open(self, seconds: float) -> None:
        """Connect within `seconds`; nothing happens to an open connection. Raises LinkError, ReplyTimeout."""
        until = time.monotonic() + seconds
        if not until < math.inf:
            raise self._endless(seconds)
        self._take_turn(seconds)
        try:
            if self._transport is None:
                self._transport = dialled(self.url, self._dial, until)
        except TimeoutError:
            raise ReplyTimeout(f"{self.url} did not accept a connection within {seconds:.3g} s") from None
        finally:
            self._lock.release()

    def exchange(
        self, batches: Batches, seconds: float, read: Callable[[list[bytes]], _T], *, patience: float | None = None
    ) -> _T:
        """Send each batch once, collect all answers to it before the next, and return what `read` makes of them.

        patience: how long [s] to wait for another thread's exchange, by default `seconds`, which bound everything.
        Raises LinkError ("Not connected"), LinkLost, ReplyTimeout; ProtocolError if `read` raises OutOfStep.
        """
        began = time.monotonic()
        until = began + seconds
        if not until < math.inf:
            raise self._endless(seconds)
        if not self._lock.acquire(blocking=False):
            self._take_turn(seconds if patience is None else patience)
        replies: list[bytes] = []
        try:
            transport = self._transport
            if transport is None:
                raise LinkError(f"Not connected to {self.url} ({self._why}): call connect() first")
            try:
                for data, count in batches:
                    _ask(transport, data, count, until, replies)
                return read(replies)
            except _FAILURES as error:
                raise self._failed(error, _unanswered(batches, replies), time.monotonic() - began) from None
            except BaseException:
                self._drop("the last call was interrupted")
                raise
        finally:
            self._lock.release()

    def close(self, why: str = "disconnect() was called") -> None:
        """Close the connection, after the exchange that another thread may have in flight."""
        with self._lock:
            self._drop(why)

    def _endless(self, seconds: float) -> InputError:
        return InputError(f"deadline {seconds} s: every call to {self.url} needs an end")

    def _take_turn(self, seconds: float) -> None:
        if not self._lock.acquire(timeout=max(seconds, 0.0)):
            raise ReplyTimeout(f"{self.url} is busy: another thread's call took all of {seconds:.3g} s")

    def _failed(self, error: Exception, request: str, elapsed: float) -> Exception:
        """Drop the connection and return the error that tells why."""
        if isinstance(error, TimeoutError):
            why = f"no answer to {request} within {elapsed:.3g} s"
            failure: Exception = ReplyTimeout(f"{self.url}: {why}; {_REOPEN}")
        elif isinstance(error, EOFError | OSError):
            ended = "was closed by the server" if isinstance(error, EOFError) else f"broke ({error.strerror or error})"
            why = f"the connection {ended}, {elapsed:.3g} s into {request}"
            failure = LinkLost(f"{self.url}: {why}; connect() opens a new one")
        else:
            why = f"{request} met an answer that is not its own ({error})"
            failure = ProtocolError(f"{self.url}: {why}; {_REOPEN}")
        self._drop(why)
        return failure

    def _drop(self, why: str) -> None:
        transport, self._transport = self._transport, None
        if transport is not None:
            self._why = why
            transport.close()


def _ask(transport: Transport, data: bytes, count: int, until: float, replies: list[bytes]) -> None:
    """Send a batch and add its answers to `replies`, also what came of them before a failure."""
    if transport.pending():  # the end of file, or an answer to nothing
        raise OutOfStep(_shown(transport.receive(until) or _ended()))
    transport.send(data, until)
    received = transport.receive(until) or _ended()
    lines = received.split(b"\n")
    try:
        while len(lines) <= count:
            if len(received) > count * LONGEST_REPLY:
                raise OutOfStep(f"more than {LONGEST_REPLY} bytes")
            received += transport.receive(until) or _ended()
            lines = received.split(b"\n")
    finally:
        rest = lines.pop()
        replies += lines
    if rest or len(lines) > count:
        raise OutOfStep(_shown(rest or lines[-1]))


def _ended() -> bytes:
    raise EOFError


def _shown(data: bytes) -> str:
    return repr(data[:80].decode("utf-8", "backslashreplace"))


def _unanswered(batches: Batches, replies: Sequence[bytes]) -> str:
    """Name the first request without an answer, the last one if all have theirs."""
    requests = requested(batches)
    return requests[min(len(replies), len(requests) - 1)]
