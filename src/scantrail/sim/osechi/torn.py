"""Lines as a bad link leaves them: cut, thinned, glued together, with noise and debug output between."""

from collections.abc import Iterator

import numpy as np

from scantrail.sim.osechi.faults import Faults
from scantrail.sim.osechi.uart import Line

DEBUG = b"DEBUG loop 1 queue ok\r\n"


class Tearing:
    """Applies the faults of the output; remembers a lost line end, which glues two lines together."""

    def __init__(self, generator: np.random.Generator) -> None:
        self._generator = generator
        self._open = False

    def whole(self, reply: bytes) -> bytes:
        """Return a reply that starts on a line of its own, whatever went before it."""
        glued, self._open = self._open, False
        return b"\r\n" + reply if glued else reply

    def event(self, data: bytes, faults: Faults, pattern: int, time: float, window: int) -> Iterator[Line]:
        """Give the lines that the event line `data` becomes, with its `loss` if no reader can get it whole."""
        if self._happens(faults.debug):
            yield Line(self.whole(DEBUG))
        if self._happens(faults.garbage):
            yield Line(self.whole(self._noise() + b"\r\n"))
        loss = "bytes dropped" if self._open else ""
        self._open = False
        if self._happens(faults.half_lines):
            # five characters of text are three hits at most, never an event; so are five of JSON
            data, loss = data[: int(self._generator.integers(1, 6))] + b"\r\n", "half line"
        if faults.drop_bytes:
            kept = self._generator.random(len(data)) >= faults.drop_bytes
            if not kept.all():
                data = bytes(np.frombuffer(data, np.uint8)[kept])
                loss = loss or "bytes dropped"
                self._open = not data.endswith(b"\n")
        yield Line(data, pattern, time, window, loss)

    def _happens(self, probability: float) -> bool:
        return probability > 0.0 and bool(self._generator.random() < probability)

    def _noise(self) -> bytes:
        return self._generator.integers(0x80, 0x100, int(self._generator.integers(1, 40)), dtype=np.uint8).tobytes()
