"""The sample: a round foil with an edge, and a spot in it that fluoresces most."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sample:
    """Lengths in um, in stage coordinates. A disc about (0, 0) whose rim is a Gaussian-blurred edge of width `blur`.

    thickness: of the disc, in units of the foil of `absorption`. A Gaussian spot of width `spot_sigma` about `spot`
    holds what fluoresces, on top of `rest` of its maximum everywhere in the disc.
    """

    radius: float = 3000.0
    blur: float = 40.0
    thickness: float = 0.35
    spot: tuple[float, float] = (200.0, -150.0)
    spot_sigma: float = 400.0
    rest: float = 0.1

    def cover(self, x: float, y: float) -> float:
        """Return the share of the beam at (x, y) [um] that meets the disc."""
        return 0.5 * math.erfc((math.hypot(x, y) - self.radius) / (math.sqrt(2.0) * self.blur))

    def concentration(self, x: float, y: float) -> float:
        """Return what fluoresces at (x, y) [um], relative to its maximum."""
        away = (x - self.spot[0]) ** 2 + (y - self.spot[1]) ** 2
        return self.cover(x, y) * (self.rest + (1.0 - self.rest) * math.exp(-away / (2.0 * self.spot_sigma**2)))
