"""Derived columns of a scan: the station's formulas over what was counted, less its dark readings."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np

from scantrail.daq.formula import parse_formula
from scantrail.daq.measured import Floats, Measured, Quantity
from scantrail.daq.plans import ScanConfig
from scantrail.daq.survey import ROLES, named, role_of
from scantrail.errors import InputError
from scantrail.station import Station

DERIVED = "derived"
"""Role of a derived column."""
NO_NAMES = ("axis", "setpoint", "counts", "detector", "watch", DERIVED)
"""Roles that many columns may share, so that none can be called by them."""


def with_derived(measured: Measured, formulas: Mapping[str, str], known: Collection[str] = ()) -> Measured:
    """Return what was measured with a column for each formula, in their order; a later one may name an earlier one.

    A column is named in a formula as in the scan, by the last word of its PV, or by its role (i0, itrans, ifluor);
    small and capital letters are one. A formula of what this scan did not count, but a station may have (`known`), is
    left out; one that cannot be evaluated is left out with a note.
    """
    columns, notes = _columns(formulas, measured.detectors, (*measured.readbacks, *measured.axes), known)
    return replace(measured, derived=(*measured.derived, *columns), notes=(*measured.notes, *notes))


def refuse_formulas(station: Station) -> None:
    """Refuse what no scan can evaluate: a column of the station that is no formula. Raises InputError."""
    for name, text in station.columns.items():
        try:
            parse_formula(text)
        except InputError as error:
            raise InputError(f"[columns] {name} = {error}") from None


def missing_columns(plan: ScanConfig, station: Station) -> list[str]:
    """Return which of the station's columns a scan will not have, and why, a sentence each."""
    nothing: Floats = np.empty(0)
    motors = [named(name, station.motors)[0] for name in plan.motors] or list(chain.from_iterable(plan.dimensions))
    keys = [named(name, station.detectors)[0] for name in plan.detectors]
    counted = [Quantity(key, "", role_of(key), nothing) for key in keys]
    stepped = [Quantity(key, "", "axis", nothing) for key in motors]
    return _columns(station.columns, counted, stepped, known_columns(station.document()))[1]


def known_columns(station: Mapping[str, Any]) -> set[str]:
    """Return what the columns of a station, as its document, may be called in a formula, read by a scan or not."""
    sections = (station.get(section, {}) for section in ("motors", "detectors"))
    devices = {name: about["pv"].rpartition(":")[2] for section in sections for name, about in section.items()}
    return {*devices, *devices.values(), *station.get("columns", {}), *ROLES, *ROLES.values()}


def _columns(
    formulas: Mapping[str, str], detectors: Sequence[Quantity], axes: Sequence[Quantity], known: Collection[str]
) -> tuple[list[Quantity], list[str]]:
    """Return a column for each formula that can be evaluated, and why there is none for the others."""
    columns: list[Quantity] = []
    notes: list[str] = []
    for name, text in formulas.items():
        try:
            column = _column(name, text, [*detectors, *columns, *axes], known)
        except InputError as error:
            notes.append(f"there is no column {name}: {error}")
            continue
        columns += [] if column is None else [column]
    return columns, notes


def _column(name: str, text: str, among: Sequence[Quantity], known: Collection[str]) -> Quantity | None:
    formula = parse_formula(text)
    found = {}
    for wanted in formula.names:
        column = _called(wanted, among)
        if column is None and wanted.casefold() in {one.casefold() for one in known}:
            return None
        if column is None:
            usable = ", ".join(dict.fromkeys(_shortest(one) for one in among))
            raise InputError(f'"{text}" names {wanted}; this scan has {usable}')
        found[wanted] = column.net
    return Quantity(name, "", DERIVED, formula.evaluate(found))


def _called(wanted: str, among: Sequence[Quantity]) -> Quantity | None:
    """Return the column of this name: spelt exactly so, else by the last word of its PV, by its role, in any case.

    Raises InputError if two columns have the name alike.
    """
    exact = next((one for one in among if one.name == wanted), None)
    if exact is not None:
        return exact
    alike = {one.name: one for one in reversed(among) if wanted.casefold() in map(str.casefold, _names(one))}
    if len(alike) > 1:
        raise InputError(f"{wanted} may be {' or '.join(reversed(alike))}")
    return next(iter(alike.values()), None)


def _names(column: Quantity) -> Iterator[str]:
    yield column.name
    yield column.name.rpartition(":")[2]
    if column.role not in NO_NAMES:
        yield column.role


def _shortest(column: Quantity) -> str:
    return column.name.rpartition(":")[2]
