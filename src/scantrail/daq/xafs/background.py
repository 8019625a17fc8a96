"""chi(k): the fine structure above a smooth background, by AUTOBK."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.measured import Floats
from scantrail.daq.plans.xafs_regions import K2_PER_EV
from scantrail.daq.xafs.absorption import Absorption
from scantrail.daq.xafs.missing import Missing
from scantrail.daq.xafs.transform import GRID, K_MIN, distances, hanning, to_distances

R_BACKGROUND = 1.0
"""Distance [angstrom] below which |chi(R)| belongs to the background."""
K_WEIGHT = 2
DEGREE = 3
LEAST_SPLINES = 5
TAPER = 0.1
"""Width of the window's ends [1/angstrom]."""
LEAST_K = 6.5
"""What a spectrum must reach [1/angstrom] for a transform to mean anything."""
COARSEST = 0.25
"""Largest distance of points [1/angstrom]: coarser ones fold what is beyond 6 angstrom into what is shown."""


@dataclass(frozen=True, slots=True)
class FineStructure:
    """chi at even k [1/angstrom]; background: mu0 at the energies [eV] above E0 that belong to them."""

    k: Floats
    chi: Floats
    energy: Floats
    background: Floats


def fine_structure(spectrum: Absorption, e0: float, step: float) -> FineStructure | Missing:
    """Return chi(k) = (mu - mu0) / step; mu0 is a cubic spline in k.

    It has as many coefficients as there are degrees of freedom below R_BACKGROUND, those that leave least of k^2 chi
    there: M. Newville, P. Livins, Y. Yacoby, J. J. Rehr and E. A. Stern, Phys. Rev. B 47, 14126 (1993). With its knots
    fixed this is linear, and solved as such.
    """
    from scipy.interpolate import BSpline, CubicSpline

    at = spectrum.energy >= e0
    found = np.sqrt(K2_PER_EV * (spectrum.energy[at] - e0))
    if len(found) < 2 * LEAST_SPLINES or found[-1] < LEAST_K:
        return Missing(f"the scan does not reach {LEAST_K:g} 1/Å")
    if float(np.max(np.diff(found[found > K_MIN]))) > COARSEST:
        return Missing(f"points are more than {COARSEST:g} 1/Å apart")
    k = np.arange(int(found[-1] / GRID + 1e-9) + 1, dtype=np.float64) * GRID
    mu = CubicSpline(found, spectrum.mu[at])(np.maximum(k, found[0]))
    number = max(LEAST_SPLINES, 1 + int(2.0 * R_BACKGROUND * found[-1] / np.pi))
    inner = np.linspace(0.0, found[-1], number)[2:-2]
    knots = np.concatenate([np.zeros(DEGREE + 1), inner, np.full(DEGREE + 1, found[-1])])
    splines = BSpline.design_matrix(k, knots, DEGREE).toarray()
    weight = k**K_WEIGHT * hanning(k, 0.0, float(found[-1]), TAPER)
    low = distances() <= R_BACKGROUND
    unwanted, movable = (to_distances((weight * one.T).T)[low] for one in (mu, splines))
    coefficients = np.linalg.lstsq(_parts(movable), _parts(unwanted), rcond=None)[0]
    background = splines @ coefficients
    return FineStructure(k, (mu - background) / step, e0 + k**2 / K2_PER_EV, background)


def _parts(values: NDArray[np.complex128]) -> Floats:
    """Real and imaginary parts, one below the other."""
    return np.concatenate([values.real, values.imag])
