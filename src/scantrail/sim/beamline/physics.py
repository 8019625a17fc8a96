"""What the detectors of the simulated beamline see on average, in counts/s; the truth of every scan.

With the throughput p of ring and slits, mu*d(E) of the foil, thickness t and concentration c of the sample at (X, Y):

    I0 = dark + I0_FULL p
    IT = dark + TRANSMISSION I0_FULL p exp(-mu*d(E) t cover(X, Y))
    IF = dark + FLUORESCENCE I0_FULL p c(X, Y) (mu*d(E) - mu*d(below the edge)) / (edge step)
"""

import math
from typing import NamedTuple

from scantrail.sim.beamline.absorption import iron
from scantrail.sim.beamline.sample import Sample

I0_FULL = 5e5
TRANSMISSION = 0.9
FLUORESCENCE = 0.08
BELOW = 7100.0
"""Energy just below the edge [eV]."""
ABOVE = 7160.0
"""Energy just above the edge [eV]."""
DARK = {"I0": 150.0, "IT": 120.0, "IF": 5.0}
CEILING = {"I0": 1e6, "IT": 1e6, "IF": 1e5}
"""Highest reading [counts/s]."""


class Spot(NamedTuple):
    """Where the beam meets the sample [um], and its photon energy [eV]."""

    x: float
    y: float
    energy: float


class Optics:
    """Everything from the first detector to the last."""

    def __init__(self, sample: Sample | None = None) -> None:
        self.sample = Sample() if sample is None else sample
        self._foil = iron()
        self._below = self._foil(BELOW)
        self._step = self._foil(ABOVE) - self._below

    def rate(self, detector: str, beam: float, spot: Spot) -> float:
        """Return the mean rate of "I0", "IT" or "IF" [counts/s] in a beam of `beam` (0 to 1)."""
        through = I0_FULL * beam
        if detector == "IT":
            thickness = self.sample.thickness * self.sample.cover(spot.x, spot.y)
            through *= TRANSMISSION * math.exp(-self._foil(spot.energy) * thickness)
        elif detector == "IF":
            excited = max(0.0, self._foil(spot.energy) - self._below) / self._step
            through *= FLUORESCENCE * self.sample.concentration(spot.x, spot.y) * excited
        return DARK[detector] + through

    def truth(self) -> dict[str, object]:
        """Return what scans must find: the edge [eV], the sample [um], the dark rates [counts/s]."""
        sample = self.sample
        return {
            "edge": self._foil.steepest(),
            "edge_step": self._step * sample.thickness,
            "disc": {"center": [0.0, 0.0], "radius": sample.radius, "blur": sample.blur},
            "spot": {"center": list(sample.spot), "sigma": sample.spot_sigma},
            "dark": dict(DARK),
        }
