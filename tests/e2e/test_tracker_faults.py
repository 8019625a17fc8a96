"""The tracker when something goes wrong: Ctrl-C, a killed process, a full disk, places that may not be written."""

import random
import resource
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import sqlalchemy as sa
from commands import Done, Running
from sample_databases import KINDS, fresh_database, locked, python

from scantrail.tracker import Component, Database, TestResult, detail, strays, verify

SVT = "from scantrail.cli.main import svt; svt()"


def svt(path: object, *arguments: object, **options: object) -> Done:
    running = Running([sys.executable, "-c", SVT, "--db-path", str(path), *map(str, arguments)], **options)
    try:
        return running.ended()
    finally:
        running.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database with one module."""
    with Database(tmp_path / "parts.db") as db:
        Component("M1", "module", "spare").save(db)
    return tmp_path / "parts.db"


def until_opened(running: Running, path: Path) -> None:
    """Wait until a command has opened its database, or has ended."""
    files = Path(f"/proc/{running.process.pid}/fd")
    while running.process.poll() is None:
        with suppress(FileNotFoundError):
            if any(str(each.readlink()).startswith(str(path)) for each in files.iterdir()):
                return
        time.sleep(0.005)


# --- interrupted ------------------------------------------------------------------------------------------------------


def test_ctrl_c_while_waiting_for_another_writer(path: Path) -> None:
    """The wait for a lock is ours, not SQLite's: it ends at once, and nothing is recorded."""
    running = Running([sys.executable, "-c", SVT, "--db-path", str(path), "add", "--id", "M2", "--type", "module"])
    try:
        with locked(path):
            until_opened(running, path)
            time.sleep(0.3)
            running.signal(signal.SIGINT)
            assert running.ended(within=5.0).code == 130
    finally:
        running.close()
    with Database(path) as db:
        assert Component.get("M2", db) is None
        assert verify(db) == []


@pytest.mark.alone
@pytest.mark.parametrize("count", [5, pytest.param(60, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_ctrl_c_at_any_moment_records_a_test_whole_or_not_at_all(path: Path, tmp_path: Path, count: int) -> None:
    (tmp_path / "curve.png").write_bytes(bytes(30_000_000))
    chance, recorded, left = random.Random(1), 0, 0
    command = [sys.executable, "-c", SVT, "--db-path", str(path), "test", "M1", "--type", "visual", "--images"]
    for _ in range(count):
        running = Running([*command, str(tmp_path / "curve.png")])
        try:
            until_opened(running, path)  # before that it is Python that is interrupted
            time.sleep(chance.uniform(0.0, 0.4))
            running.signal(signal.SIGINT)
            done = running.ended()
        finally:
            running.close()
        with Database(path) as db:
            tests = detail(db, "M1")["tests"]
            assert verify(db) == []
            left += len(strays(db, set_aside=True))
        if done.code == 0:
            assert len(tests) == recorded + 1
        assert len(tests) in (recorded, recorded + 1)
        recorded = len(tests)
    print(f"{count} tests interrupted at any moment: {recorded} recorded, each whole; {left} files left")
    assert left == 0


# --- killed between a file and its row --------------------------------------------------------------------------------

STORING = """
import os, signal, sys
from datetime import datetime, UTC
from pathlib import Path
from scantrail.tracker import Database, TestResult
from scantrail.tracker.change import changing
from scantrail.tracker.files import Attachment, stored
url, files, picture = sys.argv[1], sys.argv[2], Path(sys.argv[3])
with Database(url, files) as db, changing(db, "test") as change:
    now = datetime.now(UTC)
    with stored(db.data_dir, "M1", "visual", now, [Attachment("image", picture)]) as kept:
        if "killed" in sys.argv:
            os.kill(os.getpid(), signal.SIGKILL)
        print("stored", flush=True)
        sys.stdin.readline()
        test = TestResult("M1", "visual")
        test._known(change, "M1")
        from scantrail.tracker.lookup import find
        test._write(change, find(change.connection, "M1"), "visual", now, kept)
"""


@pytest.fixture(params=KINDS)
def storing(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Database, tuple[str, ...]]]:
    """A database of each kind, and the arguments of a process that stores a picture for its module."""
    (tmp_path / "a.png").write_bytes(b"image")
    with fresh_database(request.param, request) as url, Database(url, tmp_path / "files") as db:
        Component("M1", "module", "spare").save(db)
        yield db, (url, str(tmp_path / "files"), str(tmp_path / "a.png"))


def test_a_file_without_a_row_is_told_and_set_aside(storing: tuple[Database, tuple[str, ...]], tmp_path: Path) -> None:
    db, arguments = storing
    with python(STORING, *arguments, "killed") as process:
        assert process.wait(30) == -signal.SIGKILL
    (kept,) = (tmp_path / "files").glob("*/M1/*.png")
    (kept.parent / "notes of somebody.txt").write_text("no file of ours")
    TestResult("M1", "visual", images=[tmp_path / "a.png"]).save(db)
    assert verify(db) == []
    assert strays(db) == [kept]
    assert strays(db, set_aside=True) == [kept]
    assert strays(db) == []
    aside = tmp_path / "files" / "strays" / kept.relative_to(tmp_path / "files")
    assert aside.read_bytes() == b"image"
    assert len(list(kept.parent.iterdir())) == 2
    assert verify(db) == []


def test_a_command_under_way_leaves_no_stray(storing: tuple[Database, tuple[str, ...]]) -> None:
    db, arguments = storing
    found: list[list[Path]] = []
    with python(STORING, *arguments) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "stored\n"
        looking = threading.Thread(target=lambda: found.append(strays(db, set_aside=True)))
        looking.start()
        looking.join(0.3)
        assert looking.is_alive()
        _, errors = process.communicate("\n", timeout=30)
        assert (process.returncode, errors) == (0, "")
        looking.join(30)
    assert found == [[]]
    assert len(detail(db, "M1")["tests"][0]["files"]) == 1
    assert verify(db) == []


def test_verify_says_what_to_do_about_strays(path: Path, tmp_path: Path) -> None:
    with Database(path) as db:
        stray = db.data_dir / "2025" / "M1" / "20250103_091500_calibration_0.png"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    done = svt(path, "verify")
    assert (done.code, done.out) == (0, f"{path} is intact.\n")
    assert f"Note: no test has {stray}\n" in done.err
    assert "--set-aside moves them away" in done.err
    done = svt(path, "verify", "--set-aside", "--json")
    assert done.document == {"intact": True, "wrong": [], "strays": [str(stray)], "set_aside": True}
    assert svt(path, "verify").err == ""


def test_a_commit_that_fails_leaves_no_file(storing: tuple[Database, tuple[str, ...]], tmp_path: Path) -> None:
    db, _ = storing
    pictures = [tmp_path / "a.png"] * 2

    def fail(connection: object) -> None:
        raise KeyboardInterrupt

    sa.event.listen(db.store.engine, "commit", fail)
    with pytest.raises(KeyboardInterrupt):
        TestResult("M1", "visual", images=pictures).save(db)
    sa.event.remove(db.store.engine, "commit", fail)
    assert list((tmp_path / "files").rglob("*.png")) == []
    TestResult("M1", "visual", images=pictures).save(db)
    assert len(list((tmp_path / "files").rglob("*.png"))) == 2
    assert strays(db) == verify(db) == []


# --- a full disk ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_coverage")
def test_a_full_disk_records_nothing(path: Path, tmp_path: Path) -> None:
    (tmp_path / "curve.png").write_bytes(bytes(3_000_000))

    def small() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    done = svt(path, "test", "M1", "--type", "visual", "--images", tmp_path / "curve.png", preexec=small)
    assert done.code == 1
    assert "curve.png cannot be kept in" in done.err
    assert "File too large" in done.err
    while (done := svt(path, "log", "M1", "x" * 110_000, preexec=small)).code == 0:
        pass
    assert done.err.startswith(f"Error: the database {path} cannot be ")
    with Database(path) as db:
        assert detail(db, "M1")["tests"] == []
        assert verify(db) == []
        assert strays(db) == []
        Component("M2", "module").save(db)


# --- places that may not be written -----------------------------------------------------------------------------------


def test_files_that_cannot_be_kept_record_nothing(path: Path, tmp_path: Path) -> None:
    (tmp_path / "test_data").write_text("a file where the directory of files should be")
    (tmp_path / "a.png").write_bytes(b"image")
    done = svt(path, "test", "M1", "--type", "visual", "--images", tmp_path / "a.png")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert f"a.png cannot be kept in {tmp_path / 'test_data'}/" in done.err
    assert "cannot be made" in svt(path, "init").err
    for command in ("show M1", "log M1 dust"):
        assert svt(path, *command.split()).code == 0
    with Database(path) as db:
        assert detail(db, "M1")["tests"] == []


def test_a_database_of_the_reference_is_left_alone(isolated_home: Path) -> None:
    default = isolated_home / ".hps_svt_tracker" / "svt_components.db"
    default.parent.mkdir()
    with closing(sqlite3.connect(default)) as old:
        for table in ("components", "installation_history", "maintenance_log", "test_results"):
            old.execute(f"CREATE TABLE {table} (id TEXT)")
    before = default.read_bytes()
    for command in ("svt init", "svt list --json", "scantrail parts add --id M1 --type module"):
        program, *arguments = command.split()
        line = f"from scantrail.cli.main import {program} as run; run()"
        done = subprocess.run(
            [sys.executable, "-c", line, *arguments], capture_output=True, text=True, check=False, timeout=30
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert f'is of the hps-svt-tracker and is left as it is; "svt adopt {default}" takes it over' in done.stderr
    assert default.read_bytes() == before
    assert sorted(each.name for each in default.parent.iterdir()) == ["svt_components.db"]
