"""What a threshold scan needs of a detector: anything that can set thresholds and count.

The OSECHI driver is one; a detector whose thresholds and scalers are PVs of a control system is another.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol, runtime_checkable

from scantrail.runs import Command

Wait = Callable[[float], Command]
"""A sleep of so many seconds of wall-clock time that comes back early only on `halt`."""


class ThresholdWrite(NamedTuple):
    """A threshold that the detector confirmed: channel, value [DAC], attempts made, latency [s], raw exchange."""

    channel: int
    value: int
    attempts: int
    latency: float
    exchange: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What one counting window saw.

    channels: events in which that channel fired. patterns: coincidence bit pattern (bit 0 = channel 1) -> events.
    start, stop: unix time [s] of the window's opening and closing. live: live time [s] of the detector's clock.
    lost: events known to be lost, None where the dialect cannot tell. whole: False if the window was cut (`halt`).
    unparsable: lines of the window that are no event. link_full: the link, not the detector, set the rate.
    environment: mean temperature_C, pressure_Pa, humidity_pct where events carry them.
    notes: what a reader must know (link ceiling reached, window by receive stamps), a sentence each.
    """

    channels: Mapping[int, int]
    patterns: Mapping[int, int]
    start: float
    live: float
    lost: int | None
    whole: bool
    stop: float = 0.0
    unparsable: int = 0
    link_full: bool = False
    environment: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def events(self) -> int:
        """Events in the window, whichever channel fired."""
        return sum(self.patterns.values())


@runtime_checkable
class CountingDetector(Protocol):
    """Thread-confined; every call ends by a deadline of its own.

    limits: lowest and highest threshold [DAC]. speed: seconds of the detector's clock in one of
    ours, 1 but for a simulator.
    """

    name: str
    channels: tuple[int, ...]
    limits: tuple[int, int]
    speed: float

    def confirmed(self, channel: int) -> int | None:
        """Threshold [DAC] last confirmed on this connection, None if none was."""
        ...

    def set_threshold(self, channel: int, value: int) -> ThresholdWrite:
        """Write once and return the confirmation.

        Raises ThresholdRefused (final), ThresholdUnconfirmed (worth another try) or LinkLost. Retrying is the caller's:
        `writer.write_threshold`.
        """
        ...

    def count(self, seconds: float, wait: Wait) -> Counts:
        """Count for `seconds` [s of the detector's clock], sleeping through `wait`.

        A wait that answers `abort` lets the window end as planned; `halt` cuts it (`whole` is False).
        Raises WindowError, LinkLost.
        """
        ...


@runtime_checkable
class RawRecording(Protocol):
    """What a detector offers besides if it keeps its raw event stream and holds a port that others may ask for."""

    def claim(self, run: str) -> None:
        """Name the run for whoever finds the port in use."""
        ...

    def record(self, path: Path | None) -> None:
        """Append every byte that arrives from now on to a file; None ends it.

        Raises OutputError. What cannot be written later on is told by `count` or the next `record`, never by
        `set_threshold`: the hardware comes first.
        """
        ...
