"""An open port as a conversation: commands out, lines in, replies found among events."""

import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

from serial import SerialTimeoutException

from scantrail.threshold.osechi.intake import Block, Intake, SerialLike, Splitter, lost
from scantrail.threshold.osechi.replies import Match, Reply

PATIENCE = 10
"""A reply behind a full link is waited for up to this many timeouts, any other for one."""

FULL = 0.5  # share of its capacity at which a link may hold a reply back

Sink = Callable[[Sequence[bytes]], None]
"""Takes the lines that were not the reply."""


class Answer(NamedTuple):
    """A reply, the time its command was sent and the time it came, monotonic [s], the latter as unix time too.

    `heard`: when the device heard the command, as `Link.beat` counts [s].
    """

    reply: Reply
    sent: float
    heard: float
    at: float
    utc: float

    @property
    def latency(self) -> float:
        """Length of the exchange [s]."""
        return self.at - self.sent

    @property
    def sent_utc(self) -> float:
        """Unix time of the command [s]."""
        return self.utc - (self.at - self.sent)


def forget(lines: Sequence[bytes]) -> None:
    """Drop lines that belong to no window; the raw file has them."""


class Link:
    """Talks to the detector over an open port. `capacity`: bytes the line carries in a second of ours.

    Every method raises LinkLost, which names the port, when it is gone.
    """

    def __init__(self, port: SerialLike, name: str, capacity: float) -> None:
        self.name = name
        self.intake = Intake(port, name)
        self._port = port
        self._capacity = capacity
        self._splitter = Splitter()
        self._kept: list[Block] = []

    def ask(self, command: bytes, match: Match, timeout: float, sink: Sink = forget) -> Answer | None:
        """Send a command and return its reply, None if none came within `timeout` [s].

        Lines before the reply go to `sink`, those after it are kept for the next call.
        """
        sent = time.monotonic()
        if not self._send(command):
            return None
        heard = getattr(self._port, "heard_at", sent)
        deadline, received = sent + timeout, 0
        while blocks := self._blocks(deadline):
            for at, block in enumerate(blocks):
                if (found := _find(block, match)) is not None:
                    place, reply = found
                    torn = [reply.junk] if reply.junk else []
                    sink([*block.lines[:place], *torn])
                    self._kept = [block._replace(lines=block.lines[place + 1 :]), *blocks[at + 1 :]]
                    return Answer(reply, sent, heard, block.at, block.utc)
                sink(block.lines)
                received += sum(map(len, block.lines))
            latest = blocks[-1].at
            if received > FULL * self._capacity * (latest - sent):
                deadline = min(latest + timeout, sent + PATIENCE * timeout)
            if latest > deadline:
                break
        return None

    def beat(self) -> float:
        """Seconds of the device's clock, less its speed: monotonic, but a simulated board may wait for its reader."""
        return cast(float, getattr(self._port, "beat", time.monotonic)())

    def hear(self, until: float | None = None) -> list[Block]:
        """Return what has arrived; with `until` (monotonic), wait for it as long."""
        return self._blocks(time.monotonic() if until is None else until)

    def absorb(self, seconds: float, sink: Sink = forget) -> None:
        """Take everything that arrives within `seconds`: a late reply is not left for the next command."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for block in self.hear(until):
                sink(block.lines)

    def close(self) -> None:
        """End the intake and close the port."""
        self.intake.close()
        self._port.close()

    def _send(self, command: bytes) -> bool:
        try:
            self._port.write(command)
        except SerialTimeoutException:  # a frozen device takes no bytes: silence, like no reply
            return False
        except OSError as error:
            raise lost(self.name, error) from error
        return True

    def _blocks(self, deadline: float) -> list[Block]:
        kept, self._kept = self._kept, []
        chunks = self.intake.take(0.0 if kept else deadline)
        return kept + [Block(self._splitter.feed(chunk.data), chunk.at, chunk.utc) for chunk in chunks]


def _find(block: Block, match: Match) -> tuple[int, Reply] | None:
    for place, line in enumerate(block.lines):
        if (reply := match(line)) is not None:
            return place, reply
    return None
