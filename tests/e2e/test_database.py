"""A scan never needs the database: without a usable one it says so, and `reindex` mends it."""

import os
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
from commands import scantrail

SCAN = ("threshold", "parallel", "--nsteps", 1, "--duration", 0.5, "--mock", "--speed", 50)

LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def database(tmp_path, monkeypatch) -> Path:
    place = tmp_path / "catalogue.db"
    monkeypatch.setenv("SCANTRAIL_DB", str(place))
    return place


@contextmanager
def locked(database: Path):
    """Another process that holds a writing transaction."""
    with subprocess.Popen(
        [sys.executable, "-c", LOCK, str(database)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline() == "locked\n"
        try:
            yield
        finally:
            process.stdin.close()
            process.wait(20)


def numbers() -> list[int]:
    return [run["number"] for run in scantrail("runs", "list", "--json").document]


def in_the_table(database: Path) -> list[int]:
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
        found = [number for (number,) in connection.execute("select number from run order by number")]
    connection.close()
    return found


def test_the_first_scan_makes_it(database):
    done = scantrail(*SCAN)
    assert done.code == 0
    assert "!" not in done.err
    assert in_the_table(database) == [1]


def test_locked(database):
    assert scantrail(*SCAN).code == 0
    with locked(database):
        done = scantrail(*SCAN)
        assert done.code == 0
        [warning] = [line for line in done.err.splitlines() if line.startswith("! ")]
        assert "locked" in warning
        assert '"scantrail runs reindex" adds it' in warning
        assert numbers() == [2, 1]
    assert in_the_table(database) == [1]
    assert scantrail("runs", "reindex").code == 0
    assert in_the_table(database) == [1, 2]


def test_broken(database):
    database.write_bytes(b"no database at all, but long enough to look like one" * 100)
    done = scantrail(*SCAN)
    assert done.code == 0
    assert str(database) in done.err
    assert '"scantrail runs reindex" adds it' in done.err
    assert numbers() == [1]
    assert scantrail("runs", "reindex").code == 1
    database.unlink()
    assert scantrail("runs", "reindex").code == 0
    assert in_the_table(database) == [1]


def test_lost_after_a_scan(database):
    assert scantrail(*SCAN).code == 0
    database.unlink()
    assert numbers() == [1]
    assert scantrail("runs", "reindex").code == 0
    assert in_the_table(database) == [1]


def test_in_a_place_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SCANTRAIL_DB", str(tmp_path / "file" / "catalogue.db"))
    done = scantrail(*SCAN)
    assert done.code == 0
    assert '"scantrail runs reindex" adds it' in done.err
    assert numbers() == [1]


def test_on_a_server_that_is_not_there():
    done = scantrail(*SCAN, "--db-path", "postgresql://user:secret@127.0.0.1:9/none")
    assert done.code == 0
    assert "secret" not in done.err + done.out
    assert '"scantrail runs reindex" adds it' in done.err
    assert numbers() == [1]


def test_json_holds_the_warning_too(database):
    database.write_bytes(os.urandom(5000))
    done = scantrail(*SCAN, "--json")
    assert done.code == 0
    [warning] = done.document["warnings"]
    assert str(database) in warning
