"""E0: the energy at which mu rises most steeply."""

from dataclasses import dataclass

import numpy as np

from scantrail.daq.measured import Floats
from scantrail.daq.xafs.absorption import Absorption
from scantrail.daq.xafs.missing import Missing
from scantrail.daq.xafs.slope import scatter, slopes_at, width_at

FEWEST = 8
"""Points below which slope and noise cannot be told apart."""
SIGNIFICANT = 5.0
"""A slope stands out if it is so many times its error above the median."""
ALIKE = 2.0
"""Two slopes are told apart if they differ by so many times their error."""
AWAY = 2.0
"""Widths that E0 must be away from the ends of a scan, and from a rival."""
ROUNDING = 1e-12
"""Share of mu that is lost to rounding."""
FINE = 201
"""Energies at which the slope is looked at about a point."""
SMOOTHER = 1.5
"""Width, in units of the usual one, that tells how far E0 hangs on the smoothing."""


@dataclass(frozen=True, slots=True)
class EdgeEnergy:
    """E0 [eV] and its error; rivals: where mu rises as steeply as far as the noise can tell [eV]."""

    energy: float
    error: float
    rivals: tuple[float, ...] = ()


def noise_of(spectrum: Absorption) -> Floats:
    """Return the error of each mu: that of counting, or how far readings scatter if that is larger."""
    scattered = scatter(spectrum.energy, spectrum.mu) + ROUNDING * np.max(np.abs(spectrum.mu))
    return scattered if spectrum.sigma is None else np.asarray(np.maximum(spectrum.sigma, scattered))


def find_e0(spectrum: Absorption, near: float | None = None) -> EdgeEnergy | Missing:
    """Return the energy of the largest smoothed slope that stands out of the noise; near: where it is expected [eV].

    Where several slopes are alike within the noise, the one nearest to `near` is taken, else the largest. The error is
    what the readings' errors leave open, and how far E0 moves if half as much again is smoothed.
    """
    if len(spectrum) < FEWEST:
        return Missing(f"the scan has {len(spectrum)} points with mu; an edge needs {FEWEST}")
    energy, sigma = spectrum.energy, noise_of(spectrum)
    slopes = slopes_at(energy, energy)
    slope, error = slopes.of(spectrum.mu), slopes.error(sigma)
    above = slope - np.median(slope)
    seen = np.flatnonzero(above > SIGNIFICANT * error)
    if not len(seen):
        return Missing("mu does not rise anywhere by more than its noise")
    width = width_at(energy, energy)
    inner = (energy - energy[0] > AWAY * width) & (energy[-1] - energy > AWAY * width)
    top, end = seen[np.argmax(slope[seen])], np.argmax(np.where(inner, -np.inf, slope))
    if slope[end] >= slope[top]:
        return Missing(f"mu rises most steeply at {energy[end]:g} eV, where the scan ends")
    tops = [i for i in seen if inner[i] and slope[i] >= slope[i - 1] and slope[i] > slope[i + 1]]
    apart = [i for i in tops if abs(energy[i] - energy[top]) > AWAY * width[top]]
    alike = [top, *(i for i in apart if slope[top] - slope[i] <= ALIKE * np.hypot(error[top], error[i]))]
    chosen = top if near is None else min(alike, key=lambda i: abs(energy[i] - near))
    found = _steepest(spectrum, energy[chosen - 1], energy[chosen + 1])
    moved = _steepest(spectrum, found - width[chosen], found + width[chosen], SMOOTHER) - found
    rivals = tuple(float(energy[i]) for i in alike if abs(energy[i] - found) > AWAY * width[chosen])
    return EdgeEnergy(found, float(np.hypot(_counting(spectrum, sigma, found), moved)), rivals)


def _steepest(spectrum: Absorption, low: float, high: float, widths: float = 1.0) -> float:
    """Return where the slope is largest between two energies [eV]."""
    at = np.linspace(low, high, FINE)
    return float(at[np.argmax(slopes_at(spectrum.energy, at, widths).of(spectrum.mu))])


def _counting(spectrum: Absorption, sigma: Floats, e0: float) -> float:
    """Return what the readings' errors leave open of E0 [eV].

    That is the error of the slope's first derivative there, which is zero, over its second one.
    """
    energy, mu = spectrum.energy, spectrum.mu
    width = float(width_at(energy, np.array([e0]))[0])
    low, middle, high = slopes_at(energy, np.array([e0 - width, e0, e0 + width])).of(mu)
    bend = abs(low - 2.0 * middle + high) / width**2
    h = width / 4.0
    slopes = slopes_at(energy, np.array([e0 - h, e0 + h]))
    weights = np.zeros(len(energy))
    np.add.at(weights, slopes.index[1], slopes.weights[1] / (2.0 * h))
    np.add.at(weights, slopes.index[0], -slopes.weights[0] / (2.0 * h))
    spread = float(np.sqrt(np.sum((weights * sigma) ** 2)))
    return spread / bend if bend > 0.0 else float("nan")
