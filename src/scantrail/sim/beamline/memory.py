"""A simulated beamline in this process: the same lines, without a socket or a thread."""

import threading
import time
import weakref
from collections.abc import Callable

from scantrail.sim.beamline.machine import BeamlineMachine


class Bench:
    """A machine whose clock runs with the wall clock's speed, shared by the connections of this process."""

    def __init__(self, machine: BeamlineMachine | None = None) -> None:
        self.machine = BeamlineMachine() if machine is None else machine
        self.lock = threading.RLock()
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the machine's time [s]."""
        return time.monotonic() - self._began

    def dial(self, until: float) -> "MemoryTransport":
        """Open a connection; it never fails."""
        return MemoryTransport(self)


class MemoryTransport:
    """A connection to a bench; waits only where the answer takes its time."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._ended = threading.Event()
        self._early = b""
        with bench.lock:
            self._session = bench.machine.open(bench.now())

    def send(self, data: bytes, until: float) -> None:
        """Hand over all of `data`. Raises BrokenPipeError on a connection that ended."""
        if self._ended.is_set() or self._session.ended:
            raise BrokenPipeError(32, "the simulated connection has ended")
        with self._bench.lock:
            self._session.receive(data, self._bench.now())

    def receive(self, until: float) -> bytes:
        """Return what has come, empty at the end. Raises TimeoutError at `until` [s of time.monotonic]."""
        while True:
            data, due = self._look()
            if data or self._ended.is_set() or (self._session.ended and due is None):
                return data
            left = until - time.monotonic()
            if left <= 0.0:
                raise TimeoutError
            self._ended.wait(left if due is None else min(left, max(0.0, due - self._bench.now())))

    def pending(self) -> bool:
        """Whether `receive` would return at once."""
        self._early, _ = self._look()
        return bool(self._early or self._session.ended or self._ended.is_set())

    def cut(self) -> None:
        """End the connection; a `receive` in another thread returns."""
        self._ended.set()

    def close(self) -> None:
        """Give the connection up."""
        self._ended.set()

    def _look(self) -> tuple[bytes, float | None]:
        with self._bench.lock:
            early, self._early = self._early, b""
            return early + self._session.emit(self._bench.now()), self._session.next_due()


_BENCHES: "weakref.WeakValueDictionary[str, Bench]" = weakref.WeakValueDictionary()


def dialer(name: str = "") -> Callable[[float], MemoryTransport]:
    """Return what opens connections to the simulated beamline of this name, a new one for "".

    A named beamline lives as long as somebody holds its dialer.
    """
    bench = _BENCHES.get(name) if name else None
    if bench is None:
        bench = Bench()
        if name:
            _BENCHES[name] = bench
    return bench.dial
