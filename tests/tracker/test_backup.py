"""Backups: intact while others write, refused when altered, and whole again when restored; on both databases."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from sample_databases import fresh_database

from scantrail.errors import OutputError, Refused, VerifyError
from scantrail.tracker import (
    Database,
    TestResult,
    assemble_module,
    at,
    backup,
    backups,
    check_backup,
    detail,
    install_component,
    list_components,
    restore,
    undo,
    verify,
)

WRITER = """
import sys, itertools
from pathlib import Path
from scantrail.tracker import Component, Database, TestResult
picture = Path(sys.argv[2])
with Database(sys.argv[1]) as db:
    for number in itertools.count():
        Component(f"W{number}", "module").save(db)
        TestResult(f"W{number}", "visual", True, {"score": number}, images=[picture]).save(db)
        if number == 0:
            print("writing", flush=True)
"""


def test_there_and_back(any_db: Database, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    (tmp_path / "a.png").write_bytes(b"image")
    assemble_module("M1", "S1", db=any_db)
    done = install_component("M1", "Layer1_top_axial", db=any_db)
    TestResult("M1", "iv_curve", True, {"current": 1e300, "list": [1, 2.5]}, images=[tmp_path / "a.png"]).save(any_db)
    target = backup(any_db, tmp_path / "backup")
    assert len(check_backup(target)) >= 2
    with pytest.raises(Refused, match="exists"):
        backup(any_db, target)
    kind = any_db.store.engine.dialect.name
    with fresh_database(kind, request) as url, Database(url + ".2" * (kind == "sqlite"), tmp_path / "other") as copy:
        assert restore(copy, target) == 1
        assert verify(copy) == []
        assert detail(copy, "S1") == detail(any_db, "S1")
        assert at(copy, done.time) == at(any_db, done.time)
        undo(copy)
        assemble_module("M2", "S2", db=copy)
        assert verify(copy) == []
        with pytest.raises(Refused):
            restore(copy, target)
    (target / "test_data").rename(target / "moved")
    with pytest.raises(VerifyError):
        check_backup(target)


@pytest.mark.parametrize("count", [4, pytest.param(50, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_backups_under_a_writer_are_intact(db: Database, tmp_path: Path, count: int) -> None:
    (tmp_path / "a.png").write_bytes(bytes(100_000))
    command = [sys.executable, "-c", WRITER, db.name, str(tmp_path / "a.png")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        try:
            targets = [backup(db, tmp_path / f"backup{number}") for number in range(count)]
        finally:
            writer.kill()
    files = 0
    for number, target in enumerate(targets):
        check_backup(target)
        with Database(tmp_path / f"restored{number}" / "parts.db") as copy:
            files += restore(copy, target)
            assert verify(copy) == []
            components = list_components(copy).total
    assert verify(db) == []
    print(f"{count} backups under a writer, up to {components} components, {files} files in all: all intact")


def test_a_full_disk_leaves_nothing_half_done(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").write_bytes(b"image")
    TestResult("M1", "visual", True, images=[tmp_path / "a.png"]).save(db)
    target = backup(db, tmp_path / "backup")

    def full(source: Path, copy: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(backups, "copy_online", full)
    with Database(tmp_path / "new" / "parts.db") as copy:
        with pytest.raises(OutputError, match=r"backup cannot be restored: database or disk is full$"):
            restore(copy, target)
        assert [path for path in (tmp_path / "new").rglob("*") if path.is_file()] == []
        with pytest.raises(OutputError, match=r"database\.db: database or disk is full$"):
            backup(db, tmp_path / "again")
        monkeypatch.undo()
        assert restore(copy, target) == 1
        assert verify(copy) == []
