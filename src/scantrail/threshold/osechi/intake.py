"""The thread that takes what the port gives, and the splitting of it into lines."""

import io
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from scantrail.errors import LinkLost, OutputError

COALESCE = 0.0004
"""Under load the port is emptied once in this time [s]: a system call for many lines, not one for each."""

BUSY, FULL = 256, 3072
"""Bytes at once that are load (a serial line gives 12 in a millisecond), and that leave no time to wait for more."""

LONGEST_LINE = 1 << 16  # bytes without a newline that are no line any more


class SerialLike(Protocol):
    """What the driver needs of a port; pyserial's `Serial` is one. `read` returns after `timeout` [s] at the latest."""

    timeout: float | None

    @property
    def in_waiting(self) -> int:
        """Bytes that can be read at once."""
        ...

    def read(self, size: int = 1, /) -> bytes:
        """Return up to `size` bytes."""
        ...

    def write(self, data: bytes, /) -> int | None:
        """Send `data`; return how many bytes were taken."""
        ...

    def cancel_read(self) -> None:
        """Let a read in another thread return at once."""
        ...

    def reset_input_buffer(self) -> None:
        """Drop what waits to be read."""
        ...

    def close(self) -> None:
        """Close; once closed, closing does nothing."""
        ...


class Chunk(NamedTuple):
    """Bytes as the port gave them, with the time of their arrival: monotonic and unix seconds."""

    data: bytes
    at: float
    utc: float


class Block(NamedTuple):
    """The lines that one chunk completed, without their newlines, with its time of arrival."""

    lines: Sequence[bytes]
    at: float
    utc: float


class Splitter:
    """Lines out of chunks; a line may begin in one chunk and end in another."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Return the lines that end in these bytes. What never ends is cut: it is no line."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines.append(self._rest)
            self._rest = b""
        return lines


class Intake:
    """Takes chunks from a port in a thread, stamps them, keeps them for one consumer, and in a raw file when told to.

    It parses nothing, so it keeps up with a flood while the consumer is busy. What the port fails with is raised to the
    consumer, once everything that arrived before is taken.
    """

    def __init__(self, port: SerialLike, name: str) -> None:
        self.name = name
        self.lines = 0
        self._port = port
        self._chunks: list[Chunk] = []
        self._arrived = threading.Condition()
        self._raw: io.FileIO | None = None
        self._failure: OSError | None = None
        self._raw_failure: OSError | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"intake {name}", daemon=True)
        self._thread.start()

    def take(self, deadline: float) -> list[Chunk]:
        """Return what has arrived since the last call, waiting for it until `deadline` (monotonic) if there is nothing.

        Raises LinkLost when the port is gone. A raw file that cannot be written is no reason to raise: the detector
        must still be talked to, and its thresholds given back.
        """
        with self._arrived:
            while not self._chunks and self._failure is None:
                left = deadline - time.monotonic()
                if left <= 0 or not self._arrived.wait(left):
                    break
            chunks, self._chunks = self._chunks, []
            failure = self._failure
        if failure is not None and not chunks:
            raise lost(self.name, failure) from failure
        return chunks

    def record(self, path: Path | None) -> None:
        """Append every byte from now on to this file; None ends it.

        Raises OutputError where the file cannot be opened, or the one until now could not be written.
        """
        try:
            opened = None if path is None else io.FileIO(path, "ab")
        except OSError as error:
            raise OutputError(f"{path} cannot be opened for the raw data of {self.name}: {error.strerror}") from error
        self._record_to(opened)
        self.check_raw()

    def check_raw(self) -> None:
        """Raise OutputError, once, if the raw file could not be written; nothing is kept in it since."""
        with self._arrived:
            failure, self._raw_failure = self._raw_failure, None
        if failure is not None:
            raise OutputError(f"the raw file of {self.name} cannot be written: {failure.strerror}") from failure

    def close(self) -> None:
        """End the thread and the raw file; the port stays open."""
        self._closing.set()
        with suppress(OSError):  # the port is gone, and its thread with it
            self._port.cancel_read()
        self._thread.join()
        self._record_to(None)

    def _record_to(self, raw: io.FileIO | None) -> None:
        with self._arrived:
            before, self._raw = self._raw, raw
        if before is not None:
            before.close()

    def _run(self) -> None:
        port = self._port
        try:
            while not self._closing.is_set():
                data = port.read(port.in_waiting or 1)
                if data:
                    self._keep(Chunk(data, time.monotonic(), time.time()))
                if BUSY <= len(data) < FULL:
                    time.sleep(COALESCE)
        except OSError as error:
            with self._arrived:
                self._failure = error
                self._arrived.notify()

    def _keep(self, chunk: Chunk) -> None:
        with self._arrived:
            self._chunks.append(chunk)
            self.lines += chunk.data.count(b"\n")
            if self._raw is not None:
                self._write_raw(self._raw, chunk.data)
            self._arrived.notify()

    def _write_raw(self, raw: io.FileIO, data: bytes) -> None:
        try:
            while data:
                data = data[raw.write(data) :]
        except OSError as error:
            self._raw_failure, self._raw = error, None
            raw.close()


def lost(name: str, error: OSError) -> LinkLost:
    """The error for a port that was open and is gone."""
    return LinkLost(f"The detector on {name} is gone ({error}); check its cable and its power, then start again")
