"""Many tests recorded within one command: types declared once, verdicts measured, rows written in batches."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.bulk import insert_many
from scantrail.tracker.change import Change
from scantrail.tracker.files import Stored
from scantrail.tracker.limits import UNLIMITED, Judged, judge
from scantrail.tracker.testing import declare_test_type, measurement_rows

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class Record:
    """A test to be recorded. `kind`: the type of its component; `supersedes`: the number of the test it corrects.

    Names, texts and measurements are those that a database can keep.
    """

    uuid: str
    component: str
    kind: str
    test_type: str
    tested: datetime
    tested_by: str
    stated: bool | None = None
    measurements: Mapping[str, Any] = field(default_factory=dict)
    notes: str = ""
    run_uid: str | None = None
    supersedes: int | None = None
    files: Sequence[Stored] = ()


def voided_tests(connection: "Connection") -> set[str]:
    """Return the uuids of tests that were undone: they stay taken."""
    table = schema.test
    return set(connection.execute(sa.select(table.c.uuid).where(table.c.voided.is_not(None))).scalars())


def free_uuid(uuid: str, voided: Container[str]) -> str:
    """Return this uuid, or the one that follows from it if a test that was undone has it."""
    while uuid in voided:
        uuid = str(uuid5(UUID(uuid), "again"))
    return uuid


def record_tests(change: Change, records: Sequence[Record]) -> list[int]:
    """Write tests with their measurements and files; return their numbers in order. Their components were touched."""
    _declare(change, records)
    judged = _judged(change, records)
    rows = [
        {
            "uuid": record.uuid,
            "component": record.component,
            "type": record.test_type,
            "tested": record.tested,
            "tested_by": record.tested_by,
            "stated": record.stated,
            "measured": verdict.within,
            "notes": record.notes,
            "run_uid": record.run_uid,
            "supersedes": record.supersedes,
            "limits": list(verdict.limits) or None,
        }
        for record, verdict in zip(records, judged, strict=True)
    ]
    numbers = insert_many(change, schema.test, rows)
    numbered = list(zip(numbers, records, strict=True))
    write_measurements(change, [(number, record.measurements) for number, record in numbered])
    attach_files(change, [(number, file) for number, record in numbered for file in record.files])
    return numbers


def attach_files(change: Change, files: Sequence[tuple[int, Stored]]) -> list[int]:
    """Write the rows of stored files, each with the number of its test; return their numbers in order."""
    rows = [
        {
            "test": test,
            "kind": file.kind,
            "path": file.path,
            "name": file.name,
            "size": file.size,
            "sha256": file.sha256,
            "media_type": file.media_type,
        }
        for test, file in files
    ]
    return insert_many(change, schema.file, rows)


def _declare(change: Change, records: Sequence[Record]) -> None:
    quantities: dict[str, dict[str, None]] = {}
    for record in records:
        quantities.setdefault(record.test_type, {}).update(dict.fromkeys(record.measurements))
    for test_type, names in quantities.items():
        declare_test_type(change, test_type, names)


def _judged(change: Change, records: Sequence[Record]) -> list[Judged]:
    table = schema.test_limit
    limited = {
        (row.type, row.test_type)
        for row in change.connection.execute(sa.select(table.c.type, table.c.test_type).where(table.c.voided.is_(None)))
    }
    verdicts: list[Judged] = []
    contradicted = 0
    for record in records:
        judged = UNLIMITED
        if (record.kind, record.test_type) in limited:
            judged = judge(change.connection, record.kind, record.test_type, record.measurements)
        contradicted += bool(record.stated) and judged.within is False
        verdicts.append(judged)
    if contradicted:
        tests = "1 test is" if contradicted == 1 else f"{contradicted} tests are"
        change.notices.append(f"{tests} stated to pass, but outside a limit: both verdicts are kept")
    return verdicts


def write_measurements(change: Change, tests: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """Write the measurements of tests that have just been written, each with its number."""
    kept = [(number, measurements) for number, measurements in tests if measurements]
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for number, measurements in kept:
        for rows in measurement_rows(number, measurements):
            alike.setdefault(tuple(rows[0]), []).extend(rows)
    for rows in alike.values():
        change.connection.execute(schema.measurement.insert(), rows)
    for number, measurements in kept:
        change.seal(schema.measurement, number, measurements)
