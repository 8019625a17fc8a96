"""Real spectra with right answers; tests/data/xafs/README.md tells where they are from."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from scantrail.daq import Edge, Measured, Quantity

PLACE = Path(__file__).parent.parent / "data" / "xafs"
EXPECTED: dict[str, Any] = {
    name: told for name, told in json.loads((PLACE / "expected.json").read_text()).items() if name != "how"
}
"""What Larch finds in each file."""

ROLES = {"energy": "setpoint", "i0": "i0", "itrans": "itrans", "mutrans": "mutrans"}


def energies_of(name: str) -> np.ndarray:
    """The energies [eV] of a file."""
    return np.loadtxt(PLACE / name)[:, 0]


def measured(name: str) -> Measured:
    """A file as what was measured."""
    labels = [
        line for line in (PLACE / name).read_text().splitlines() if line.startswith("#") and "energy" in line.lower()
    ][-1]
    columns = dict(zip(labels.lstrip("# ").split(), np.loadtxt(PLACE / name).T, strict=True))
    told = EXPECTED[name]
    energy, *rest = [Quantity(label, "", ROLES[label], values) for label, values in columns.items()]
    return Measured(
        kind="xafs",
        title=name,
        axes=(energy,),
        readbacks=(),
        detectors=tuple(rest),
        shape=(told["n"],),
        index=np.arange(told["n"])[:, np.newaxis],
        edge=Edge(told["element"], told["edge"], told["tabulated_edge"]),
    )
