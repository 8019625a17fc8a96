"""What a line protocol runs over: bytes out, bytes in, nothing waits beyond a moment of the monotonic clock."""

from collections.abc import Callable
from typing import Protocol

from scantrail.errors import LinkError


class Transport(Protocol):
    """An open connection. `until` is a time of `time.monotonic` [s]; every method may raise OSError."""

    def send(self, data: bytes, until: float) -> None:
        """Hand over all of `data`. Raises TimeoutError if that is not done by `until`."""
        ...

    def receive(self, until: float) -> bytes:
        """Return what has come, at least a byte; empty at the end of file. Raises TimeoutError at `until`."""
        ...

    def pending(self) -> bool:
        """Whether `receive` would return at once: bytes that nobody asked for, or the end of file."""
        ...

    def cut(self) -> None:
        """Let a `receive` that waits in another thread find the end of file; only `close` gives things back."""
        ...

    def close(self) -> None:
        """Give the connection up; harmless when done twice."""
        ...


Dial = Callable[[float], Transport]
"""Opens a connection by a time of `time.monotonic`. Raises LinkError or TimeoutError."""


def dialled(url: str, dial: Dial, until: float) -> Transport:
    """Open a connection by `until`; what fails is told as a LinkError that names `url`. Raises TimeoutError."""
    try:
        return dial(until)
    except TimeoutError:
        raise
    except OSError as error:
        raise LinkError(f"{url}: {error}") from None
