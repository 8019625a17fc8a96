"""The absorption that a run measured: mu from its detectors, darks taken off; what was read stays as it is."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from scantrail.runs.export.recorded import Floats, Recorded, Recording


class Absorption(NamedTuple):
    """One mu: its name in files, the detectors it is made of, how, and its values, NaN where there is none."""

    name: str
    incoming: Recorded
    signal: Recorded
    formula: str
    values: Floats


def absorptions(recording: Recording) -> Iterator[Absorption]:
    """Yield mutrans = ln(i0 / itrans) and mufluor = ifluor / i0, as far as the run has the detectors for them."""
    i0, itrans, ifluor = (recording.of_role(role) for role in ("i0", "itrans", "ifluor"))
    if i0 is None:
        return
    incoming = _lit(recording, i0)
    if itrans is not None:
        yield Absorption("mutrans", i0, itrans, "ln(i0 / itrans)", np.log(incoming / _lit(recording, itrans)))
    if ifluor is not None:
        yield Absorption("mufluor", i0, ifluor, "ifluor / i0", _net(recording, ifluor) / incoming)


def _net(recording: Recording, detector: Recorded) -> Floats:
    """Return the readings without their dark part."""
    dark = recording.dark(detector)
    return detector.floats if dark is None else detector.floats - dark.floats


def _lit(recording: Recording, detector: Recorded) -> Floats:
    """Return the readings without their dark part, NaN where nothing is left."""
    lit = _net(recording, detector)
    return np.where(lit > 0, lit, np.nan)
