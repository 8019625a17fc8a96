"""Attached files of the reference: of tests, of components, of log entries; one that is lost waits as a finding."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.attached import kind_of
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.spelling import svt
from scantrail.tracker.adopting.tests import keep_tests
from scantrail.tracker.adopting.values import number
from scantrail.tracker.files import Stored
from scantrail.tracker.recording import Record, attach_files, free_uuid, voided_tests

IMAGE = "image"
"""Test type of a picture that belongs to no test: of a component, or of a log entry."""

_OLD_COLUMNS = {"image_paths": "image", "data_file_path": "data"}
_SEPARATORS = re.compile(r"[;,\n]")


def adopt_test_files(adoption: Adoption) -> None:
    """Attach the files of tests to them."""
    tests = _tests(adoption)
    found: list[tuple[Row, sa.Row[Any], Stored]] = []
    for row in adoption.ledger.pending([*adoption.reference.tables["test_files"], *_old_files(adoption)]):
        test = tests.get(row.text("test_id"))
        if test is None:
            named, of = row.text("file_path") or "the file", row.values.get("test_id")
            said = f"{named} is of test_id {of!r}, which is no test here"
            adoption.ledger.find(row, "test_id is a test", said)
            continue
        path = _path(adoption, row, "file_path", test.component)
        if path is not None:
            name = row.text("original_filename")
            kind = kind_of(row.text("file_type"), path.name)
            stored = adoption.attached.keep(path, kind, name, test.component, test.type, test.tested)
            found.append((row, test, stored))
            _compare_size(adoption, row, test.component, stored)
    adoption.change.touch(*(test.component for _, test, _ in found))
    numbers = attach_files(adoption.change, [(test.id, stored) for _, test, stored in found])
    for (row, _, _), key in zip(found, numbers, strict=True):
        adoption.ledger.adopt(row, "file", key)
    _describe(adoption, found)


def _compare_size(adoption: Adoption, row: Row, component: str, stored: Stored) -> None:
    noted = number(row.values.get("file_size"))
    if isinstance(noted, float) and noted != stored.size:
        said = f"{stored.name} has {stored.size} bytes, and had {noted:.0f} when it was attached"
        adoption.ledger.find(row, "an attached file is as large as it was", said, component=component)


def adopt_pictures(adoption: Adoption) -> None:
    """Record the pictures that belong to no test, each as a test of the type `image` without a verdict."""
    voided = voided_tests(adoption.change.connection)
    logged = (
        row.part(
            "image_path",
            component_id=row.values.get("component_id"),
            image_path=row.values["image_path"],
            upload_date=row.values.get("log_date"),
            uploaded_by=row.values.get("logged_by"),
            description=f"of log entry {row.number}: {row.text('description')}",
        )
        for row in adoption.reference.tables["maintenance_log"]
        if row.text("image_path")
    )
    rows = [*adoption.reference.tables["component_images"], *logged]
    found = [(row, record) for row in adoption.ledger.pending(rows) if (record := _picture(adoption, row, voided))]
    keep_tests(adoption, found)


def _picture(adoption: Adoption, row: Row, voided: set[str]) -> Record | None:
    known = adoption.component(row)
    path = _path(adoption, row, "image_path", known.id if known else None)
    if known is None or path is None:
        return None
    taken = adoption.told(row, "upload_date").moment
    moment = taken or datetime.fromtimestamp(path.stat().st_mtime, UTC)
    stored = adoption.attached.keep(path, "image", path.name, known.id, IMAGE, moment)
    by, notes = adoption.person(row, "uploaded_by"), row.text("description")
    uuid = free_uuid(row.uuid, voided)
    return Record(uuid, known.id, known.type, IMAGE, moment, by, notes=notes, files=(stored,))


def _path(adoption: Adoption, row: Row, column: str, component: str | None) -> Path | None:
    """The file that a row names. There being none is a finding, which adopting again settles once it is there."""
    rule, given, attached = "an attached file is there", row.text(column), adoption.attached
    if not given:
        adoption.ledger.find(row, rule, f"{column} is empty", component=component)
        return None
    found = attached.find(given)
    if isinstance(found, Path):
        return found
    said = f"{found}; put it there, or name another directory with --data, and adopt again"
    zone = adoption.clock.zone.key if adoption.clock.zone is not None else None
    path = str(adoption.reference.path)
    command = partial(svt, "adopt", path, data=str(attached.source), timezone=zone)
    adoption.ledger.find(row, rule, said, command=command, component=component)
    return None


def _tests(adoption: Adoption) -> dict[str, sa.Row[Any]]:
    """The tests as they are kept here, by their ids in the reference."""
    table = schema.test
    columns = (table.c.id, table.c.component, table.c.type, table.c.tested, table.c.notes)
    query: sa.Select[Any] = sa.select(*columns)
    ours = {str(row.id): row for row in adoption.change.connection.execute(query)}
    found: dict[str, sa.Row[Any]] = {}
    for row in adoption.reference.tables["test_results"]:
        kept = adoption.ledger.keeper(row)
        if kept is not None:
            found.setdefault(row.number, ours[kept.key])
    return found


def _old_files(adoption: Adoption) -> Iterator[Row]:
    """The files that older generations name in columns of the test."""
    for row in adoption.reference.tables["test_results"]:
        for column, kind in _OLD_COLUMNS.items():
            for at, path in enumerate(_paths(row.text(column))):
                yield row.part(column, at, test_id=row.number, file_type=kind, file_path=path)


def _paths(text: str) -> list[str]:
    """The paths in a column: a JSON list, or paths with commas, semicolons or line breaks between them."""
    try:
        listed = json.loads(text)
    except ValueError:
        listed = _SEPARATORS.split(text)
    paths = listed if isinstance(listed, list) else [listed]
    return [str(path).strip() for path in paths if str(path).strip()]


def _describe(adoption: Adoption, found: list[tuple[Row, sa.Row[Any], Stored]]) -> None:
    """Tell in the notes of a test what the reference says of its files."""
    notes: dict[int, str] = {}
    for row, test, stored in found:
        if row.text("description"):
            before = notes.get(test.id, test.notes)
            notes[test.id] = "\n".join(filter(None, (before, f"{stored.name}: {row.text('description')}")))
    for test_number, text in notes.items():
        adoption.change.update(schema.test, test_number, notes=text)
