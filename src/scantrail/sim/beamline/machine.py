"""The simulated beamline: commands in, answers out, the clock given; pure apart from its log."""

import math
import secrets
from collections import Counter, deque

from scantrail.sim.beamline.commands import INTERNAL, Desk, Monitoring, pv_of
from scantrail.sim.beamline.faults import BeamlineFaults
from scantrail.sim.beamline.instruments import Instruments
from scantrail.sim.osechi.log import SimulationLog

LONGEST_LINE = 1022
"""A longer line resets the connection [bytes without the line end]."""


class BeamlineMachine:
    """A beamline with many clients; `now` is time since its start [s].

    seed: of all random numbers, drawn if None. instant: motors and shutter arrive at once. tick [s]: answers come once
    a tick, 0 for at once. `commands` counts by verb, `turns` the round trips: receptions that held a whole line.
    The log has a record per command (time, connection, turn, text, reply) and one at the end with the counts.
    """

    def __init__(
        self,
        *,
        seed: int | None = None,
        instant: bool = False,
        tick: float = 0.0,
        faults: BeamlineFaults | None = None,
        log: SimulationLog | None = None,
    ) -> None:
        self.seed = secrets.randbits(32) if seed is None else seed
        self.tick = tick
        self.faults = BeamlineFaults() if faults is None else faults
        self.instruments = Instruments(self.seed, instant=instant, tick=tick, faults=self.faults)
        self.log = log
        self.commands: Counter[str] = Counter()
        self.turns = 0
        self.connections = 0
        self._asked: Counter[str] = Counter()
        self._number = 0
        self.note("start", 0.0, seed=self.seed, instant=instant, tick=tick, truth=self.truth())

    def truth(self) -> dict[str, object]:
        """Return what scans must find: the edge (steepest point of mu) in eV, the sample in um (JSON-safe)."""
        return self.instruments.truth()

    def open(self, now: float) -> "Session":
        """Take a client's connection."""
        self.connections += 1
        self.note("open", now, connection=self.connections)
        return Session(self, self.connections)

    def close(self, now: float) -> None:
        """Write the counts into the log."""
        self.note("end", now, commands=dict(self.commands), turns=self.turns, connections=self.connections)

    def note(self, what: str, now: float, **fields: object) -> None:
        """Put a record into the log, where a reader of its file sees it."""
        if self.log is not None:
            self.log.note(what, now, **fields)
            self.log.flush(now)

    def answer(self, desk: Desk, line: str, now: float) -> str | None:
        """Carry out one request line; None if nothing will ever answer it."""
        self._number += 1
        if self.faults.silent is not None and self._number > self.faults.silent:
            return None
        command = line.strip(" \t\r")
        verb, mark, rest = command.partition(":")
        known = rest if mark else None
        self.commands[verb] += 1
        if self.faults.refuse and self._refuses(pv_of(verb, known)):
            return INTERNAL
        return desk.execute(verb, known, now)

    @property
    def cuts(self) -> bool:
        """Whether the answer to the present command must end in its middle."""
        return self._number == self.faults.cut

    def _refuses(self, pv: str) -> bool:
        every = self.faults.refuse.get(pv)
        if every is None:
            return False
        self._asked[pv] += 1
        return self._asked[pv] % every == 0


class Session:
    """One connection. What it received waits for the next tick; `ended` says how it ends once `emit` gave all it has.

    "" while it lives, "quit" and "cut" for an end of file, "reset" for a line that was too long.
    """

    def __init__(self, machine: BeamlineMachine, number: int) -> None:
        self.number = number
        self.ended = ""
        self._machine = machine
        self._desk = Desk(machine.instruments)
        self._rest = b""
        self._inbox: list[bytes] = []
        self._due = math.inf
        self._outbox: deque[tuple[float, bytes]] = deque()
        self._update = math.inf

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes from the client, cut anywhere."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > LONGEST_LINE or any(len(line) > LONGEST_LINE for line in lines):
            self.ended = "reset"
        if lines and not self.ended:
            self._inbox += lines
            tick = self._machine.tick
            self._due = min(self._due, (now // tick + 1.0) * tick if tick else now)

    def emit(self, now: float) -> bytes:
        """Return what the client gets by now."""
        if now >= self._due:
            self._carry_out(now)
        if now >= self._update and not self.ended:
            self._send_update(now)
        if not self._outbox:
            return b""
        if not self._machine.faults.slow:
            data = b"".join([part for _, part in self._outbox])
            self._outbox.clear()
            return data
        data = b""
        while self._outbox and self._outbox[0][0] <= now:
            data += self._outbox.popleft()[1]
        return data

    def next_due(self) -> float | None:
        """Return when `emit` has something to do next; None if only `receive` changes that."""
        waiting = self._outbox[0][0] if self._outbox else math.inf
        due = min(self._due, self._update if not self.ended else math.inf, waiting)
        return None if due == math.inf else due

    def _carry_out(self, now: float) -> None:
        machine, desk = self._machine, self._desk
        lines, self._inbox, self._due = self._inbox, [], math.inf
        machine.turns += 1
        before = desk.monitoring
        answers = []
        for line in lines:
            text = line.decode("utf-8", "surrogateescape")
            reply = machine.answer(desk, text, now)
            if machine.log is not None:
                machine.log.note(
                    "command", now, connection=self.number, turn=machine.turns, text=text.strip(), reply=reply
                )
            if reply is None:
                continue
            if machine.cuts:
                answers.append(reply[: len(reply) // 2])
                self.ended = "cut"
                break
            answers.append(reply + "\n")
            if desk.leaving:
                self.ended = "quit"
                break
        if machine.log is not None:
            machine.log.flush(now)
        if answers:
            self._outbox.append((now + machine.faults.slow, "".join(answers).encode("utf-8", "surrogateescape")))
        if desk.monitoring is not before:
            self._update = now if desk.monitoring else math.inf

    def _send_update(self, now: float) -> None:
        asked: Monitoring | None = self._desk.monitoring
        if asked is None:
            return
        self._update += asked.interval
        if self._update <= now:  # what could not be sent in time is not sent twice
            self._update = now + asked.interval
        update = f"DATA:{self._desk.value(asked.pv, now)}\n"
        self._outbox.append((now + self._machine.faults.slow, update.encode()))
