"""Energies as angles of the monochromator's crystal."""

from math import asin, degrees

HC = 12398.419843320026
"""Planck's constant times the speed of light [eV angstrom], exact in the SI of 2019."""


def bragg_angle(energy: float, d_spacing: float) -> float | None:
    """Return the angle theta [deg] at which planes `d_spacing` [angstrom] apart reflect photons of `energy` [eV].

    Bragg's law: sin(theta) = h c / (2 d E). None where no angle does.
    """
    sine = HC / (2.0 * d_spacing * energy)
    return degrees(asin(sine)) if sine <= 1.0 else None
