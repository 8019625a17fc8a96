"""Spectra whose energies were measured several times: their mean, as one spectrum, and each pass by itself."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scantrail.runs.export.recorded import Floats, Recorded, Recording

POINT = "point"


class Mean(NamedTuple):
    """A spectrum with each energy once, how many passes it is the mean of, and what is missing, a sentence each."""

    spectrum: Recording
    passes: int
    notices: tuple[str, ...] = ()


def averaged(recorded: Recording) -> Mean:
    """Return the mean of the passes over the energies of a scan; any other run as it is.

    Readings are averaged before anything is made of them. A point at which a detector failed does not count where
    another pass has that energy: a mean over other passes than its neighbour's would be no pair.
    """
    passes = _passes(recorded)
    if passes < 2:
        return Mean(recorded, 1)
    energies = recorded.planned // passes
    place = recorded.columns[POINT].values.astype(np.intp) % energies
    used = _used(recorded.detectors, place)
    number = np.bincount(place[used], minlength=energies)
    held = np.flatnonzero(number)
    first = np.full(energies, len(place), dtype=np.intp)
    np.minimum.at(first, place[used], np.flatnonzero(used))

    def mean(values: Floats) -> Floats:
        alike = values[first[held]]
        if np.array_equal(values[used], values[first[place[used]]]):  # what was sent stays what it was, to the last bit
            return alike
        return np.asarray(np.bincount(place[used], values[used], energies)[held] / number[held])

    columns = {
        key: replace(column, values=held if key == POINT else mean(column.floats))
        for key, column in recorded.columns.items()
        if column.is_number
    }
    dimensions = tuple(tuple(columns[axis.key] for axis in axes) for axes in recorded.dimensions)
    spectrum = replace(recorded, columns=columns, time=mean(recorded.time), dimensions=dimensions, shape=(energies,))
    return Mean(spectrum, passes, _fewer(number[held], passes))


def apart(recorded: Recording, values: Floats) -> Floats:
    """Return values by pass and energy, shape (passes, energies), NaN where nothing was measured."""
    passes = _passes(recorded)
    grid = np.full(recorded.planned, np.nan)
    grid[recorded.columns[POINT].values.astype(np.intp)] = values
    return grid.reshape(passes, recorded.planned // passes)


def _passes(recorded: Recording) -> int:
    """Return how often all energies were to be measured."""
    return int(recorded.start["scantrail"]["plan"].get("repeats", 1)) if "xafs" in recorded.start else 1


def _used(detectors: Sequence[Recorded], place: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Return which points count: those with all readings, and all of an energy where no pass has them."""
    read = [np.isfinite(one.floats) for one in detectors]
    whole = (
        np.all([held for held in read if held.any()], axis=0) if any(map(np.any, read)) else np.ones(len(place), bool)
    )
    some = np.bincount(place[whole], minlength=int(place.max(initial=0)) + 1) > 0
    return np.asarray(whole | ~some[place])


def _fewer(number: NDArray[np.intp], passes: int) -> tuple[str, ...]:
    fewer = int(np.sum(number < passes))
    if not fewer:
        return ()
    energies = "1 energy has" if fewer == 1 else f"{fewer} energies have"
    return (f"{energies} readings of fewer than {passes} passes",)
