"""The stretches of time in which a recording ran without a break."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scantrail.errors import InputError

NEIGHBOURS = 50
"""Distances of events on either side that tell how long a silence is to be expected."""
FEWEST = 10
"""So many of them are needed to tell anything."""
TOO_LONG = 30.0
"""Silences of so many mean distances are no chance: exp(-30) = 1e-13 of all in a Poisson process."""


class Stretch(NamedTuple):
    """Where a stretch begins and ends: times [s] and indices of its first and last event."""

    begin: float
    end: float
    first: int
    last: int


def stretches(time: NDArray[np.float64], part: NDArray[np.int64]) -> tuple[list[Stretch], list[tuple[float, float]]]:
    """Return the stretches of events at ascending times [s], and the silences within a part that were taken as pauses.

    Parts that overlap are one. A silence is a pause if it is longer than TOO_LONG mean distances of the events around
    it, of the sparser side. A lone event makes no stretch. Raises InputError if there is none at all.
    """
    breaks = _breaks(time, part)
    silent = _pauses(time, breaks)
    edges = np.flatnonzero(breaks | silent)
    firsts, lasts = np.append(0, edges + 1), np.append(edges, len(time) - 1)
    found = [
        Stretch(float(time[first]), float(time[last]), int(first), int(last))
        for first, last in zip(firsts, lasts, strict=True)
        if time[last] > time[first]
    ]
    if not found:
        raise InputError("the recording lasts no time: events at two times at least are needed to tell a rate.")
    return found, [(float(time[i]), float(time[i + 1])) for i in np.flatnonzero(silent)]


def _breaks(time: NDArray[np.float64], part: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say after which events a part ends before the next one begins, [events - 1]."""
    numbers, index = np.unique(part, return_inverse=True)
    end = np.full(len(numbers), -np.inf)
    np.maximum.at(end, index, time)
    # the furthest that any part reaches which has begun by then
    reach = np.maximum.accumulate(end[index])
    return np.asarray((index[1:] != index[:-1]) & (reach[:-1] <= time[:-1]))


def _pauses(time: NDArray[np.float64], breaks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Say which of the distances between two events of a stretch are too long to be chance, [events - 1]."""
    distance = np.diff(time)
    number = np.arange(len(distance))
    walls = np.flatnonzero(breaks)
    lowest = np.append(-1, walls)[np.searchsorted(walls, number, side="left")] + 1
    highest = np.append(walls, len(distance))[np.searchsorted(walls, number, side="left")]
    summed = np.append(0.0, np.cumsum(distance))
    left, right = np.maximum(number - NEIGHBOURS, lowest), np.minimum(number + 1 + NEIGHBOURS, highest)
    expected = np.maximum(
        _mean(summed[number] - summed[left], number - left),
        _mean(summed[right] - summed[number + 1], right - number - 1),
    )
    # times that were rounded tell nothing below their smallest step
    step = np.min(distance, where=distance > 0.0, initial=np.inf)
    return np.asarray(~breaks & (expected > 0.0) & (distance > TOO_LONG * np.maximum(expected, step)))


def _mean(total: NDArray[np.float64], number: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean of enough distances, 0 of too few."""
    return np.where(number >= FEWEST, total / np.maximum(number, 1), 0.0)
