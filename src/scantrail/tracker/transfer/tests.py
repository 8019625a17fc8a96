"""Test results of many components from one table: a column a quantity, a row a test."""

import uuid as uuids
from collections.abc import Container, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from scantrail.errors import InputError
from scantrail.tracker import schema
from scantrail.tracker.files import Attachment, Stored, check, stored
from scantrail.tracker.moments import moment, stamp
from scantrail.tracker.recording import Record, free_uuid, record_tests, voided_tests
from scantrail.tracker.texts import name
from scantrail.tracker.transfer.cells import read_value
from scantrail.tracker.transfer.intake import Intake
from scantrail.tracker.transfer.kinds import Entry
from scantrail.tracker.values import canonical, plain

NAMESPACE = UUID("3f1b2a52-6d1e-5b6c-8f57-0f2f1a6f9c11")
"""Of the uuids of tests that were given without one: the same row is the same test."""

VERDICTS = {"pass": True, "passed": True, "1": True, "true": True, "yes": True, "ok": True} | {
    "fail": False,
    "failed": False,
    "0": False,
    "false": False,
    "no": False,
}
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Given:
    """A test as a row gives it. `named`: whether the row brings a uuid; `supersedes`: the uuid of another test."""

    entry: Entry
    record: Record
    named: bool
    supersedes: str
    attachments: Sequence[Attachment]


@dataclass(frozen=True, slots=True)
class Place:
    """Where files named in the table are, where they are kept, and what takes them back; no stack: none is kept."""

    source: Path
    target: Path
    stack: ExitStack | None


def import_tests(intake: Intake, entries: Sequence[Entry], units: Mapping[str, str], place: Place) -> None:
    """Record tests; one that is known by its uuid, or by all that it says, is not recorded again.

    units: quantities that are declared, and their units: what has one is a number.
    """
    voided = voided_tests(intake.change.connection)
    found = [given for entry in entries if (given := _given(intake, entry, units, place.source, voided)) is not None]
    known = _known(intake, [given.record.uuid for given in found])
    new: dict[str, Given] = {}
    for given in found:
        uuid = given.record.uuid
        there = known.get(uuid) or (new[uuid].record if uuid in new else None)
        if there is None:
            new[uuid] = given
            intake.done(given.entry, given.record.component, "added")
        elif not given.named or _same(there, given.record):
            intake.done(given.entry, given.record.component, "unchanged")
        else:
            said = f"the test {uuid} is recorded with other values; correct it by a new test that supersedes it"
            intake.refuse(given.entry, "uuid", said)
    numbers = _numbers(intake, new)
    if not intake.problems:
        _record(intake, new, numbers, place)


def _given(
    intake: Intake, entry: Entry, units: Mapping[str, str], source: Path, voided: Container[str]
) -> Given | None:
    known = intake.standing.find(entry.cell("component"))
    if known is None:
        intake.refuse(entry, "component", f"there is no component {entry.cell('component')!r}")
    kind = intake.read(entry, "type", name, entry.cell("type"), "the test type")
    tested = intake.read(entry, "tested", moment, entry.cell("tested")) if entry.cell("tested") else intake.change.time
    by = intake.read(entry, "tested_by", name, entry.cell("tested_by"), "the name") if entry.cell("tested_by") else None
    stated = intake.read(entry, "stated", _verdict, entry.cell("stated"))
    measurements = {
        key: intake.read(entry, key, _measurement, key, cell, units)
        for key, cell in entry.values.items()
        if cell.strip()
    }
    attachments = [each for column in ("images", "data") for each in _attachments(intake, entry, column, source)]
    uuid, run = (
        intake.read(entry, column, _uuid, entry.cell(column)) if entry.cell(column) else None
        for column in ("uuid", "run_uid")
    )
    if not intake.is_good(entry) or known is None or kind is None or tested is None:
        return None
    measured = {key: value for key, value in measurements.items() if value is not None}
    notes = entry.cells.get("notes", "")
    record = Record("", known.id, known.type, kind, tested, by or intake.change.person, stated, measured, notes, run)
    files = [str(each.source.name) for each in attachments]
    said = [known.id, kind, stamp(tested) if entry.cell("tested") else "", by, stated, measured, notes, run, files]
    of_row = free_uuid(uuid or str(uuid5(NAMESPACE, canonical(said))), voided)
    return Given(entry, replace(record, uuid=of_row), uuid is not None, entry.cell("supersedes"), attachments)


def _verdict(given: str) -> bool | None:
    if not given:
        return None
    if given.lower() in VERDICTS:
        return VERDICTS[given.lower()]
    raise InputError(f"{given!r} is no verdict; write pass, fail, or nothing")


def _uuid(given: str) -> str:
    try:
        return str(uuids.UUID(given))
    except ValueError as error:
        raise InputError(f"{given!r} is no uuid; leave it empty for a new test") from error


def _measurement(key: str, cell: str, units: Mapping[str, str]) -> Any:  # noqa: ANN401 - a JSON value
    name(key, "a quantity")
    value = plain(read_value(cell), "the value")
    if units.get(key) and (isinstance(value, str | bool) or value is None):
        raise InputError(f"{cell!r} is no number; {key} is measured in {units[key]}, which is not written in the cell")
    return value


def _attachments(intake: Intake, entry: Entry, column: str, source: Path) -> list[Attachment]:
    cell = entry.cell(column)
    if not cell:
        return []
    value = intake.read(entry, column, read_value, cell) if cell.startswith("[") else [cell]
    paths = [source / str(path) for path in value] if isinstance(value, list) else []
    attachments = [Attachment("image" if column == "images" else "data", path) for path in paths]
    intake.read(entry, column, check, attachments)
    return attachments


def _known(intake: Intake, wanted: Sequence[str]) -> dict[str, Record]:
    """The tests of these uuids that there are, as far as a row can say something else of them."""
    table, values = schema.test, schema.measurement
    found: dict[str, Record] = {}
    for start in range(0, len(wanted), _BATCH):
        some = list(wanted[start : start + _BATCH])
        rows = list(intake.change.connection.execute(sa.select(table).where(table.c.uuid.in_(some))))
        measured: dict[int, dict[str, Any]] = {row.id: {} for row in rows}
        for value in intake.change.connection.execute(sa.select(values).where(values.c.test.in_(list(measured)))):
            measured[value.test][value.name] = value.number if value.other is None else value.other
        for row in rows:
            found[row.uuid] = Record(
                row.uuid,
                row.component,
                "",
                row.type,
                row.tested,
                row.tested_by,
                row.stated,
                measured[row.id],
                row.notes,
            )
    return found


def _same(there: Record, given: Record) -> bool:
    one, other = (
        canonical(
            [each.component, each.test_type, stamp(each.tested), each.stated, dict(each.measurements), each.notes]
        )
        for each in (there, given)
    )
    return one == other


def _numbers(intake: Intake, new: Mapping[str, Given]) -> dict[str, int]:
    """Return the numbers of the tests in the database that new ones supersede; those may also be in the table."""
    table = schema.test
    wanted = {given.supersedes for given in new.values() if given.supersedes}
    query = sa.select(table.c.uuid, table.c.id, table.c.component).where(table.c.voided.is_(None))
    rows = {row.uuid: row for row in intake.change.connection.execute(query)} if wanted else {}
    for given in new.values():
        other = given.supersedes
        if not other:
            continue
        of = rows[other].component if other in rows else new[other].record.component if other in new else None
        if of != given.record.component:
            said = f"there is no test {other} of {given.record.component} to supersede"
            intake.refuse(given.entry, "supersedes", said)
    return {uuid: rows[uuid].id for uuid in wanted if uuid in rows}


def _record(intake: Intake, new: Mapping[str, Given], numbers: Mapping[str, int], place: Place) -> None:
    intake.change.touch(*(given.record.component for given in new.values()))
    records = [
        replace(given.record, supersedes=numbers.get(given.supersedes), files=_stored(given, place))
        for given in new.values()
    ]
    made = dict(zip(new, record_tests(intake.change, records), strict=True))
    for uuid, given in new.items():
        if given.supersedes in made:
            intake.change.update(schema.test, made[uuid], supersedes=made[given.supersedes])


def _stored(given: Given, place: Place) -> list[Stored]:
    if place.stack is None or not given.attachments:
        return []
    record = given.record
    keeping = stored(place.target, record.component, record.test_type, record.tested, given.attachments)
    return place.stack.enter_context(keeping)
