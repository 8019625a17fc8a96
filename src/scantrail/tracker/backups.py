"""Backups: the database as of one moment, every file that it names, and a manifest with the hash of each."""

import json
import os
import secrets
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scantrail.db import copy_online, open_database, sqlite_path
from scantrail.errors import DatabaseError, OutputError, Refused, ScantrailError, VerifyError
from scantrail.tracker import schema
from scantrail.tracker.files import sha256
from scantrail.tracker.tables import dump_tables, load_tables

if TYPE_CHECKING:
    from scantrail.tracker.store import Database

MANIFEST = "manifest.json"
DATABASE = "database.db"
TABLES = "tables"
FILES = "test_data"


def backup(database: "Database", target: Path) -> Path:
    """Write a backup to the new directory `target` while others write; it bears its name only when it is whole.

    Raises Refused if there is something already, OutputError, VerifyError for a file that is missing or altered.
    """
    target = target.expanduser().absolute()
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused(f"{target} exists; name a directory that is new")
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        draft.mkdir(parents=True)
        files = _copy_rows(database, draft)
        _copy_files(database.data_dir, draft / FILES, files)
        _write_manifest(draft)
        if target.exists():
            target.rmdir()
        draft.rename(target)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(f"no backup {target}: {_said(error)}") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def restore(database: "Database", source: Path) -> int:
    """Bring a backup into a database that does not exist or is empty, with its files; return how many of these.

    Raises VerifyError if the backup is not intact (nothing is written then), Refused, OutputError.
    """
    source = source.expanduser().absolute()
    hashes = check_backup(source)
    path = sqlite_path(database.url)
    if (source / DATABASE).exists() != (path is not None):
        raise Refused(f"the backup {source} is of {'SQLite' if path is None else 'PostgreSQL'}; restore it to one")
    files = [name for name in hashes if name.startswith(f"{FILES}/")]
    made: list[Path] = []
    try:
        if path is not None and path.exists():
            raise Refused(f"{path} exists; move it away, or name another file with --db-path")
        for name in files:
            target = database.data_dir / name.removeprefix(f"{FILES}/")
            if _bring_back(source / name, target, hashes[name]):
                made.append(target)
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            copy_online(source / DATABASE, path)
        else:
            with open_database(database.url) as store, store.write() as connection:
                load_tables(connection, source / TABLES)
    except BaseException as error:
        for target in made:
            target.unlink(missing_ok=True)
        if isinstance(error, OSError | sqlite3.Error) and not isinstance(error, ScantrailError):
            raise OutputError(f"{source} cannot be restored: {_said(error)}") from error
        raise
    return len(files)


def check_backup(source: Path) -> dict[str, str]:
    """Return the SHA-256 of each file of a backup, all of them checked. Raises VerifyError."""
    try:
        manifest: dict[str, str] = json.loads((source / MANIFEST).read_text())["files"]
    except (OSError, ValueError, KeyError) as error:
        raise VerifyError(f"{source} is no whole backup: its {MANIFEST} cannot be read") from error
    present = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()} - {MANIFEST}
    if strange := sorted(present ^ set(manifest)):
        raise VerifyError(f"{source} is not as it was written: {strange[0]} is missing or was added")
    for name, wanted in manifest.items():
        if sha256(source / name) != wanted:
            raise VerifyError(f"{source} is not as it was written: {name} was altered")
    return manifest


def copy_database(database: "Database", target: Path | None) -> Path:
    """Copy an SQLite database to exactly this file while others write; default: a stamped one beside it."""
    path = sqlite_path(database.url)
    if path is None:
        raise DatabaseError(f'{database.name} is a server; "svt backup DIR" writes its rows and files to a directory')
    _ = database.store
    if target is None:
        target = path.with_name(f"{path.stem}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}{path.suffix}")
    target = target.expanduser().absolute()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_online(path, target)
    except (OSError, sqlite3.Error) as error:
        raise OutputError(f"no backup {target}: {error}") from error
    return target


def _copy_rows(database: "Database", draft: Path) -> list[tuple[str, str]]:
    """Copy the rows; return path and hash of the files that they name. Those were on disk before their rows were."""
    path = sqlite_path(database.url)
    if path is not None:
        copy_database(database, draft / DATABASE)
        with closing(sqlite3.connect(draft / DATABASE)) as copy:
            copy.execute("PRAGMA journal_mode = DELETE")  # one file, complete by itself
            return copy.execute("SELECT path, sha256 FROM file").fetchall()
    with database.read() as connection:
        dump_tables(connection, draft / TABLES)
        query = sa.select(schema.file.c.path, schema.file.c.sha256)
        return [(row.path, row.sha256) for row in connection.execute(query)]


def _copy_files(source: Path, target: Path, files: list[tuple[str, str]]) -> None:
    for name, wanted in files:
        copy = target / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source / name, copy)
        except FileNotFoundError as error:
            raise VerifyError(f"the attached file {source / name} is missing; no backup was made") from error
        if sha256(copy) != wanted:
            raise VerifyError(
                f"the attached file {source / name} was altered since it was attached; no backup was made"
            )


def _write_manifest(draft: Path) -> None:
    hashes = {path.relative_to(draft).as_posix(): sha256(path) for path in sorted(draft.rglob("*")) if path.is_file()}
    with (draft / MANIFEST).open("w") as file:
        json.dump({"made": datetime.now(UTC).isoformat(), "files": hashes}, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def _bring_back(source: Path, target: Path, wanted: str) -> bool:
    """Copy a file to its place, whole or not at all; tell whether it was not there already."""
    if target.exists():
        if sha256(target) == wanted:
            return False
        raise Refused(f"{target} exists with another content; restore to another place with --db-path")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{secrets.token_hex(8)}.part")
    try:
        shutil.copyfile(source, draft)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _said(error: OSError | sqlite3.Error) -> str:
    if isinstance(error, OSError):
        return ": ".join(str(part) for part in (error.filename, error.strerror) if part)
    return str(error)
