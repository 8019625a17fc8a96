"""The simulated OSECHI board as one pure state machine: bytes in, bytes out, given a clock."""

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from scantrail.sim.osechi.arrivals import Arrival, Arrivals
from scantrail.sim.osechi.board import Board
from scantrail.sim.osechi.commands import execute
from scantrail.sim.osechi.dialects import Dialect, json_event, text_event
from scantrail.sim.osechi.environment import environment
from scantrail.sim.osechi.faults import Faults
from scantrail.sim.osechi.log import SimulationLog
from scantrail.sim.osechi.physics import OsechiPhysics
from scantrail.sim.osechi.replay import Recording, Replay
from scantrail.sim.osechi.torn import Tearing
from scantrail.sim.osechi.uart import Line, Uart

BAUDRATE = 115200
QUEUE = 32
"""Lines that the board holds for its serial output; an event that finds it full is lost."""
LONGEST_COMMAND = 64
"""Bytes of one command; what is longer is thrown away up to its line end."""


class OsechiMachine:
    """The board behind its serial line. Every `now` [s of simulated time] counts from 0 at the start, never decreases.

    No threads, no I/O, no clock of its own. The same seed and the same calls give the same bytes; how the input is cut
    into calls, or how often `emit` is called, changes nothing. `faults` may be replaced at any time. With a `recording`
    the board replays its events (see `replay`) in place of the physics, without a dead time of its own: they have it
    behind them.
    """

    def __init__(
        self,
        dialect: Dialect = "v1",
        *,
        physics: OsechiPhysics | None = None,
        recording: Recording | None = None,
        faults: Faults | None = None,
        seed: int = 0,
        baudrate: int = BAUDRATE,
        log: SimulationLog | None = None,
    ) -> None:
        self.physics = physics or OsechiPhysics()
        self.faults = faults or Faults()
        self.log = log or SimulationLog()
        self._replay = None if recording is None else Replay(recording, np.random.default_rng((seed, 1)))
        self.board = Board(dialect, self.physics.dead_time if recording is None else 0.0)
        self.baudrate = baudrate
        self._seed = seed
        self._uart = Uart(baudrate)
        self._tearing = Tearing(np.random.default_rng((seed, 0)))
        self._received = bytearray()
        self._overlong = False
        self._now = 0.0
        self._blind_until = 0.0
        self._last_event = 0.0
        self._segment = 0
        self._emitted: Sequence[Line] = ()
        self._arrivals = self._follow(0.0)
        self.log.note(
            "start",
            0.0,
            dialect=dialect,
            seed=seed,
            baudrate=baudrate,
            dead_time=self.board.dead_time,
            thresholds=dict(self.board.thresholds),
            truth=self.truth(),
        )

    def truth(self) -> dict[int, dict[str, float | str]]:
        """The known physics of every channel, by name; the formulas stand in `physics`. Empty for a recording."""
        return self.physics.truth() if self._replay is None else {}

    def unplugged(self, now: float) -> bool:
        """Whether the board is gone from its port."""
        return self.faults.unplug is not None and now >= self.faults.unplug

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes from the client; every command that they complete is carried out at `now`."""
        self._advance(now)
        if now >= self.faults.end:
            self.log.note("command", now, text=data.hex(" "), effect="frozen")
            self.log.flush(now)
            return
        *complete, rest = data.split(b"\n")
        for part in complete:
            self._receive_part(part)
            line = b"" if self._overlong else bytes(self._received)
            if line.strip() or self._overlong:
                self._command(line)
            self._received.clear()
            self._overlong = False
        self._receive_part(rest)

    def emit(self, now: float) -> bytes:
        """Return what the board has wholly sent by `now` and was not returned before; the log knows it first."""
        self._advance(now)
        lines = self._emitted = self._uart.take(self._now)
        if not lines:
            return b""
        replied = False
        for line in lines:
            if not line.pattern:
                replied = True
            elif line.loss:
                self.log.lost(line.window, line.loss, line.pattern)
            else:
                self.log.event(line.window, line.time, line.pattern, self._now)
        if replied:
            # a client that has seen a reply finds everything before it in the log
            self.log.flush(self._now)
        return b"".join([line.data for line in lines])

    def undelivered(self, taken: int) -> bool:
        """Take back what the host had no room for: of the last `emit` only `taken` bytes were.

        Returns whether that cut a line.
        """
        gone: dict[int, Counter[int]] = {}
        end, cut = 0, False
        for line in self._emitted:
            start, end = end, end + len(line.data)
            cut = cut or start < taken < end
            if end > taken and line.pattern and not line.loss:
                gone.setdefault(line.window, Counter())[line.pattern] += 1
        for window, patterns in gone.items():
            numbers = {str(pattern): number for pattern, number in sorted(patterns.items())}
            self.log.note("undelivered", self._now, window=window, patterns=numbers)
        return cut

    def next_due(self) -> float | None:
        """When to call `emit` next [s]; None if nothing will come without a command."""
        due = self._uart.next_due
        if due is None:
            due = self._arrivals.next_time if self.board.streaming else math.inf
        due = min(due, self.faults.end)
        over = self._now >= self.faults.end and due >= self.faults.end
        return None if over or due == math.inf else due

    def close(self, now: float, why: str) -> None:
        """Close the account: what the board has not sent by `now` is lost, the log says so and is flushed."""
        self._advance(now)
        for line in self._uart.rest():
            if line.pattern:
                self.log.lost(line.window, line.loss or "never sent", line.pattern)
        self.log.note("end", now, why=why)
        self.log.flush(now)

    def _receive_part(self, part: bytes) -> None:
        self._received += part
        if len(self._received) > LONGEST_COMMAND:
            self._overlong = True
            self._received.clear()

    def _command(self, line: bytes) -> None:
        board, now = self.board, self._now
        board.depth = self._uart.depth(now)
        before = dict(board.thresholds)
        outcome = execute(board, line, now, self.faults)
        text = line.hex(" ") if board.dialect == "legacy" else line.decode("latin-1").strip()
        self.log.note("command", now, text=text, effect=outcome.effect, **outcome.details)
        self.log.flush(now)
        if outcome.reply:
            self._uart.push(Line(self._tearing.whole(outcome.reply)), now)
        if outcome.effect in ("on", "off") or board.thresholds != before:
            self._arrivals = self._follow(now)

    def _follow(self, now: float) -> Arrivals | Replay:
        if self._replay is not None:
            return self._replay.follow(self.board.thresholds, now)
        # a generator of its own for every stretch of constant rates: what was drawn ahead never leaks into the next one
        self._segment += 1
        rates = self.physics.pattern_rates(self.board.thresholds)
        return Arrivals(rates, now, np.random.default_rng((self._seed, self._segment)))

    def _advance(self, now: float) -> None:
        self._now = max(self._now, min(now, self.faults.end))
        if not self.board.streaming:
            return
        arrivals, board = self._arrivals, self.board
        while arrivals.next_time <= self._now:
            arrival = arrivals.pop()
            if not arrival.pattern:
                continue
            if arrival.time < self._blind_until:
                self.log.lost(board.window, "dead time", arrival.pattern)
                continue
            self._blind_until = arrival.time + board.dead_time
            board.recorded += 1
            depth = self._uart.depth(arrival.time)
            if depth >= QUEUE:
                board.overflows += 1
                self.log.lost(board.window, "queue", arrival.pattern)
                continue
            board.deepest = max(board.deepest, depth + 1)
            self._queue(arrival)

    def _queue(self, arrival: Arrival) -> None:
        time, pattern, pulses, adc, recorded = arrival
        air = environment(int(time)) if recorded is None else recorded
        board = self.board
        hits = [min(n, board.poll_count) if pattern >> i & 1 else 0 for i, n in enumerate(pulses)]
        if board.dialect == "v2":
            data = json_event(hits, adc, air, time, time - self._last_event, board.epoch)
        else:
            data = text_event(hits, adc, air)
        self._last_event = time
        for line in self._tearing.event(data, self.faults, pattern, time, board.window):
            self._uart.push(line, time)
