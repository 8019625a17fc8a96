"""The simulated board in this very process, behind the methods of a pyserial port."""

import math
import threading
import time
from collections.abc import Callable
from typing import Self

import serial

from scantrail.sim.osechi.machine import OsechiMachine

LATENCY = 0.0002
"""Shortest sleep of a reader [s of wall-clock time]: bytes come in chunks, as from a converter's latency timer."""

SLACK = 0.01
"""How late a reader may come [s of wall-clock time] before a board that waits for it holds its clock."""

_UNPLUGGED_READ = (
    "device reports readiness to read but returned no data (device disconnected or multiple access on port?)"
)
_UNPLUGGED_WRITE = "write failed: [Errno 5] Input/output error"


class SimulatedPort:
    """A serial port whose other end is `machine`; safe for one reading and one writing thread.

    Simulated time is `speed` times the time of `clock` [s] since the port was made; timeouts are wall-clock seconds as
    in pyserial. With `waits` it stands still while the reader is late: at a fast clock a busy machine would otherwise
    never catch up with the board. `heard_at` is the time of `beat` [s] at which the board took the last write.

    Reads and writes raise serial.SerialException once the board is unplugged, serial.PortNotOpenError once the port is
    closed. A context manager.
    """

    def __init__(
        self,
        machine: OsechiMachine,
        *,
        speed: float = 1.0,
        timeout: float | None = None,
        port: str = "sim://osechi",
        clock: Callable[[], float] = time.monotonic,
        waits: bool = False,
    ) -> None:
        self.machine = machine
        self.speed = speed
        self.timeout = timeout
        self.write_timeout: float | None = None
        self.port = self.name = port
        self.baudrate = machine.baudrate
        self.is_open = True
        self._clock = clock
        self._waits = waits
        self._start = self.heard_at = self._expected = clock()
        self._held = 0.0
        self._changed = threading.Condition()
        self._buffer = bytearray()
        self._cancelled = False
        self._pulled = False

    def now(self) -> float:
        """Simulated time since the port was made [s]."""
        return (self.beat() - self._start) * self.speed

    def beat(self) -> float:
        """Time of `clock` less what the board waited for its reader [s]."""
        return self._clock() - self._held

    @property
    def in_waiting(self) -> int:
        """Bytes that a read would return at once."""
        with self._changed:
            self._pump(_UNPLUGGED_READ)
            return len(self._buffer)

    def read(self, size: int = 1) -> bytes:
        """Return `size` bytes, or fewer when `timeout` has passed or the read was cancelled."""
        with self._changed:
            deadline = None if self.timeout is None else self._clock() + self.timeout
            while True:
                self._pump(_UNPLUGGED_READ)
                left = None if deadline is None else deadline - self._clock()
                if len(self._buffer) >= size or self._cancelled or (left is not None and left <= 0.0):
                    self._cancelled = False
                    taken = bytes(self._buffer[:size])
                    del self._buffer[:size]
                    return taken
                nap = self._nap(left)
                self._expected = math.inf if nap is None else self._clock() + nap
                self._changed.wait(nap)

    def write(self, data: bytes) -> int:
        """Hand `data` to the board at once; return how many bytes."""
        with self._changed:
            self._pump(_UNPLUGGED_WRITE)
            self.heard_at = self.beat()
            self.machine.receive(bytes(data), (self.heard_at - self._start) * self.speed)
            self._changed.notify_all()
            return len(data)

    def flush(self) -> None:
        """Nothing to wait for: every write is with the board when it returns."""
        with self._changed:
            self._pump(_UNPLUGGED_WRITE)

    def reset_input_buffer(self) -> None:
        """Throw away what the board has sent so far."""
        with self._changed:
            self._pump(_UNPLUGGED_READ)
            self._buffer.clear()

    def reset_output_buffer(self) -> None:
        """Nothing to throw away: every write is with the board when it returns."""

    def cancel_read(self) -> None:
        """Let a read in another thread return with what it has."""
        with self._changed:
            self._cancelled = True
            self._changed.notify_all()

    def unplug(self) -> None:
        """Pull the cable now."""
        with self._changed:
            self._pulled = True
            self._changed.notify_all()

    def close(self) -> None:
        """Close the port and the board's account of it; harmless when done twice."""
        with self._changed:
            if self.is_open:
                self.is_open = False
                self.machine.close(self.now(), "closed")
                self._changed.notify_all()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pump(self, complaint: str) -> None:
        if not self.is_open:
            raise serial.PortNotOpenError
        self._hold()
        now = self.now()
        if self._pulled or self.machine.unplugged(now):
            raise serial.SerialException(complaint)
        self._buffer += self.machine.emit(now)

    def _hold(self) -> None:
        late = self._clock() - self._expected - SLACK
        if self._waits and late > 0:
            self._held += late
        self._expected = self._clock()

    def _nap(self, left: float | None) -> float | None:
        due = self.machine.next_due()
        naps = [] if left is None else [left]
        if due is not None:
            naps.append(max((due - self.now()) / self.speed, LATENCY))
        return min(naps, default=None)
