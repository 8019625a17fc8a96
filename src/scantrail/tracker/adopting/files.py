"""Attached files of the reference: of tests, of components, of log entries; one that is lost waits as a finding."""

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.attached import kind_of
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.tests import keep_tests
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
            said = f"test_id is {row.values.get('test_id')!r}, which is no test here"
            adoption.ledger.find(row, "test_id is a test", said)
            continue
        path = _path(adoption, row, "file_path", test.component)
        if path is not None:
            name = row.text("original_filename")
            kind = kind_of(row.text("file_type"), path.name)
            stored = adoption.attached.keep(path, kind, name, test.component, test.type, test.tested)
            found.append((row, test, stored))
    adoption.change.touch(*(test.component for _, test, _ in found))
    numbers = attach_files(adoption.change, [(test.id, stored) for _, test, stored in found])
    for (row, _, _), number in zip(found, numbers, strict=True):
        adoption.ledger.adopt(row, "file", number)
    _describe(adoption, found)


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
    found = adoption.attached.find(row.text(column)) if row.text(column) else f"{column} is empty"
    if isinstance(found, Path):
        return found
    adopt = ["svt", "adopt", str(adoption.reference.path), "--data", str(adoption.attached.source)]
    said = f"{found}; put it there, or name another directory with --data, and adopt again"
    adoption.ledger.find(row, "an attached file is there", said, command=shlex.join(adopt), component=component)
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
            for number, path in enumerate(_paths(row.text(column))):
                yield row.part(column, number, test_id=row.number, file_type=kind, file_path=path)


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
    for number, text in notes.items():
        adoption.change.update(schema.test, number, notes=text)
