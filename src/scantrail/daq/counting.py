"""A counting detector made of PVs: thresholds that are written, rates that are read. Threshold scans run on it.

Satisfies what `scantrail.threshold` asks of a detector by its methods alone; the two rooms do not know each other.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from scantrail.daq.client import Client
from scantrail.daq.motion import Command
from scantrail.daq.tolerance import tolerance_of
from scantrail.errors import ProtocolError, ReplyTimeout, ThresholdRefused, ThresholdUnconfirmed, WindowError

SLICE = 0.5
"""Rates are read at least this often [s] and added up: a rate may cover no more than the last second."""


class Confirmed(NamedTuple):
    """A threshold that was read back: channel, value, attempts made, latency [s], the exchange in words."""

    channel: int
    value: int
    attempts: int
    latency: float
    exchange: str


@dataclass(frozen=True, slots=True)
class Window:
    """What one counting window saw: counts by channel; start, stop in unix time [s]; live time [s].

    whole is False if the window was cut. What PVs cannot tell is empty: coincidence patterns, losses.
    """

    channels: Mapping[int, int]
    start: float
    live: float
    whole: bool
    stop: float
    patterns: Mapping[int, int] = field(default_factory=dict)
    lost: int | None = None
    unparsable: int = 0
    link_full: bool = False
    environment: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def events(self) -> int:
        """Counts of all channels; coincidences count in each."""
        return sum(self.channels.values())


class PVDetector:
    """Channels whose thresholds [DAC] and rates [1/s] are PVs of `client`, by channel.

    limits: lowest and highest threshold. deadline: of one reply [s].
    """

    speed = 1.0

    def __init__(
        self,
        client: Client,
        thresholds: Mapping[int, str],
        rates: Mapping[int, str],
        *,
        limits: tuple[int, int] = (1, 1023),
        name: str = "",
        deadline: float = 5.0,
    ) -> None:
        self.name = name or client.url
        self.channels = tuple(thresholds)
        self.limits = limits
        self._client = client
        self._thresholds = dict(thresholds)
        self._rates = [rates[channel] for channel in self.channels]
        self._deadline = deadline
        self._confirmed: dict[int, int] = {}

    def confirmed(self, channel: int) -> int | None:
        """Threshold last confirmed through this object, None if none was."""
        return self._confirmed.get(channel)

    def look(self) -> None:
        """Read the thresholds in force, so that a scan can give them back. Raises LinkError, ReplyTimeout."""
        readings = self._client.read([*self._thresholds.values()], self._deadline)
        low, high = self.limits
        for channel, reading in zip(self._thresholds, readings, strict=True):
            if isinstance(reading.value, int | float) and low <= reading.value <= high:
                self._confirmed[channel] = round(reading.value)

    def set_threshold(self, channel: int, value: int) -> Confirmed:
        """Write a threshold once, read it back and return the confirmation.

        Raises ThresholdRefused (final), ThresholdUnconfirmed (worth another try), LinkError.
        """
        pv = self._thresholds[channel]
        began = time.monotonic()
        self._confirmed.pop(channel, None)
        try:
            self._client.put(pv, value, self._deadline)
            (reading,) = self._client.read([pv], self._deadline)
        except ReplyTimeout as error:
            raise ThresholdUnconfirmed(f"channel {channel} at {value}: {error}") from error
        except ProtocolError as error:
            raise ThresholdRefused(f"channel {channel} does not take {value}: {error}") from error
        told = reading.value
        if not isinstance(told, int | float) or abs(told - value) > tolerance_of(value):
            raise ThresholdUnconfirmed(f"channel {channel}: {pv} reads {reading.error or told} instead of {value}")
        self._confirmed[channel] = value
        return Confirmed(channel, value, 1, time.monotonic() - began, f"{pv} put {value}, reads {told:g}")

    def count(self, seconds: float, wait: Callable[[float], Command]) -> Window:
        """Count for `seconds` [s], sleeping through `wait`; on `halt` the window is cut.

        The rates that the PVs give are multiplied by the time each covers and added up. Raises WindowError for a rate
        that cannot be read, LinkError, ReplyTimeout.
        """
        self._read()  # what was counted before does not belong to this window
        start, began = time.time(), time.monotonic()
        counted = [0.0] * len(self.channels)
        covered, whole = 0.0, True
        while whole and covered < seconds:
            whole = wait(min(SLICE, began + seconds - time.monotonic())) != "halt"
            rates = self._read()
            elapsed = time.monotonic() - began
            counted = [count + rate * (elapsed - covered) for count, rate in zip(counted, rates, strict=True)]
            covered = elapsed
        counts = {channel: round(count) for channel, count in zip(self.channels, counted, strict=True)}
        return Window(counts, start, covered, whole, start + covered)

    def _read(self) -> list[float]:
        rates = []
        for pv, reading in zip(self._rates, self._client.read(self._rates, self._deadline), strict=True):
            if not isinstance(reading.value, int | float):
                raise WindowError(f"{pv} gives no rate: {reading.error or repr(reading.value)}")
            rates.append(float(reading.value))
        return rates
