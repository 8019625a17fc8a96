"""I-V sweeps as they stand in the data files of tests: bias, current and temperature in the order of measurement."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from scantrail.errors import InputError
from scantrail.tracker.datafile import Number, read_columns
from scantrail.tracker.heading import Heading

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

COLDEST, HOTTEST = -100.0, 150.0
"""Temperatures [°C] outside which a thermometer is not believed."""
ZERO_CELSIUS = 273.15
"""In kelvin."""

_PREFIXES = {"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "m": 1e-3, "": 1.0, "k": 1e3}
_SCALED = re.compile(r"([fpnuµμmk]?)([VvAa]|(?i:volts?|amps?|amperes?))")
_CELSIUS = re.compile(r"(?i:°? ?c|deg\.? ?c|celsius)")
_KELVIN = re.compile(r"K|(?i:kelvin)")

_NAMES = {
    "voltage": {"voltage", "bias", "vbias", "ubias", "hv", "V", "U"},
    "current": {"current", "leakage", "leak", "ileak", "idark", "I"},
    "temperature": {"temperature", "temp", "T"},
}
_OTHERS = {
    "error", "err", "std", "stdev", "dev", "sd", "sigma", "rms", "unc", "uncertainty", "limit", "compliance", "range",
    "time", "ramp", "step", "drop", "number", "density", "guard", "gr",
}  # fmt: skip
"""Words of columns that are about a voltage or a current and hold another quantity."""
_SECOND_CHOICE = {"set", "setpoint", "nominal", "target", "programmed", "requested", "supply", "source", "chuck"}
"""What was asked for is taken only where what was measured is not written."""


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """One sweep: bias [V], current [A] and temperature [°C] of each point, signs as measured; NaN is a hole."""

    voltage: Floats
    current: Floats
    temperature: Floats


@dataclass(frozen=True, slots=True)
class SweepFile:
    """The sweeps of a file, and what in it could not be read, a sentence each."""

    sweeps: tuple[Sweep, ...]
    problems: tuple[str, ...]


def read_sweeps(path: Path, name: str = "") -> SweepFile | None:
    """Read the sweeps of a text file with columns of voltage and current; None if it has no such columns.

    Units stand in the headings (`current_nA`, `I [uA]`) or in a row below; without, they are V, A and °C. A file holds
    several sweeps where the voltage goes back to the start in one step. name: what sentences call the file. Raises
    InputError for a file that cannot be read, and for a unit of no voltage or current.
    """
    name = name or path.name
    found = read_columns(path, name, _chosen)
    if found is None:
        return None
    columns = {role: np.array(values, dtype=float) for role, values in found.values.items()}
    voltage, current = columns["voltage"], columns["current"]
    temperature = columns.get("temperature", np.full(len(voltage), np.nan))
    strange = (temperature < COLDEST) | (temperature > HOTTEST)
    problems = [*found.problems]
    if np.any(strange):
        title, worst = found.headings["temperature"].text, temperature[strange][0]
        problems.append(
            f"{name}, column {title}: {worst:.4g} °C is no temperature of a sensor ({np.sum(strange)} rows)"
        )
        temperature[strange] = np.nan
    sweeps = tuple(
        Sweep(voltage[first:end], current[first:end], temperature[first:end])
        for first, end in _parted(voltage, found.breaks)
        if np.any(np.isfinite(voltage[first:end]) & np.isfinite(current[first:end]))
    )
    if not sweeps:
        problems.append(f"{name} holds no point with a voltage and a current")
    return SweepFile(sweeps, tuple(problems))


def _chosen(headings: Sequence[Heading]) -> Mapping[str, Number] | None:
    fitting = {role: _fitting(role, headings) for role in _NAMES}
    if not fitting["voltage"] or not fitting["current"]:
        return None
    found = {role: _first_in_its_unit(role, columns, headings) for role, columns in fitting.items()}
    for role in ("voltage", "current"):
        if found[role] is None:
            one = headings[fitting[role][0]]
            raise InputError(f"the column {one.text!r} is in {one.unit!r}, which is no unit of {role} that is known")
    return {role: number for role, number in found.items() if number is not None}


def _fitting(role: str, headings: Sequence[Heading]) -> list[int]:
    """The columns that a role may be in, the best first."""
    others = _OTHERS | (_NAMES.keys() - {role})
    fitting = [i for i, one in enumerate(headings) if _NAMES[role] & {*one.words} and not others & {*one.words}]
    return sorted(fitting, key=lambda i: bool(_SECOND_CHOICE & {*headings[i].words}))


def _first_in_its_unit(role: str, columns: Sequence[int], headings: Sequence[Heading]) -> Number | None:
    return next((number for i in columns if (number := _number(role, i, headings[i].unit)) is not None), None)


def _number(role: str, column: int, unit: str) -> Number | None:
    """How a column in this unit becomes V, A or °C; None for a unit of something else."""
    if not unit:
        return Number(column)
    if role == "temperature":
        celsius = Number(column) if _CELSIUS.fullmatch(unit) else None
        return Number(column, 1.0, -ZERO_CELSIUS) if _KELVIN.fullmatch(unit) else celsius
    match = _SCALED.fullmatch(unit)
    right = match is not None and match[2][0].lower() == ("v" if role == "voltage" else "a")
    return Number(column, _PREFIXES[match[1]]) if match is not None and right else None


def _parted(voltage: Floats, breaks: frozenset[int]) -> Iterator[tuple[int, int]]:
    """The rows (first, end) of each sweep: a new one begins where the voltage goes back to where it began, in one step.

    At a blank line any way back will do; in the midst of rows it must be more than half of the whole range, against the
    direction of the sweep.
    """
    filled = np.flatnonzero(np.isfinite(voltage))
    if len(filled) < 2:
        yield 0, len(voltage)
        return
    half = np.ptp(voltage[filled]) / 2.0
    starts = [0]
    way = 0.0
    for before, here in pairwise(filled):
        step = voltage[here] - voltage[before]
        broken = any(before < row <= here for row in breaks)
        if way * step < 0.0 and (broken or abs(step) > half):
            starts.append(int(next((row for row in sorted(breaks) if before < row <= here), here)))
            way = 0.0
        elif step:
            way = step
    starts = [
        start
        for start, end in pairwise([*starts, len(voltage)])
        if start == 0 or np.sum(filled[filled >= start] < end) > 1
    ]
    yield from pairwise([*starts, len(voltage)])
