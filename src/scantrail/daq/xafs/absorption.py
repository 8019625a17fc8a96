"""The absorption mu(E) that a scan measured, from its detectors by what they stand for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.plans.xafs_regions import JOIN
from scantrail.daq.stats.curve import counting_error

TRANSMISSION = "ln(I0 / IT)"
FLUORESCENCE = "IF / I0"
READY = ("mutrans", "mufluor", "mu")
"""Roles or names of columns that are mu already, as in files of others."""


@dataclass(frozen=True, slots=True)
class Absorption:
    """mu at energies [eV] that ascend, each once; sigma: its counting error, None where detectors do not count.

    formula: how it was made. notes: points that are missing or not true, a sentence each.
    """

    energy: Floats
    mu: Floats
    sigma: Floats | None
    formula: str
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.energy)


def absorptions(measured: Measured) -> Iterator[Absorption]:
    """Yield every mu(E) that a scan holds, transmission first: ln(I0/IT) and IF/I0 less dark readings, or a column mu.

    The energies are the setpoints of the first axis. Those nearer than JOIN are one, as in passes over the same
    energies, and are averaged; points without a reading, or without light, are left out with a note.
    """
    i0, it, fluorescence = (_of_role(measured, role) for role in ("i0", "itrans", "ifluor"))
    if i0 is not None and it is not None:
        mu = np.log(_lit(i0) / _lit(it))
        errors = [_error(one, measured.dwell, 1.0 / _lit(one)) for one in (i0, it)]
        yield _spectrum(measured, mu, errors, TRANSMISSION)
    if i0 is not None and fluorescence is not None:
        mu = fluorescence.net / _lit(i0)
        terms = ((fluorescence, 1.0 / _lit(i0)), (i0, np.abs(mu) / _lit(i0)))
        errors = [_error(one, measured.dwell, factor) for one, factor in terms]
        yield _spectrum(measured, mu, errors, FLUORESCENCE)
    if i0 is None or (it is None and fluorescence is None):
        for ready in filter(None, (_of_role(measured, role) for role in READY)):
            yield _spectrum(measured, ready.values, [None], ready.name)


def _of_role(measured: Measured, role: str) -> Quantity | None:
    return next((one for one in measured.columns if role in (one.role, one.name.casefold())), None)


def _lit(detector: Quantity) -> Floats:
    """The readings without their dark part, NaN where nothing is left."""
    return np.where(detector.net > 0.0, detector.net, np.nan)


def _error(detector: Quantity, dwell: Floats | None, factor: Floats) -> Floats | None:
    """What the counting error of a detector's readings adds to that of mu; factor: how mu changes with them."""
    error = counting_error(detector, dwell)
    return None if error is None else np.asarray(error * factor)


def _spectrum(measured: Measured, mu: Floats, errors: Sequence[Floats | None], formula: str) -> Absorption:
    """Sort by energy and average what was measured at the same one; errors: what add up to that of mu."""
    energy = measured.axes[0].values
    held = np.isfinite(energy) & np.isfinite(mu)
    place = _together(energy[held])
    number = np.bincount(place)

    def total(values: Floats) -> Floats:
        return np.asarray(np.bincount(place, values[held], len(number)))

    variances = [total(one**2) for one in errors if one is not None]
    sigma = np.sqrt(np.sum(variances, axis=0)) / number if len(variances) == len(errors) else None
    return Absorption(
        total(energy) / number, total(mu) / number, sigma, formula, tuple(_notes(measured, int(np.sum(~held))))
    )


def _together(energy: Floats) -> NDArray[np.intp]:
    """Return for each energy [eV] the number of the group that it belongs to, those within JOIN of their lowest."""
    place = np.zeros(len(energy), dtype=np.intp)
    group, lowest = -1, -np.inf
    for i in np.argsort(energy, kind="stable"):
        if energy[i] - lowest > JOIN:
            group, lowest = group + 1, energy[i]
        place[i] = group
    return place


def _notes(measured: Measured, lost: int) -> Iterator[str]:
    if lost:
        total = len(measured.axes[0].values)
        yield f"{lost} of {total} points have no mu: a reading is missing, or not above its dark one"
    for one in measured.detectors:
        if one.saturated:
            at = f"at its ceiling of {one.ceiling:g} at {one.saturated} points"
            yield f"{one.name} was {at}, so that mu is not true there"
