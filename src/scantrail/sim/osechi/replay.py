"""A recording as the board plays it back: events as they were recorded, at their recorded distances.

A recording knows no thresholds, so a threshold takes no event away by its height; one that suppresses its channel does
(from SATURATION on): the channel does not fire, and an event of which no channel is left is not sent. The recording
plays on while nobody listens, as the sky does.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from scantrail.errors import InputError
from scantrail.sim.osechi.arrivals import Arrival
from scantrail.sim.osechi.environment import Environment
from scantrail.sim.osechi.physics import CHANNELS, SATURATION

BLOCK = 4096
LONE_EVENT = 1.0
"""Length of a lap [s] whose events all came at one time."""
NO_SENSOR = Environment(0.0, 0.0, 0.0)
"""What a board without sensors sends of the air."""


class _Events(Protocol):
    """Recorded events, a column each."""

    @property
    def time(self) -> NDArray[np.float64]: ...
    @property
    def hits(self) -> NDArray[Any]: ...
    @property
    def adc(self) -> NDArray[np.float64]: ...
    @property
    def temperature(self) -> NDArray[np.float64]: ...
    @property
    def pressure(self) -> NDArray[np.float64]: ...
    @property
    def humidity(self) -> NDArray[np.float64]: ...


class _Mocker(Protocol):
    """What `[mocker]` of a station file says of playing a recording."""

    @property
    def shuffle(self) -> bool: ...
    @property
    def loop(self) -> bool: ...
    @property
    def jitter(self) -> float: ...


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """Recorded events and how to play them.

    time [events]: s, ascending. hits [events, 3]: 0-10. adc [events]. air [events, 3]: temperature [degrees C],
    pressure [Pa], humidity [%]. What is not a number was not recorded: zeros are sent for it, as by a board without
    sensors. shuffle: every lap the events in another random order, at the recorded times. loop: again from the start,
    one mean distance after the last event. jitter: standard deviation [s] of a normal spread of the times.
    Raises InputError if there is no event, or its times are no ascending numbers.
    """

    time: ArrayLike
    hits: ArrayLike
    adc: ArrayLike
    air: ArrayLike
    shuffle: bool = False
    loop: bool = False
    jitter: float = 0.0

    def __post_init__(self) -> None:
        time = np.asarray(self.time, dtype=float)
        if not len(time):
            raise InputError("a recording without events cannot be replayed.")
        if not np.all(np.isfinite(time)) or np.any(np.diff(time) < 0.0):
            raise InputError("a recording can be replayed only if its events have times, in ascending order.")

    @classmethod
    def of(cls, events: _Events, mocker: _Mocker) -> Self:
        """Take recorded events, and from `[mocker]` how to play them. Raises InputError."""
        air = np.column_stack((events.temperature, events.pressure, events.humidity))
        return cls(events.time, events.hits, events.adc, air, mocker.shuffle, mocker.loop, mocker.jitter)


class Replay:
    """Plays a recording from simulated time 0 on, its first event first; what the board takes its arrivals from.

    The same generator plays it the same way.
    """

    def __init__(self, recording: Recording, generator: np.random.Generator) -> None:
        self._recording = recording
        self._generator = generator
        time = np.asarray(recording.time, dtype=float)
        self._times = time - time[0]
        span = float(self._times[-1])
        self._lap = span + span / (len(time) - 1) if span > 0.0 else LONE_EVENT
        self._mask = 0
        self._events = self._play()
        self._next: Arrival | None = None
        self._step()

    @property
    def next_time(self) -> float:
        """When the next recorded event happens [s]; inf after the last one."""
        return math.inf if self._next is None else self._next.time

    def follow(self, thresholds: Mapping[int, int], now: float) -> Self:
        """Go on from `now` [s] at these thresholds [DAC]; what was recorded before is gone."""
        self._mask = sum(1 << (channel - 1) for channel in CHANNELS if thresholds[channel] < SATURATION)
        while self.next_time < now:
            self._step()
        return self

    def pop(self) -> Arrival:
        """Take the next event; only while `next_time` is finite. Its pattern is 0 if no channel is left of it."""
        arrival = self._next
        if arrival is None:
            raise IndexError("the recording is at its end")
        self._step()
        return arrival._replace(pattern=arrival.pattern & self._mask)

    def _step(self) -> None:
        self._next = next(self._events, None)

    def _play(self) -> Iterator[Arrival]:
        recording, last = self._recording, 0.0
        hits = np.asarray(recording.hits, dtype=int)
        patterns = (hits > 0) @ np.array([1 << i for i in range(len(CHANNELS))])
        adc = np.rint(np.nan_to_num(np.asarray(recording.adc, dtype=float))).astype(int)
        air = np.asarray(recording.air, dtype=float)
        for lap in count() if recording.loop else range(1):
            times, order = self._timetable()
            times = np.maximum(times + lap * self._lap, last)
            last = float(times[-1])
            for at in range(0, len(times), BLOCK):
                part = order[at : at + BLOCK]
                columns = (times[at : at + BLOCK], patterns[part], hits[part], adc[part], air[part])
                for time, pattern, pulses, value, breath in zip(*(column.tolist() for column in columns), strict=True):
                    yield Arrival(time, pattern, tuple(pulses), value, _environment(breath))

    def _timetable(self) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Times of a lap [s from its start], ascending, and which recorded event comes at each."""
        times, generator = self._times, self._generator
        order = np.arange(len(times))
        if self._recording.jitter > 0.0:
            moved = np.maximum(times + generator.normal(0.0, self._recording.jitter, len(times)), 0.0)
            order = np.argsort(moved, kind="stable")
            times = moved[order]
        if self._recording.shuffle:
            order = generator.permutation(len(times))
        return times, order


def _environment(breath: list[float]) -> Environment:
    return Environment(*breath) if all(map(math.isfinite, breath)) else NO_SENSOR
