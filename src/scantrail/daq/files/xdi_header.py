"""The header of an XDI file: its fields, checked as far as they say what was measured."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from scantrail.daq.files.lines import NUMBER, fault
from scantrail.daq.measured import Edge
from scantrail.daq.plans import edge_named
from scantrail.errors import InputError

FIELD = re.compile(r"([A-Za-z][\w-]*)\.([\w-]+):(.*)", re.ASCII)
FIELDS_END = re.compile(r"/{3,}")
HEADER_END = re.compile(r"-{3,}")
_SYMBOLS = """
H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Tc
Ru Rh Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi
Po At Rn Fr Ra Ac Th Pa U Np Pu Am Cm Bk Cf Es Fm Md No Lr Rf Db Sg Bh Hs Mt Ds Rg Cn Nh Fl Mc Lv Ts Og
"""
_EDGES = "K L L1 L2 L3 M M1 M2 M3 M4 M5 N N1 N2 N3 N4 N5 N6 N7 O O1 O2 O3 O4 O5 O6 O7"
NAMES = {
    "Element.symbol": {symbol.casefold(): symbol for symbol in _SYMBOLS.split()},
    "Element.edge": {edge.casefold(): edge for edge in _EDGES.split()},
}
"""What the fields of the edge may say, by its small letters."""
TIMES = ("scan.start_time", "scan.end_time")
UNITS = {"facility.energy": ("GeV", "MeV"), "facility.current": ("mA", "A")}
"""Fields that are a number with one of these units."""
TO_EV = {"ev": 1.0, "kev": 1000.0}


class Field(NamedTuple):
    """The value of a field, and the line that it stands in."""

    value: str
    line: int


class Header(NamedTuple):
    """Fields by their names in small letters; labels of the columns, as the line above the data has them.

    rows: number of the first line of the data, counted from 0. notes: what is missing or wrong, and could be read.
    """

    fields: Mapping[str, Field]
    labels: tuple[str, ...]
    rows: int
    notes: tuple[str, ...]


def header_of(path: Path, lines: Sequence[str]) -> Header:
    """Return the header of an XDI file. Raises InputError for a line that is no field, with its number."""
    end = next((i for i, line in enumerate(lines) if i and not line.startswith("#") and line.strip()), len(lines))
    texts = [line.removeprefix("#").strip() for line in lines[:end]]
    dashes = next((i for i, text in enumerate(texts) if HEADER_END.fullmatch(text)), None)
    slashes = next((i for i, text in enumerate(texts) if FIELDS_END.fullmatch(text)), None)
    labels = texts[-1] if end - 1 not in {dashes, slashes} and (dashes is not None or _are_labels(texts[-1])) else ""
    stops = [place for place in (slashes, dashes, end - 1 if labels else None) if place is not None]
    fields = dict(_fields(path, texts[1 : min(stops, default=end)]))
    notes = list(_wrong(fields))
    if dashes is None:
        notes.append("no line of dashes ends the header")
    return Header(fields, tuple(labels.split()), end, tuple(notes))


def edge_of(fields: Mapping[str, Field]) -> tuple[Edge | None, list[str]]:
    """Return the edge, and what is missing or wrong of it; its energy is the chosen one, else the tabulated one."""
    notes: list[str] = []
    known: list[str] = []
    for name, names in NAMES.items():
        told = fields.get(name.lower())
        known.append("" if told is None else names.get(told.value.casefold(), ""))
        if told is None:
            notes.append(f"{name} is missing")
        elif not known[-1]:
            notes.append(f'line {told.line}: {name} "{told.value}" is not known')
    element, edge = known
    energy = _energy(fields.get("scan.edge_energy"))
    if energy is None and element and edge:
        try:
            energy = edge_named(f"{element} {edge}").energy
        except InputError:  # an edge that the table lacks, such as N5, has no energy that we know
            energy = None
    return (None if energy is None else Edge(element, edge, energy)), notes


def _are_labels(text: str) -> bool:
    """Whether a last line before the data, without dashes above it, tells the labels."""
    return bool(text) and FIELD.match(text) is None


def _fields(path: Path, texts: Sequence[str]) -> Iterator[tuple[str, Field]]:
    for line, text in enumerate(texts, 2):
        if not text:
            continue
        found = FIELD.fullmatch(text)
        if found is None:
            raise fault(path, line, f'"{text[:60]}" is no field; "Namespace.tag: value" is needed')
        if not found[3].strip():
            raise fault(path, line, f"{found[1]}.{found[2]} has no value")
        yield f"{found[1]}.{found[2]}".lower(), Field(found[3].strip(), line)


def _wrong(fields: Mapping[str, Field]) -> Iterator[str]:
    """Yield what is wrong in fields that nothing here depends on."""
    for name in TIMES:
        if (told := fields.get(name)) and not _is_time(told.value):
            yield f'line {told.line}: {_proper(name)} "{told.value}" is no date and time as ISO 8601 has it'
    for name, units in UNITS.items():
        if told := fields.get(name):
            number, _, unit = told.value.partition(" ")
            if not NUMBER.fullmatch(number) or unit.strip() not in units:
                yield f'line {told.line}: {_proper(name)} "{told.value}" is no number in {" or ".join(units)}'


def _proper(name: str) -> str:
    return name[0].upper() + name[1:]


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _energy(told: Field | None) -> float | None:
    """Return an energy [eV] such as "7112.0 eV", "7.112 keV" or a bare number of eV; None if it is none."""
    words = told.value.split() if told else []
    if not words or not NUMBER.fullmatch(words[0]) or len(words) > 2:
        return None
    factor = TO_EV.get(words[1].casefold() if len(words) == 2 else "ev")
    energy = None if factor is None else float(words[0]) * factor
    return energy if energy is not None and 0 < energy < float("inf") else None
