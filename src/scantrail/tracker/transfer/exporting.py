"""Everything that is known, as tables for other programs, with the attached files."""

import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import sqlalchemy as sa

from scantrail.errors import InputError, OutputError, Refused, VerifyError
from scantrail.tracker import schema
from scantrail.tracker.files import sha256
from scantrail.tracker.moments import stamp
from scantrail.tracker.store import FILES, Database
from scantrail.tracker.transfer.csvfile import write_csv
from scantrail.tracker.transfer.sheets import SHEETS, Values, rows_of

FORMAT, VERSION = "scantrail tracker export", 1
DOCUMENT = "export.json"
HISTORY = ("number", "time", "person", "login", "command", "said", "waiver", "undoes")
"""Of the events, for people to read: an import begins a history of its own."""

Format = Literal["csv", "json"]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written where: the rows of each sheet, and the attached files."""

    target: Path
    rows: Mapping[str, int]
    files: int


def export(database: Database, target: Path, form: Format = "csv") -> Exported:
    """Write everything to a new directory, or, if `target` ends in .json, to a new file with the attached files beside.

    A directory holds a CSV file a sheet, or one JSON document. Nothing bears its name before it is whole. Raises
    InputError, Refused if there is something already, OutputError, VerifyError for an attached file that is lost.
    """
    target = target.expanduser().absolute()
    if target.suffix.lower() == ".csv":
        raise InputError(f"{target.name} would hold one table; name a directory, or a file that ends in .json")
    single = target.suffix.lower() == ".json"
    places = [target, files_beside(target)] if single else [target]
    if taken := next((place for place in places if place.exists()), None):
        raise Refused(f"{taken} exists; an export never overwrites, name another")
    with database.read() as connection:
        tables = {sheet.name: rows_of(connection, sheet) for sheet in SHEETS}
        events = list(connection.execute(sa.select(*(schema.event.c[name] for name in HISTORY)).order_by("number")))
        profile = database.profile.document()
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        draft.mkdir(parents=True)
        head = {"format": FORMAT, "version": VERSION, "made": stamp(datetime.now(UTC)), "profile": profile}
        if single or form == "json":
            _write_document(draft / DOCUMENT, {**head, "tables": _plain(tables)})
        else:
            _write_document(draft / DOCUMENT, {**head, "sheets": _write_sheets(draft, tables)})
        write_csv(draft / "history.csv", HISTORY, ([_shown(value) for value in event] for event in events))
        _copy_files(database.data_dir, draft / FILES, tables["files"])
        _name(draft, target, single=single)
    except OSError as error:
        raise OutputError(f"{target} cannot be written: {error.strerror}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Exported(target, {name: len(rows) for name, rows in tables.items()}, len(tables["files"]))


def files_beside(document: Path) -> Path:
    """Return the directory of the attached files of an export in one JSON file."""
    return document.with_name(f"{document.stem}_files")


def _write_sheets(draft: Path, tables: Mapping[str, Sequence[Values]]) -> dict[str, str]:
    hashes: dict[str, str] = {}
    for sheet in SHEETS:
        rows, path = tables[sheet.name], draft / f"{sheet.name}.csv"
        headings = sheet.headings(rows)
        write_csv(path, headings, (sheet.cells(headings, row) for row in rows))
        hashes[path.name] = sha256(path)
    return hashes


def _plain(tables: Mapping[str, Sequence[Values]]) -> dict[str, list[Values]]:
    return {sheet.name: [sheet.plain(row) for row in tables[sheet.name]] for sheet in SHEETS}


def _write_document(path: Path, document: Mapping[str, Any]) -> None:
    with path.open("x", encoding="utf-8") as file:
        json.dump(document, file, ensure_ascii=False, allow_nan=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _copy_files(source: Path, target: Path, files: Sequence[Values]) -> None:
    for file in files:
        copy = target / file["path"]
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source / file["path"], copy)
        except FileNotFoundError as error:
            raise VerifyError(f"the attached file {source / file['path']} is missing; nothing was exported") from error
        if sha256(copy) != file["sha256"]:
            raise VerifyError(f"the attached file {source / file['path']} was altered; nothing was exported")


def _name(draft: Path, target: Path, *, single: bool) -> None:
    if not single:
        draft.rename(target)
        return
    if (draft / FILES).exists():
        (draft / FILES).rename(files_beside(target))
    (draft / DOCUMENT).rename(target)


def _shown(value: object) -> str:
    return "" if value is None else stamp(value) if isinstance(value, datetime) else str(value)
