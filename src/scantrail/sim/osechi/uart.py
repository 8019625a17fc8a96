"""The board's serial output: lines in order, each leaving when its last byte has been sent."""

from collections import deque
from typing import NamedTuple

BITS_PER_BYTE = 10
"""Start bit, eight data bits, stop bit: 115200 baud carry 11520 bytes/s."""


class Line(NamedTuple):
    """Bytes that leave together, and what they are.

    pattern: 1..7 for an event, 0 for anything else. time: when the event happened [s]. window: the counting window it
    belongs to. loss: why no reader can get this event whole, empty if it can.
    """

    data: bytes
    pattern: int = 0
    time: float = 0.0
    window: int = 0
    loss: str = ""


class Uart:
    """A queue of lines behind a byte rate; pure, every time [s] is given by the caller and never decreases."""

    def __init__(self, baudrate: int) -> None:
        self.seconds_per_byte = BITS_PER_BYTE / baudrate
        self._free = 0.0
        self._queue: deque[tuple[float, Line]] = deque()
        self._sent: list[Line] = []

    def push(self, line: Line, time: float) -> None:
        """Queue `line` behind what is already there."""
        self._free = max(self._free, time) + len(line.data) * self.seconds_per_byte
        self._queue.append((self._free, line))

    def depth(self, time: float) -> int:
        """Lines not wholly sent at `time` [s]."""
        queue = self._queue
        while queue and queue[0][0] <= time:
            self._sent.append(queue.popleft()[1])
        return len(queue)

    def take(self, time: float) -> list[Line]:
        """Lines that have been sent by `time` [s] and were not taken yet."""
        self.depth(time)
        sent, self._sent = self._sent, []
        return sent

    def rest(self) -> list[Line]:
        """Take every line that is left: what a closed port never sees."""
        left = [*self._sent, *(line for _, line in self._queue)]
        self._sent.clear()
        self._queue.clear()
        return left

    @property
    def next_due(self) -> float | None:
        """When the next line will have been sent [s]; None with an empty queue."""
        if self._sent:
            return 0.0
        return self._queue[0][0] if self._queue else None
