"""Real spectra with right answers; tests/data/xafs/README.md tells where they are from."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from scantrail.daq import Measured, read_xdi

PLACE = Path(__file__).parent.parent / "data" / "xafs"
EXPECTED: dict[str, Any] = {
    name: told for name, told in json.loads((PLACE / "expected.json").read_text()).items() if name != "how"
}
"""What Larch finds in each file."""


def energies_of(name: str) -> np.ndarray:
    """The energies [eV] of a file."""
    return np.loadtxt(PLACE / name)[:, 0]


def measured(name: str) -> Measured:
    """A file as what was measured."""
    return read_xdi(PLACE / name)
