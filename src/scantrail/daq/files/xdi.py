"""XDI files (XAS Data Interchange 1.0): an absorption spectrum with its edge and its detectors.

Source: XDI working group, "XAS Data Interchange Format Draft Specification, version 1.0" and its dictionary of
metadata, in github.com/XraySpectroscopy/XAS-Data-Interchange.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from scantrail.daq.bragg import HC
from scantrail.daq.files.lines import NUMBER, lines_of, numbers
from scantrail.daq.files.xdi_header import TO_EV, Field, Header, edge_of, header_of
from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.errors import InputError

MAGIC = re.compile(r"#\s*XDI/\d+\.\d+", re.IGNORECASE)
ENERGY, DWELL = "energy", "dwell"
RAW = {"i0", "itrans", "ifluor", "irefer"}
"""Labels of what is counted, which are roles too."""
READY = re.compile(r"(mu|norm)(trans|fluor|refer)|chi\w*|k|r", re.IGNORECASE)
"""Labels of what was worked out of it."""
ANGLES = {"degrees": np.pi / 180, "deg": np.pi / 180, "radians": 1.0}
OURS = "scantrail."
"""Namespace of the fields that our own exports add."""
PLANNED = f"{OURS}points"


class Labelled(NamedTuple):
    """What a column is called, and its unit, "" if the file does not tell."""

    name: str
    unit: str


def read_xdi(path: Path) -> Measured:
    """Read an XDI file: energies [eV] as the axis, what was counted as detectors, mu as derived columns.

    What is missing or wrong and can be done without is told in the notes. Raises InputError with the line and the
    reason for a header line that is no field, and for a row that is not of as many numbers as the others.
    """
    lines = lines_of(path)
    if MAGIC.match(lines[0]) is None:
        raise InputError(f'{path} is no XDI file: its first line must begin with "# XDI/1.0"')
    header = header_of(path, lines)
    table = _table(path, lines, header.rows)
    labels, unlabelled = _labels(header, table.shape[1])
    axis, doubts = _abscissa(labels[0], table[:, 0], header.fields)
    edge, missing = edge_of(header.fields)
    columns = {label.name: values for label, values in zip(labels[1:], table.T[1:], strict=True)}
    planned = max(len(table), _planned(header.fields))
    shortfall = [f"{len(table)} of {planned} points are in the file"] if len(table) < planned else []
    told = _Told(header.fields, columns, {label.name: label.unit for label in labels})
    return Measured(
        kind="xafs" if axis.name == ENERGY else "linear",
        title=path.name,
        axes=(axis,),
        readbacks=tuple(told.quantity(name, ENERGY, "axis") for name in columns if name == f"{ENERGY}_readback"),
        detectors=tuple(told.detector(name) for name in columns if not told.is_beside(name)),
        shape=(planned,),
        index=np.arange(len(table), dtype=np.intp).reshape(-1, 1),
        edge=edge,
        notes=(*header.notes, *unlabelled, *doubts, *missing, *shortfall),
        derived=tuple(told.quantity(name, name, _role(name)) for name in columns if told.is_derived(name)),
        dwell=told.dwell(len(table)),
    )


def _planned(fields: Mapping[str, Field]) -> int:
    """Return how many points the plan had, if our own export tells it ("57 of 311"); else 0."""
    found = re.fullmatch(r"\d+ of (\d{1,8})", fields[PLANNED].value, re.ASCII) if PLANNED in fields else None
    return int(found[1]) if found else 0


def _role(label: str) -> str:
    return label if READY.fullmatch(label) else "derived"


class _Told(NamedTuple):
    """The columns behind the first by their labels, and what header and labels say of them."""

    fields: Mapping[str, Field]
    columns: Mapping[str, Floats]
    units: Mapping[str, str]

    def detector(self, name: str) -> Quantity:
        """Return a column of what was counted, with its dark reading if our own export tells it."""
        one = self.quantity(name, name, name if name in RAW else "counts")
        dark = self.columns.get(f"{name}_dark")
        if dark is None and (told := self._number(f"{name}_dark")) is not None:
            dark = np.full(len(one.values), told)
        return replace(one, dark=dark)

    def quantity(self, name: str, called: str, role: str) -> Quantity:
        """Return a column under a name and in a role; its unit stands with its label, or in our own header."""
        ours = self.fields.get(f"{OURS}{name}_unit")
        return Quantity(called, self.units[name] or (ours.value if ours else ""), role, self.columns[name])

    def is_derived(self, name: str) -> bool:
        """Whether a column was worked out of others: by its label, or as our own export tells its formula."""
        return READY.fullmatch(name) is not None or f"{OURS}{name}" in self.fields

    def is_beside(self, name: str) -> bool:
        """Whether a column is none of what was counted."""
        return self.is_derived(name) or name in {DWELL, f"{ENERGY}_readback"} or name.endswith("_dark")

    def dwell(self, count: int) -> Floats | None:
        """Return the counting time of each point [s], if our own export tells it."""
        told = self._number(DWELL)
        return self.columns.get(DWELL, None if told is None else np.full(count, told))

    def _number(self, name: str) -> float | None:
        word = self.fields[f"{OURS}{name}"].value.split()[0] if f"{OURS}{name}" in self.fields else ""
        return float(word) if NUMBER.fullmatch(word) else None


# --- the table --------------------------------------------------------------------------------------------------------


def _table(path: Path, lines: Sequence[str], first: int) -> Floats:
    """Return the data; blank lines, and comments among the rows, are left out."""
    rows = [(place, line.split()) for place, line in enumerate(lines[first:], first + 1) if line.strip()]
    rows = [(place, words) for place, words in rows if not words[0].startswith("#")]
    if not rows:
        raise InputError(f"{path} holds no data")
    width = len(rows[0][1])
    return np.array([numbers(path, place, words, width) for place, words in rows], dtype=float)


def _labels(header: Header, width: int) -> tuple[list[Labelled], list[str]]:
    """Return label and unit of each column: from Column.N, else from the line above the data; and what is wrong."""
    told = {name.partition(".")[2]: field for name, field in header.fields.items() if name.startswith("column.")}
    wanted = [str(place) for place in range(1, width + 1)]
    notes = [f"line {told[place].line}: there is no column {place}" for place in told if place not in wanted]
    labels: list[Labelled] = []
    for place in wanted:
        line = header.labels[int(place) - 1] if len(header.labels) == width else ""
        if place not in told:
            notes.append(f"Column.{place} is missing; it is taken for {line or f'column_{place}'}")
        words = told[place].value.split(maxsplit=1) if place in told else [line or f"column_{place}"]
        label = words[0].lower()
        if label in {one.name for one in labels}:
            label = f"{label}_{place}"
        labels.append(Labelled(label, words[1] if len(words) > 1 else ""))
    return labels, notes


def _abscissa(label: Labelled, values: Floats, fields: Mapping[str, Field]) -> tuple[Quantity, list[str]]:
    """Return the axis, in eV where it is an energy or an angle of a known crystal; and what is wrong."""
    unit, axis = label.unit.casefold(), Quantity(label.name, label.unit, "setpoint", values)
    if unit in TO_EV or (not unit and label.name == ENERGY):
        return Quantity(ENERGY, "eV", "setpoint", values * TO_EV.get(unit, 1.0)), []
    if unit in ANGLES:
        spacing = _spacing(fields)
        if spacing is None:
            return axis, ["Mono.d_spacing is missing, so that the angles are no energies"]
        sines = np.sin(values * ANGLES[unit])
        if np.any(sines <= 0):
            return axis, ["some angles are no Bragg angles, so that they are no energies"]
        return Quantity(ENERGY, "eV", "setpoint", HC / (2 * spacing * sines)), []
    return axis, [f"the first column is {label.name}, no energy"]


def _spacing(fields: Mapping[str, Field]) -> float | None:
    """Return the lattice spacing of the monochromator [angstrom]."""
    told = fields["mono.d_spacing"].value.split()[0] if "mono.d_spacing" in fields else ""
    return float(told) if NUMBER.fullmatch(told) and float(told) > 0 else None
