"""An export brought into an empty database: every row as it was, under the rules of that database."""

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from scantrail.errors import InputError, OutputError, Refused, VerifyError
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing, image_of
from scantrail.tracker.files import sha256
from scantrail.tracker.profile import Profile, from_document
from scantrail.tracker.recording import write_measurements
from scantrail.tracker.rehearsals import rehearsal
from scantrail.tracker.seal import provenance
from scantrail.tracker.store import FILES, Database
from scantrail.tracker.transfer.csvfile import read_csv
from scantrail.tracker.transfer.exporting import DOCUMENT, FORMAT, VERSION, files_beside
from scantrail.tracker.transfer.sheets import SHEETS, Sheet, Values

_BY_PROFILE = {"types", "test_types", "positions", "positions_accept"}
"""Sheets of which the profile has made rows already."""

_TOLD = {"limits", "assemblies", "installations", "connections", "tests", "files", "logs", "findings"}
"""Sheets whose rows events tell of, besides the components."""

_SINGULAR = {name: name.removesuffix("s") for name in ("components", *_TOLD)} | {"assemblies": "assembly"}


@dataclass(frozen=True, slots=True)
class Export:
    """An export as it was read: where its files are, its profile, its rows, and a mark that no other export has."""

    source: Path
    files: Path
    profile: Profile
    tables: Mapping[str, Sequence[Values]]
    mark: str


def is_export(source: Path) -> bool:
    """Tell whether a path can be that of an export: a directory, or a JSON file."""
    return source.is_dir() or source.suffix.lower() == ".json"


def read_export(source: Path) -> Export:
    """Read an export, all of it. Raises InputError, VerifyError for a sheet that is not as it was written."""
    source = source.expanduser().absolute()
    path = source / DOCUMENT if source.is_dir() else source
    raw = _document(path)
    try:
        document = json.loads(raw)
        if (document["format"], document["version"]) != (FORMAT, VERSION):
            raise InputError(f"{path} is of version {document['version']}; this program reads {VERSION}")
        profile = from_document(document["profile"], str(path))
        tables = _from_sheets(source, document) if "sheets" in document else _from_document(path, document)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise InputError(f"{path} is no export of the tracker: {error!r}") from error
    except ValueError as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{path} is no JSON: {error}") from error
    files = source / FILES if source.is_dir() else files_beside(source)
    return Export(source, files, profile, tables, hashlib.sha256(raw).hexdigest()[:16])


def import_export(database: Database, export: Export, *, dry_run: bool = False) -> Done:
    """Bring an export into an empty database, with its files; an export that is there already changes nothing.

    Raises Refused for a database that holds anything else or has another profile, VerifyError for a file that is lost
    or altered, InputError, OutputError.
    """
    with database.read() as connection:
        known = _brought(connection, export)
        number = connection.execute(sa.select(schema.chain.c.number)).scalar_one()
    if known is not None:
        return Done(None, known.time, f"this export was imported by event {known.number}")
    if number:
        raise Refused(f"{database.name} is not empty; an export goes into a new database, one CSV file into any")
    if database.profile.document() != export.profile.document():
        raise Refused(f"{database.name} has another profile than {export.source}; import it into a new database")
    tried = rehearsal() if dry_run else nullcontext()
    with tried, _files(database, export, dry_run=dry_run), changing(database, "import") as change:
        _write(change, export)
    return replace(change.done, event=None) if dry_run else change.done


def _brought(connection: sa.Connection, export: Export) -> Any:  # noqa: ANN401 - a row or None
    event, undoing = schema.event, schema.event.alias("undoing")
    query = sa.select(event.c.number, event.c.time).outerjoin(undoing, undoing.c.undoes == event.c.number)
    said = event.c.said.startswith(f"imported the export {export.mark}:")
    return connection.execute(query.where(event.c.command == "import", said, undoing.c.number.is_(None))).first()


def _document(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path.parent} holds no export of the tracker: {path.name}: {error.strerror}") from error


def _from_sheets(source: Path, document: Mapping[str, Any]) -> dict[str, list[Values]]:
    tables: dict[str, list[Values]] = {}
    for sheet in SHEETS:
        path = source / f"{sheet.name}.csv"
        if sha256(path) != document["sheets"][path.name]:
            raise VerifyError(f"{path} is not as it was exported; import that file by itself, if you have changed it")
        tables[sheet.name] = [_read(path, record.line, sheet, record.cells) for record in read_csv(path).records]
    return tables


def _read(path: Path, line: int, sheet: Sheet, cells: Mapping[str, str]) -> Values:
    try:
        return sheet.read_cells(cells)
    except InputError as error:
        raise InputError(f"{path}, line {line}: {error}") from error


def _from_document(path: Path, document: Mapping[str, Any]) -> dict[str, list[Values]]:
    try:
        return {sheet.name: [sheet.read_plain(row) for row in document["tables"][sheet.name]] for sheet in SHEETS}
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def _write(change: Change, export: Export) -> None:
    tables = {name: list(rows) for name, rows in export.tables.items()}
    change.touch(*(row["id"] for row in tables["components"]))
    priors = {row["component"]: row["prior"] for row in tables["installations"] if row["removed"] is None}
    tables["components"] = [{**row, "status": priors.get(row["id"], row["status"])} for row in tables["components"]]
    for row in tables["logs"]:
        row["resolution"] = row["resolution"] or ("" if row["resolved"] is not None else None)
    for sheet in SHEETS:
        if sheet.name in _BY_PROFILE:
            tables[sheet.name] = _missing(change.connection, sheet, tables[sheet.name])
    measured = [(row["id"], row["measurements"]) for row in tables["tests"]]
    numbers = {row["uuid"]: row["id"] for row in tables["tests"]}
    tables["tests"] = [{**row, "supersedes": numbers.get(row["supersedes"])} for row in tables["tests"]]
    for row in tables["tests"]:
        del row["measurements"]
    above = {row["name"]: row["parent"] for row in tables["locations"] if row["parent"] is not None}
    tables["locations"] = [{**row, "parent": None} for row in tables["locations"]]
    for sheet in SHEETS:
        _insert(change, sheet, tables[sheet.name])
    for name, parent in above.items():
        change.connection.execute(
            sa.update(schema.location).where(schema.location.c.name == name).values(parent=parent)
        )
    write_measurements(change, measured)
    change.said.append(_summary(export))


def _insert(change: Change, sheet: Sheet, rows: Sequence[Values]) -> None:
    if not rows:
        return
    try:
        change.connection.execute(sheet.table.insert(), list(rows))
    except sa.exc.DBAPIError:
        raise
    except sa.exc.StatementError as error:
        raise InputError(f"a row of {sheet.name} holds a value of the wrong kind: {error.orig}") from error
    if sheet.name in _TOLD:
        for row in rows:
            change.seal(sheet.table, row["id"], image_of(row))
    elif sheet.table is schema.adopted:
        for row in rows:
            change.seal(sheet.table, row["source"], provenance(row))
    column = sheet.table.c.get("id")
    if change.connection.dialect.name == "postgresql" and column is not None and column.identity is not None:
        name = sheet.table.name
        change.connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('\"{name}\"', 'id'), (SELECT max(id) FROM \"{name}\"))"
        )


def _missing(connection: sa.Connection, sheet: Sheet, rows: Sequence[Values]) -> list[Values]:
    keys = [column.name for column in sheet.table.primary_key]
    there = {tuple(row) for row in connection.execute(sa.select(*sheet.table.primary_key))}
    return [row for row in rows if tuple(row[key] for key in keys) not in there]


def _summary(export: Export) -> str:
    counts = {name: len(rows) for name, rows in export.tables.items() if name in _TOLD or name == "components"}
    told = ", ".join(f"{count} {_SINGULAR[name] if count == 1 else name}" for name, count in counts.items() if count)
    return f"imported the export {export.mark}: {told or 'nothing'}"


@contextmanager
def _files(database: Database, export: Export, *, dry_run: bool) -> Iterator[None]:
    """Bring every file to its place; taken away again if the block raises."""
    made: list[Path] = []
    try:
        for row in export.tables["files"]:
            source, target = export.files / row["path"], database.data_dir / row["path"]
            if not target.resolve().is_relative_to(database.data_dir.resolve()):
                raise InputError(f"{export.source}: the path {row['path']!r} leads out of the directory of files")
            if not source.is_file() or sha256(source) != row["sha256"]:
                raise VerifyError(f"the attached file {source} is missing or altered; nothing was imported")
            if target.exists():
                if sha256(target) != row["sha256"]:
                    raise Refused(f"{target} exists with another content; import to another place with --db-path")
            elif not dry_run:
                made.append(target)
                _copy(source, target)
        yield
    except BaseException:
        _take_away(made)
        raise


def _copy(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with source.open("rb") as origin, target.open("xb") as copy:
            shutil.copyfileobj(origin, copy)
            copy.flush()
            os.fsync(copy.fileno())
    except OSError as error:
        raise OutputError(f"{source} cannot be brought to {target}: {error.strerror}; nothing was imported") from error


def _take_away(made: Sequence[Path]) -> None:
    for path in made:
        path.unlink(missing_ok=True)
