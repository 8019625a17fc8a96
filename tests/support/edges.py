"""Spectra made of known parts: an edge, or the simulated foil with the noise of counting."""

import numpy as np

from scantrail.daq import Edge, Measured, Quantity, XAFSScanConfig
from scantrail.sim.beamline.physics import DARK, Optics, Spot

FE_K = Edge("Fe", "K", 7112.0)
REGIONS = ["-150:-20:5", "-20:30:0.5", "30:12k:0.05k"]
ROLES = {"I0": "i0", "IT": "itrans", "IF": "ifluor"}
OPTICS = Optics()


def energies(*regions: str) -> np.ndarray:
    """Energies [eV] of a scan over the iron K edge."""
    return XAFSScanConfig(edge="Fe K", regions=list(regions or REGIONS), detectors=["d"]).generate_energies()


def scan(energy: np.ndarray, edge: Edge | None = FE_K, dwell: float | None = None, **columns: Quantity) -> Measured:
    """What was measured at these energies, in this order; columns by any name."""
    return Measured(
        kind="xafs",
        title="a scan",
        axes=(Quantity("energy", "eV", "setpoint", energy),),
        readbacks=(),
        detectors=tuple(columns.values()),
        shape=(len(energy),),
        index=np.arange(len(energy))[:, np.newaxis],
        edge=edge,
        dwell=None if dwell is None else np.full(len(energy), dwell),
    )


def of_mu(energy: np.ndarray, mu: np.ndarray, **more: object) -> Measured:
    """A scan that holds mu itself."""
    return scan(energy, mu=Quantity("mu", "", "mutrans", mu), **more)


def foil(
    energy: np.ndarray,
    dwell: float,
    seed: int = 1,
    *,
    detectors: tuple[str, ...] = ("I0", "IT"),
    unit: str = "counts/s",
) -> Measured:
    """The simulated iron foil as the simulated beamline counts it; dwell [s]."""
    random = np.random.default_rng(seed)

    def counted(name: str) -> Quantity:
        rate = np.array([OPTICS.rate(name, 1.0, Spot(0.0, 0.0, at)) for at in energy])
        readings = random.poisson(rate * dwell) / dwell
        return Quantity(name, unit, ROLES[name], readings, np.full(len(energy), DARK[name]))

    return scan(energy, dwell=dwell, **{name: counted(name) for name in detectors})


def step(energy: np.ndarray, at: float = 7112.0, height: float = 1.0, width: float = 1.5) -> np.ndarray:
    """An arctangent edge on a falling background."""
    return 0.3 - 2e-4 * (energy - at) + height * (0.5 + np.arctan((energy - at) / width) / np.pi)
