"""XAFS: an energy scan around an absorption edge, its step varying from region to region."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle, pairwise
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from scantrail.daq.measured import Edge
from scantrail.daq.plans.base import MAX_POINTS, Device, Positions, ScanConfig, Steps, Track
from scantrail.daq.plans.xafs_edges import edge_named
from scantrail.daq.plans.xafs_regions import JOIN, UNITS, AnyRegion, Region, as_region
from scantrail.runs import Point

FAR = 50.0
"""A chosen energy farther from the tabulated one [eV] is likely that of another edge."""


class XAFSScanConfig(ScanConfig):
    """XAFS energy scan configuration with variable step sizes; energies in eV.

    edge: its energy, or its name such as "Fe K", which sets `element` and `edge_name`; whoever has another calibration
    gives all three. regions: (start, stop, step) in eV from the edge, `Region`s, or "START:STOP:STEP" with the suffix k
    for 1/angstrom. The energies are taken from the lowest up, or `descending`; all of them `repeats` times.
    """

    scan_type: Literal["xafs"] = "xafs"
    energy_pv: Device = Field(default="BL02:MONO:ENERGY", description="Energy PV name")
    edge: float = Field(..., gt=0, description="Absorption edge energy (eV)")
    element: str = Field(default="", description="Symbol of the element")
    edge_name: str = Field(default="", description="Name of its edge: K, L1-L3, M1-M5")
    regions: Annotated[
        list[AnyRegion],
        Field(strict=False, min_length=1, description="(start_offset, stop_offset, step_size) tuples in eV"),
    ]
    repeats: Steps = Field(default=1, description="How often all energies are measured")
    descending: bool = Field(default=False, description="From the highest energy down")

    @model_validator(mode="before")
    @classmethod
    def _edge_by_name(cls, fields: Any) -> Any:  # noqa: ANN401 - whatever the caller gave
        if not isinstance(fields, dict):
            return fields
        energy, element, name = (fields.get(key, "") for key in ("edge", "element", "edge_name"))
        named = f"{element or '?'} {name or '?'}" if element or name else None
        edges = [edge_named(text) for text in (energy, named) if isinstance(text, str) and text]
        if not edges:
            return fields
        if edges[0] != edges[-1]:
            raise ValueError(f"the edge {energy!r} is not that of element and edge_name, {named}")
        found = {"edge": edges[0].energy, "element": edges[0].element, "edge_name": edges[0].name}
        return {**fields, **found} if isinstance(energy, str) else {**fields, **found, "edge": energy}

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        spans = self.spans
        for number, region in enumerate(spans, 1):
            _refuse_region(number, region)
        for number, (before, region) in enumerate(pairwise(spans), 2):
            if region.ends[0] < before.ends[1] - JOIN:
                raise ValueError(
                    f"region {number} starts at {region.ends[0]:g} eV, before region {number - 1} stops at "
                    f"{before.ends[1]:g} eV"
                )
        if self.edge + spans[0].ends[0] <= 0:
            raise ValueError(f"region 1 starts at {self.edge + spans[0].ends[0]:g} eV; energies are above 0")
        if self.repeats * sum(_wanted(region) for region in spans) > MAX_POINTS:
            raise ValueError(f"the regions hold more than the {MAX_POINTS} points that one scan takes")
        for number, energies in enumerate(self._kept(), 1):
            if np.any(np.diff(energies) <= 0):
                raise ValueError(f"region {number} has steps so small that its energies are the same")
        if not np.all(np.isfinite(self.dwells)):
            raise ValueError("dwells grow longer than numbers reach; choose a smaller k_weight")
        return self

    @property
    def spans(self) -> tuple[Region, ...]:
        """The regions, also those that are tuples."""
        return tuple(map(as_region, self.regions))

    @property
    def target(self) -> Edge:
        """The edge: element and name, "" if they are not known, and the energy [eV] that regions count from."""
        return Edge(self.element, self.edge_name, self.edge)

    def generate_energies(self) -> Positions:
        """Return the energies [eV] of one pass, strictly increasing (decreasing if `descending`), shape (n,).

        Each region has max(1, round(span / step)) equal intervals in its unit, so both its ends are exact; where two
        regions join, the energy is measured once.
        """
        energies = np.concatenate(self._kept())
        return energies[::-1] if self.descending else energies

    @property
    def counts(self) -> tuple[int, ...]:
        """How many points of one pass are taken in each region."""
        return tuple(map(len, self._kept()))

    @property
    def dwells(self) -> Positions:
        """The dwell [s] at each energy of one pass, shape (n,)."""
        spans = self.spans
        with np.errstate(over="ignore"):
            dwells = [
                (region.dwell or self.dwell_time) * region.growth(energies - self.edge)
                for region, energies in zip(spans, self._kept(), strict=True)
            ]
        every = np.concatenate(dwells)
        return every[::-1] if self.descending else every

    @property
    def steps(self) -> tuple[float, ...]:
        """The step that each region really has, in its unit."""
        return tuple(region.actual_step for region in self.spans)

    @property
    def notices(self) -> tuple[str, ...]:
        """Gaps between regions, steps that had to give way to exact ends, an edge far from its name."""
        spans = self.spans
        gaps = (
            f"there is a gap from {before.ends[1]:g} to {region.ends[0]:g} eV between the regions {n} and {n + 1}"
            for n, (before, region) in enumerate(pairwise(spans), 1)
            if region.ends[0] > before.ends[1] + JOIN
        )
        fitted = (
            f"region {number} has a step of {region.actual_step:.6g} {UNITS[region.unit]} instead of {region.step:g}, "
            "so that both its ends are measured"
            for number, region in enumerate(spans, 1)
            if region.step is not None and abs(region.actual_step - region.step) > 1e-6 * region.step
        )
        return (*gaps, *fitted, *self._misplaced())

    @property
    def motors(self) -> tuple[str, ...]:
        """The motors as they were named."""
        return (self.energy_pv,)

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The energies of all passes along the one dimension."""
        return ({self.energy_pv: np.tile(self.generate_energies(), self.repeats)},)

    def points(self) -> Iterator[Point]:
        """Yield the points in the order of acquisition, each with the dwell of its region."""
        for point, dwell in zip(super().points(), cycle(self.dwells.tolist()), strict=False):
            yield replace(point, dwell=dwell)

    def _kept(self) -> list[Positions]:
        """The energies [eV] of each region, without those that the one before it has measured."""
        kept: list[Positions] = []
        for region in self.spans:
            energies = region.energies(self.edge)
            if kept:
                last = kept[-1][-1]
                energies = energies[int(abs(energies[0] - last) <= JOIN) :]
                energies = energies[energies > last]
            kept.append(energies)
        return kept

    def _misplaced(self) -> Iterator[str]:
        if not self.element:
            return
        tabulated = edge_named(f"{self.element} {self.edge_name}").energy
        if abs(self.edge - tabulated) > FAR:
            named = f"{self.element} {self.edge_name}"
            yield f"{self.edge:g} eV is far from the {named} edge, tabulated at {tabulated:g} eV"


def _wanted(region: Region) -> float:
    return region.npts or (region.stop - region.start) / (region.step or np.inf)


def _refuse_region(number: int, region: Region) -> None:
    """Refuse a region that is none; raises ValueError."""
    unit = UNITS[region.unit]
    if (region.step is None) == (region.npts is None):
        raise ValueError(f"region {number} needs either a step or npts, the number of its points")
    if region.step is not None and region.step <= 0:
        raise ValueError(f"region {number} has a step of {region.step:g} {unit}; it must be above 0")
    if region.npts is not None and region.npts < 2:
        raise ValueError(f"region {number} has npts {region.npts}; both its ends are measured, so it has 2 or more")
    if region.unit == "k" and region.start < 0:
        raise ValueError(f"region {number} starts at {region.start:g} {unit}; there is no k below the edge")
    if not JOIN < region.ends[1] - region.ends[0] < np.inf:
        raise ValueError(
            f"region {number} runs from {region.start:g} to {region.stop:g} {unit}; its stop must be above its start"
        )
    if region.dwell is not None and region.dwell <= 0:
        raise ValueError(f"region {number} has a dwell of {region.dwell:g} s; it must be above 0")
    if region.k_weight < 0 or (region.k_weight and region.ends[0] <= 0):
        raise ValueError(f"region {number} has a k_weight; that is 0 or more, and needs a start above the edge")
