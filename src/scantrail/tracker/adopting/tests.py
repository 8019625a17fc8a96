"""Test results of the reference, whatever their columns and their JSON hold."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.spelling import one_line, svt_test
from scantrail.tracker.adopting.values import document, keepable, number, verdict
from scantrail.tracker.moments import stamp
from scantrail.tracker.recording import Record, free_uuid, record_tests, voided_tests
from scantrail.tracker.standing import Known

QUANTITIES = {
    "voltage_measured": "voltage",
    "current_measured": "current",
    "noise_level": "noise",
    "temperature": "temperature",
}
"""Column -> quantity."""

TEXTS = ("test_setup", "test_conditions")


def adopt_tests(adoption: Adoption) -> None:
    """Record the tests of every component."""
    voided = voided_tests(adoption.change.connection)
    found = [
        (row, record)
        for row in adoption.ledger.pending(adoption.reference.tables["test_results"])
        if (record := _record(adoption, row, voided)) is not None
    ]
    keep_tests(adoption, found)


def keep_tests(adoption: Adoption, found: Sequence[tuple[Row, Record]]) -> list[int]:
    """Record tests, each for a row, and return their numbers."""
    adoption.change.touch(*(record.component for _, record in found))
    numbers = record_tests(adoption.change, [record for _, record in found])
    for (row, _), test in zip(found, numbers, strict=True):
        adoption.ledger.adopt(row, "test", test)
    return numbers


def _record(adoption: Adoption, row: Row, voided: set[str]) -> Record | None:
    known = adoption.component(row)
    if known is None:
        return None
    uuid = free_uuid(row.uuid, voided)
    kind = adoption.line(row, "test_type", known.id) or "unspecified"
    stated = _stated(adoption, row, known)
    measurements, remarks = _measurements(adoption, row, known, kind)
    texts = _texts(row)
    better = {**measurements, **dict.fromkeys((QUANTITIES[column] for column in texts), "NUMBER")}
    again = partial(svt_test, known.id, kind, stated, better)
    tested = adoption.moment(row, "test_date", known.id, partial(again, date="DATE"))
    if tested is None:
        return None
    for column, value in texts.items():
        command = partial(again, supersedes=uuid, date=stamp(tested))
        said = f"{column} is {value!r}; it is kept as text"
        adoption.ledger.find(row, f"{column} is a number", said, command=command, component=known.id)
    notes = "\n".join(filter(None, (str(row.values.get("notes") or ""), *remarks)))
    by = adoption.person(row, "tested_by")
    return Record(uuid, known.id, known.type, kind, tested, by, stated, measurements, notes)


def _texts(row: Row) -> dict[str, str]:
    """The columns that hold text where a number belongs."""
    found = {column: number(row.values.get(column)) for column in QUANTITIES}
    return {column: value for column, value in found.items() if isinstance(value, str)}


def _stated(adoption: Adoption, row: Row, known: Known) -> bool | None:
    stated, understood = verdict(row.values.get("pass_fail"))
    if not understood:
        said = f"pass_fail is {row.values['pass_fail']!r}, which says neither pass nor fail"
        adoption.ledger.find(row, "pass_fail is 1, 0 or nothing", said, component=known.id)
    return stated


def _measurements(adoption: Adoption, row: Row, known: Known, kind: str) -> tuple[dict[str, Any], list[str]]:
    """Return what was measured, and what is said of it."""
    found: dict[str, Any] = {}
    remarks: list[str] = []
    for column, quantity in QUANTITIES.items():
        value = number(row.values.get(column))
        if value is not None:
            found[quantity] = value
    told, instead = document(row.values.get("measurements_json"))
    if instead is not None:
        found["measurements_json"] = instead
        said = "measurements_json is no JSON table; it is kept as it is under this name"
        adoption.ledger.find(row, "measurements_json is a JSON table", said, component=known.id)
    declared = adoption.change.profile.tests[kind].quantities if kind in adoption.change.profile.tests else {}
    for name, given in told.items():
        key = QUANTITIES.get(name, one_line(name) or "unnamed")
        value, unit, remark = _parted(given)
        key = f"{key} [{unit}]" if unit and unit != declared.get(key) else key
        remarks += [f"{key}: {remark}"] if remark else []
        free = key if key not in found or found[key] == value else f"{key} (measurements_json)"
        if value is not None:
            found[free] = value
    for column in TEXTS:
        if row.text(column):
            found.setdefault(column, keepable(row.values[column]))
    return found, remarks


def _parted(given: Any) -> tuple[Any, str, str]:  # noqa: ANN401 - a JSON value
    """Part a measurement that the reference keeps with its unit and a description."""
    if isinstance(given, dict) and "value" in given and set(given) <= {"value", "unit", "description"}:
        return given["value"], str(given.get("unit") or "").strip(), str(given.get("description") or "").strip()
    return given, "", ""
