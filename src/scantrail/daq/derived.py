"""Derived columns of a scan: the station's formulas over what was counted, less its dark readings."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scantrail.daq.formula import parse_formula
from scantrail.daq.measured import Measured, Quantity
from scantrail.daq.survey import ROLES
from scantrail.errors import InputError

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
    columns: list[Quantity] = []
    notes: list[str] = []
    for name, text in formulas.items():
        try:
            column = _column(name, text, [*measured.detectors, *columns, *measured.readbacks, *measured.axes], known)
        except InputError as error:
            notes.append(f"there is no column {name}: {error}")
            continue
        columns += [] if column is None else [column]
    return replace(measured, derived=(*measured.derived, *columns), notes=(*measured.notes, *notes))


def known_columns(station: Mapping[str, Any]) -> set[str]:
    """Return what the columns of a station, as its document, may be called in a formula, read by a scan or not."""
    sections = (station.get(section, {}) for section in ("motors", "detectors"))
    devices = {name: about["pv"].rpartition(":")[2] for section in sections for name, about in section.items()}
    return {*devices, *devices.values(), *station.get("columns", {}), *ROLES, *ROLES.values()}


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
