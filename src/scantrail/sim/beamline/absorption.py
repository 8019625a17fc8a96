"""The absorption edge in front of the detectors: a foil of iron, measured."""

from bisect import bisect_right
from functools import cache
from pathlib import Path

FOIL = Path(__file__).with_name("fe_foil.csv")


class Absorption:
    """mu*d against photon energy [eV], without noise: a cubic Hermite curve through a table.

    Outside of the table it falls with the third power of the energy, as photoelectric absorption about does.
    """

    def __init__(self, energies: list[float], values: list[float]) -> None:
        self.energies = energies
        self.values = values
        self._slopes = _slopes(energies, values)

    def __call__(self, energy: float) -> float:
        """Return mu*d at `energy` [eV]."""
        x, y = self.energies, self.values
        if energy <= x[0]:
            return y[0] * (x[0] / energy) ** 3
        if energy >= x[-1]:
            return y[-1] * (x[-1] / energy) ** 3
        i = bisect_right(x, energy) - 1
        width = x[i + 1] - x[i]
        t = (energy - x[i]) / width
        s = 1.0 - t
        return s * s * ((1.0 + 2.0 * t) * y[i] + t * width * self._slopes[i]) + t * t * (
            (3.0 - 2.0 * t) * y[i + 1] - s * width * self._slopes[i + 1]
        )

    def steepest(self) -> float:
        """Return the energy [eV] at which mu*d rises fastest, to 0.01 eV: the position of the edge."""
        whole = range(round(self.energies[0]) + 1, round(self.energies[-1]))
        near = max(whole, key=lambda energy: self(energy + 0.5) - self(energy - 0.5))
        fine = range(near * 100 - 200, near * 100 + 200)
        return max(fine, key=lambda n: self((n + 1) / 100) - self((n - 1) / 100)) / 100


@cache
def iron() -> Absorption:
    """Return the absorption of an iron foil at the K edge, 7112 eV; the file tells where it was measured."""
    lines = [line for line in FOIL.read_text(encoding="ascii").splitlines() if not line.startswith("#")]
    rows = [tuple(map(float, line.split(","))) for line in lines]
    return Absorption([row[0] for row in rows], [row[1] for row in rows])


def _slopes(x: list[float], y: list[float]) -> list[float]:
    """Derivatives at the points of a table: of the parabola through each and its neighbours."""
    chords = [(y[i + 1] - y[i]) / (x[i + 1] - x[i]) for i in range(len(x) - 1)]
    inner = [
        (chords[i] * (x[i + 2] - x[i + 1]) + chords[i + 1] * (x[i + 1] - x[i])) / (x[i + 2] - x[i])
        for i in range(len(chords) - 1)
    ]
    return [chords[0], *inner, chords[-1]]
