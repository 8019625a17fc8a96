"""Dark readings: what detectors read without beam, from the station file or from the newest run that measured it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from scantrail.daq.measured import COUNTS, Floats, Measured, Quantity
from scantrail.daq.rig import Source
from scantrail.daq.stats.words import written
from scantrail.errors import RunError
from scantrail.runs import Result, directories, read

KIND = "dark"
LOOK_BACK = 50
"""How many of the newest dark runs are looked at."""


class Dark(NamedTuple):
    """What a detector reads without beam and its error [unit], None for a lone reading; counting time [s]; the run."""

    reading: float
    error: float | None
    unit: str
    dwell: float
    run: int

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Bring a dark reading back from a start document."""
        return cls(**{key: document[key] for key in cls._fields})


def darks_of(start: Mapping[str, Any], dwell: Floats | None) -> dict[str, Floats]:
    """Return the dark reading of each detector at each point of a run, by data key: a measured one, else the station's.

    A dark reading in counts is taken to be proportional to the counting time `dwell` [s].
    """
    found: dict[str, Floats] = {}
    if dwell is None or start["plan_name"] == KIND:
        return found
    detectors = start["scantrail"]["station"].get("detectors", {})
    measured = start["scantrail"]["rig"].get("dark", {})
    for key in start["detectors"]:
        if key in measured:
            dark = Dark.from_document(measured[key])
            found[key] = dark.reading * (dwell / dark.dwell if dark.unit in COUNTS else np.ones(len(dwell)))
        elif "dark" in detectors.get(key, {}):
            found[key] = np.full(len(dwell), float(detectors[key]["dark"]))
    return found


def dark_results(measured: Measured) -> list[Result]:
    """Return the mean of each detector without beam, with its error."""
    return [_result(column) for column in measured.detectors]


def _result(column: Quantity) -> Result:
    held = column.values[np.isfinite(column.values)]
    if not len(held):
        return Result(f"{column.name} dark", None, None, column.unit, "not available", f"{column.name} gave no reading")
    mean, error = _mean([*held])
    told = written(mean, (error or 0.0) / 2.0) + f" {column.unit}".rstrip()
    sentence = f"{column.name} reads {told} without beam"
    return Result(f"{column.name} dark", mean, error, column.unit, "OK", sentence)


def newest_darks(root: Path, detectors: Sequence[Source]) -> dict[str, Dark]:
    """Return the newest dark reading of each of these detectors below the data root, by data key.

    A detector is the same by its control system and PV, whatever a run called it; where the dark run did not know its
    unit, it is what the detector has now. Only finished runs count.
    """
    wanted = {detector.column.source: detector for detector in detectors}
    found: dict[str, Dark] = {}
    candidates = (directory for directory in directories(root) if f"-{KIND}-" in directory.name)
    for directory in islice(candidates, LOOK_BACK):
        found = dict(_measured_in(directory, wanted)) | found
        if len(found) == len(wanted):
            break
    return found


def _measured_in(directory: Path, wanted: Mapping[str, Source]) -> Iterator[tuple[str, Dark]]:
    try:
        record = read(directory)
    except RunError:  # a run that cannot be read measured nothing
        return
    if record.stop is None or record.stop["exit_status"] != "success":
        return
    table = record.stream("primary")
    for descriptor in record.descriptors.get("primary", ()):
        for key in record.start["detectors"]:
            about = descriptor["data_keys"].get(key, {})
            detector = wanted.get(about.get("source"))
            readings = [value for value in table.columns.get(key, ()) if isinstance(value, int | float)]
            if detector is not None and readings:
                unit = about.get("units") or detector.column.units or ""
                dwell = float(record.start["scantrail"]["plan"]["dwell_time"])
                yield detector.key, Dark(*_mean(readings), unit, dwell, record.start["scan_id"])


def _mean(readings: Sequence[float]) -> tuple[float, float | None]:
    """Return the mean of readings and its error."""
    values = np.array(readings, dtype=float)
    error = float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else None
    return float(np.mean(values)), error
