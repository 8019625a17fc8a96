"""XAFS: an energy scan around an absorption edge, its step varying from region to region."""

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from scantrail.daq.plans.base import MAX_POINTS, Device, Positions, ScanConfig, Track

JOIN = 0.01
"""Energies [eV] nearer than this are one: where regions join, it is measured once."""

Region = Annotated[tuple[float, float, float], Field(strict=False)]
"""(start, stop, step) in eV, start and stop counted from the edge."""


class XAFSScanConfig(ScanConfig):
    """XAFS energy scan configuration with variable step sizes; energies in eV."""

    scan_type: Literal["xafs"] = "xafs"
    energy_pv: Device = Field(default="BL02:MONO:ENERGY", description="Energy PV name")
    edge: float = Field(..., gt=0, description="Absorption edge energy (eV)")
    regions: Annotated[
        list[Region],
        Field(strict=False, min_length=1, description="(start_offset, stop_offset, step_size) tuples in eV"),
    ]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for number, (start, stop, step) in enumerate(self.regions, 1):
            if step <= 0:
                raise ValueError(f"region {number} has a step of {step:g} eV; it must be above 0")
            if not JOIN < stop - start < np.inf:
                raise ValueError(
                    f"region {number} runs from {start:g} to {stop:g} eV; its stop must be above its start"
                )
        for number, ((_, stop, _), (start, _, _)) in enumerate(zip(self.regions, self.regions[1:], strict=False), 2):
            if start < stop - JOIN:
                raise ValueError(
                    f"region {number} starts at {start:g} eV, before region {number - 1} stops at {stop:g} eV"
                )
        if self.edge + self.regions[0][0] <= 0:
            raise ValueError(f"region 1 starts at {self.edge + self.regions[0][0]:g} eV; energies are above 0")
        if sum((stop - start) / step for start, stop, step in self.regions) > MAX_POINTS:
            raise ValueError(f"the regions hold more than the {MAX_POINTS} points that one scan takes")
        return self

    def generate_energies(self) -> Positions:
        """Return the energies [eV], strictly increasing, shape (n,).

        Each region has n = max(1, round(span / step)) equal intervals, so both its ends are exact; where two regions
        join, the energy is measured once.
        """
        energies: list[Positions] = []
        for start, stop, step in self.regions:
            region = np.linspace(self.edge + start, self.edge + stop, intervals(start, stop, step) + 1)
            if energies:
                last = energies[-1][-1]
                region = region[int(abs(region[0] - last) <= JOIN) :]
                region = region[region > last]
            energies.append(region)
        return np.concatenate(energies)

    @property
    def steps(self) -> tuple[float, ...]:
        """The step [eV] that each region really has."""
        return tuple((stop - start) / intervals(start, stop, step) for start, stop, step in self.regions)

    @property
    def notices(self) -> tuple[str, ...]:
        """Gaps between regions, and steps that had to give way to exact ends."""
        gaps = (
            f"there is a gap from {stop:g} to {start:g} eV between the regions {number} and {number + 1}"
            for number, ((_, stop, _), (start, _, _)) in enumerate(zip(self.regions, self.regions[1:], strict=False), 1)
            if start > stop + JOIN
        )
        fitted = (
            f"region {number} has a step of {step:.6g} eV instead of {asked:g}, so that both its ends are measured"
            for number, (step, (_, _, asked)) in enumerate(zip(self.steps, self.regions, strict=True), 1)
            if abs(step - asked) > 1e-6 * asked
        )
        return (*gaps, *fitted)

    @property
    def motors(self) -> tuple[str, ...]:
        """The motors as they were named."""
        return (self.energy_pv,)

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The energies along the one dimension."""
        return ({self.energy_pv: self.generate_energies()},)


def intervals(start: float, stop: float, step: float) -> int:
    """Return how many equal intervals nearest to `step` fit between two ends."""
    return max(1, round((stop - start) / step))
