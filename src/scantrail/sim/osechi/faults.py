"""Faults on demand: what a cable, a board or a firmware does wrong, when a test asks for it."""

import math
from dataclasses import dataclass
from typing import Literal

from scantrail.errors import InputError

WriteKind = Literal["refuse", "ignore", "corrupt"]
WriteEffect = Literal["applied", "refused", "ignored", "dropped", "corrupted"]

_EFFECTS: dict[WriteKind, WriteEffect] = {"refuse": "refused", "ignore": "ignored", "corrupt": "corrupted"}


@dataclass(frozen=True, slots=True)
class WriteFault:
    """What goes wrong with a threshold write, of one channel and value or of all (None).

    refuse: not taken, answered with an error. ignore: neither taken nor answered. corrupt: taken, the reply is torn.
    """

    kind: WriteKind
    channel: int | None = None
    value: int | None = None

    def hits(self, channel: int, value: int) -> bool:
        """Whether a write of `value` [DAC] to `channel` suffers this fault."""
        return self.channel in (None, channel) and self.value in (None, value)


@dataclass(frozen=True, slots=True)
class Faults:
    """All faults of one simulated board; none by default.

    drop_writes: so many threshold writes, from the first on, are neither taken nor answered. debug, garbage:
    probability that a DEBUG line, or a line of noise bytes, precedes an event. half_lines: probability that an event
    line is cut within its first fields (its line end stays). drop_bytes: probability that a byte of an event line is
    lost, line end included. unplug, freeze: seconds of simulated time after which the board is gone, or silent and
    deaf.
    Raises InputError for a probability outside 0..1, a negative time or number.
    """

    writes: tuple[WriteFault, ...] = ()
    drop_writes: int = 0
    debug: float = 0.0
    garbage: float = 0.0
    half_lines: float = 0.0
    drop_bytes: float = 0.0
    unplug: float | None = None
    freeze: float | None = None

    def __post_init__(self) -> None:
        for name in ("debug", "garbage", "half_lines", "drop_bytes"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise InputError(f"fault {name} = {getattr(self, name)}: a probability from 0 to 1 is needed")
        for name in ("unplug", "freeze", "drop_writes"):
            given = getattr(self, name)
            if given is not None and not 0 <= given < math.inf:
                raise InputError(f"fault {name} = {given}: a number from 0 on is needed")

    @property
    def end(self) -> float:
        """Simulated time [s] after which nothing comes from the board any more; inf if never."""
        return min(math.inf if at is None else at for at in (self.unplug, self.freeze))

    def effect(self, channel: int, value: int, nth: int) -> WriteEffect:
        """What becomes of the `nth` threshold write (from 1), `value` [DAC] to `channel`."""
        if nth <= self.drop_writes:
            return "dropped"
        return next((_EFFECTS[fault.kind] for fault in self.writes if fault.hits(channel, value)), "applied")


def parse_write_fault(kind: WriteKind, text: str) -> WriteFault:
    """Read `all`, `CHANNEL` or `CHANNEL:VALUE`, as the command line gives it. Raises InputError."""
    if text == "all":
        return WriteFault(kind)
    channel, _, value = text.partition(":")
    if channel not in ("1", "2", "3") or not (value.isdecimal() if ":" in text else True):
        raise InputError(f'--{kind} "{text}": use "all", a channel 1-3, or channel:threshold such as "2:300"')
    return WriteFault(kind, int(channel), int(value) if value else None)
