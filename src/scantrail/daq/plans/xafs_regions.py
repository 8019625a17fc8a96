"""One region of an XAFS scan: a stretch of even steps in energy, or in the wave number k of the photoelectron."""

from math import isfinite, sqrt
from typing import Annotated, Literal, TypeAlias

import numpy as np
from pydantic import BeforeValidator, ConfigDict, Discriminator, Field, Tag
from pydantic.dataclasses import dataclass

from scantrail.daq.plans.base import Positions, plain
from scantrail.errors import InputError

K2_PER_EV = 0.26246842
"""2 m_e / hbar^2 [1/(eV angstrom^2)]: k^2 of a photoelectron of 1 eV."""

JOIN = 0.01
"""Energies [eV] nearer than this are one: where regions join, it is measured once."""

UNITS = {"eV": "eV", "k": "1/Å"}
"""How the unit of a region is written."""

Unit = Literal["eV", "k"]
Number = Annotated[float, Field(strict=True), BeforeValidator(plain)]


def wave_number(offset: float) -> float:
    """Return k [1/angstrom] of a photoelectron at `offset` [eV] above the edge, which is not below it."""
    return sqrt(K2_PER_EV * offset)


def offset_of(k: float) -> float:
    """Return how far above the edge [eV] a photoelectron has the wave number k [1/angstrom]."""
    return k * k / K2_PER_EV


@dataclass(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class Region:
    """A region from start to stop, both measured, counted from the edge in eV or as k [1/angstrom] above it.

    Its steps are even in its `unit`: as near to `step` as both ends allow, or so that it has `npts` points with its
    ends; one of the two is given. dwell [s]: of its points, None for the scan's. It grows with (k / k_first)^k_weight,
    k_first being the region's own, so that chi(k) k^n is as well known at its end.
    """

    start: Number
    stop: Number
    step: Number | None = None
    npts: Annotated[int, Field(strict=True), BeforeValidator(plain)] | None = None
    unit: Unit = "eV"
    dwell: Number | None = None
    k_weight: Number = 0.0

    @property
    def intervals(self) -> int:
        """How many even steps it has."""
        if self.npts is not None:
            return self.npts - 1
        return max(1, round((self.stop - self.start) / (self.step or np.inf)))

    @property
    def actual_step(self) -> float:
        """The step that it really has [its unit]."""
        return (self.stop - self.start) / self.intervals

    @property
    def ends(self) -> tuple[float, float]:
        """Start and stop [eV from the edge]."""
        return (offset_of(self.start), offset_of(self.stop)) if self.unit == "k" else (self.start, self.stop)

    def energies(self, edge: float) -> Positions:
        """Return its energies [eV] above an edge [eV], both ends exact, shape (intervals + 1,)."""
        if self.unit == "eV":
            return np.linspace(edge + self.start, edge + self.stop, self.intervals + 1)
        k = np.linspace(self.start, self.stop, self.intervals + 1)
        return np.asarray(edge + k * k / K2_PER_EV)

    def growth(self, offsets: Positions) -> Positions:
        """Return the factors of the dwell at `offsets` [eV from the edge]: (k / k_first)^k_weight."""
        first, _ = self.ends
        if not self.k_weight:
            return np.ones_like(offsets)
        return np.asarray((offsets / first) ** (self.k_weight / 2))


def region_in(text: str) -> Region:
    """Return the region in "START:STOP:STEP": a bare number is eV from the edge, one with the suffix k is 1/angstrom.

    The unit of the step is the region's, and its ends are converted: "30:12k:0.05k" begins at k = 2.80607 1/angstrom.
    Raises InputError.
    """
    words = text.split(":")
    if len(words) != 3:
        raise InputError(
            f'"{text}": a region is START:STOP:STEP in eV from the edge, or with the suffix k in 1/angstrom'
        )
    (start, in_k), (stop, stop_in_k), (step, unit_k) = (_number(word, text) for word in words)
    start = _converted(start, in_k, unit_k, text)
    return Region(start, _converted(stop, stop_in_k, unit_k, text), step, unit="k" if unit_k else "eV")


def _number(word: str, text: str) -> tuple[float, bool]:
    """Return a number, and whether it has the suffix k."""
    digits = word.strip().removesuffix("k")
    try:
        number = float(digits)
    except ValueError:
        raise InputError(f'"{text}": "{word}" is no number') from None
    if not isfinite(number):
        raise InputError(f'"{text}": {word} must be a finite number')
    return number, digits != word.strip()


def _converted(end: float, was_k: bool, unit_k: bool, text: str) -> float:
    if was_k == unit_k:
        return end
    if end < 0:
        raise InputError(f'"{text}": below the edge there is no k; a region in k starts and ends above it')
    return wave_number(end) if unit_k else offset_of(end)


def _parsed(value: object) -> object:
    return region_in(value) if isinstance(value, str) else value


def _form(value: object) -> str:
    return "region" if isinstance(value, Region | dict) else "tuple"


Triple = Annotated[tuple[float, float, float], Field(strict=False)]
"""(start, stop, step) in eV, start and stop counted from the edge."""

AnyRegion: TypeAlias = Annotated[
    Annotated[Triple, Tag("tuple")] | Annotated[Region, Tag("region")],
    Discriminator(_form),
    BeforeValidator(_parsed),
]
"""A region as a plan takes it: (start, stop, step) [eV], a Region, its fields, or "START:STOP:STEP"."""


def as_region(region: Region | tuple[float, float, float]) -> Region:
    """Return a region that may be a tuple as a Region."""
    return region if isinstance(region, Region) else Region(*region)
