"""From a run to the component it measured: linked, judged, recorded, whatever happens to the database meanwhile."""

import ctypes
import shutil
import signal
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from commands import Done, Running, newest, run_with_points, scantrail, started
from postgres import binaries, stoppable_server
from sample_databases import KINDS, fresh_database, locked, python

from scantrail.station import data_root
from scantrail.tracker import Component, Database, TestResult, detail, set_limit

SCAN = ("threshold", "parallel", "--mock", "--speed", 300, "--seed", 1, "--thresholds", "1:300;2:308;3:292")
STEPS = ("--nsteps", 8, "--step", 3, "--duration", 10)
SVT = "from scantrail.cli.main import svt; svt()"


def scan(*more: object) -> Done:
    return scantrail(*SCAN, *STEPS, *more)


def svt(path: object, *arguments: object) -> Done:
    with closing(Running([sys.executable, "-c", SVT, "--db-path", str(path), *map(str, arguments)])) as running:
        return running.ended()


def furnish(database: Database) -> None:
    Component("OSECHI-01", "detector").save(database)
    for name in ("SCINT-07", "SCINT-08"):
        Component(name, "layer").save(database)


def owed() -> list[Path]:
    return sorted((data_root() / "outbox").glob("*.json"))


def kept_of(path: object, component: str = "OSECHI-01") -> list[dict]:
    with Database(str(path)) as database:
        return detail(database, component)["tests"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Database(tmp_path / "lab.db", profile="osechi") as database:
        furnish(database)
    return tmp_path / "lab.db"


# --- the trail --------------------------------------------------------------------------------------------------------


def test_three_commands_end_on_the_component(tmp_path):
    path = tmp_path / "lab.db"
    added = scantrail(
        "parts", "--profile", "osechi", "--db-path", path, "add", "--id", "OSECHI-01", "--type", "detector"
    )
    assert added.code == 0
    assert svt(path, "limit", "detector", "threshold_scan", "threshold", "--max", 330).code == 0
    done = scan("--component", "osechi-01", "--db-path", path)
    assert done.code == 0
    assert "recorded    OSECHI-01: threshold_scan, pass by threshold at most 330 (limit 1)" in done.out
    shown = scantrail("parts", "--db-path", path, "show", "OSECHI-01", "--json").document
    (test,) = shown["tests"]
    assert (test["test_type"], test["run"], test["measured"], test["pass_fail"]) == ("threshold_scan", 1, True, None)
    assert [(one["limit"], one["quantity"], one["high"]) for one in test["limits"]] == [(1, "threshold", 330.0)]
    for quantity, unit in {"threshold": "DAC", "center": "DAC", "width": "DAC", "rate": "Hz"}.items():
        for channel in ("ch1", "ch2", "ch3"):
            assert test["measurements"][f"{quantity}_error {channel}"] > 0
            assert test["units"][f"{quantity} {channel}"] == test["units"][f"{quantity}_error {channel}"] == unit
    assert test["measurements"]["center ch1"] == pytest.approx(300, abs=2)
    names = {file["name"]: file["sha256"] for file in test["files"]}
    assert {"journal.jsonl", "threshold_scan.png", "scan_results_ch1.csv"} <= names.keys()
    assert all(len(digest) == 64 for digest in names.values())
    assert [(run["number"], run["status"]) for run in shown["runs"]] == [(1, "success")]
    listed = scantrail("runs", "list", "--component", "OSECHI-01", "--db-path", path, "--json").document
    assert [run["number"] for run in listed] == [1]
    assert owed() == []
    # what judged it is kept
    assert (
        svt(path, "limit", "detector", "threshold_scan", "threshold", "--max", 310, "--required-for", "qualified").code
        == 0
    )
    (kept,) = kept_of(path)
    assert (kept["measured"], kept["limits"]) == (True, test["limits"])
    blocked = " ".join(svt(path, "blocks", "OSECHI-01").out.split())
    assert "a passed threshold_scan (by the limits of today threshold ch1 is 31" in blocked
    told = scantrail("runs", "show", 1, "--db-path", path)
    assert "OSECHI-01: threshold_scan, pass, threshold at most 330 (limit 1)" in " ".join(told.out.split())
    (said,) = scantrail("runs", "show", 1, "--db-path", path, "--json").document["tests"]
    assert (said["component"], said["measured"]) == ("OSECHI-01", True)
    # again is once
    again = svt(path, "record", 1)
    assert (again.code, "it was recorded before" in again.out) == (0, True)
    assert len(kept_of(path)) == 1


def test_each_channel_has_its_own_component(path):
    done = scan("--component", "1:SCINT-07,2:SCINT-08", "--db-path", path, "--json")
    assert [one["component"] for one in done.document["recorded"]] == ["SCINT-07", "SCINT-08"]
    centers = [kept_of(path, name)[0]["measurements"]["center"] for name in ("SCINT-07", "SCINT-08")]
    assert centers == pytest.approx([300, 308], abs=2)


@pytest.mark.parametrize(
    ("named", "said"),
    [
        ("OSECHI-1", "there is no component 'OSECHI-1'; nearest: OSECHI-01"),
        ("GONE", "GONE is retired"),
        ("ODD", "tests the types board, detector, layer, and ODD is of the type other"),
        ("7:SCINT-07", "SCINT-07 is given channel 7, which is not scanned"),
        ("1:SCINT-07,1:SCINT-08", "gives one channel to two components"),
        ("1:SCINT-07,SCINT-08", "'1:SCINT-07,SCINT-08' gives no component to a channel; write \"1:ID,2:ID\""),
        ("1:", "'1:' gives no component to a channel"),
        (" ", "a --component is empty"),
    ],
)
def test_refused_before_the_scan_starts(path, named, said):
    with Database(path) as database:
        Component("GONE", "detector", "retired").save(database)
        Component("ODD", "other").save(database)
    done = scan("--component", named, "--db-path", path)
    assert done.code == 2
    assert said in done.err
    assert newest() is None
    assert owed() == []


def test_anyway_scans_unlinked(path):
    done = scan("--component", "OSECHI-1", "--anyway", "--db-path", path, "--json")
    assert done.code == 0
    assert done.document["recorded"] == []
    assert "the run is linked to no component" in done.err


def test_a_limit_without_its_quantity_gives_no_verdict(path):
    with Database(path) as database:
        set_limit("detector", "threshold_scan", "threshold", high=330, db=database)
    done = scantrail(*SCAN, "--nsteps", 2, "--step", 2, "--duration", 10, "--component", "OSECHI-01", "--db-path", path)
    assert "no verdict; limited is threshold at most 330 (limit 1)" in " ".join(done.out.split())
    assert kept_of(path)[0]["measured"] is None


# --- the database away ------------------------------------------------------------------------------------------------


def test_a_locked_database_waits_in_the_outbox(path):
    with locked(path):
        done = scan("--component", "OSECHI-01", "--db-path", path, "--json")
        assert (done.code, done.document["status"], done.document["recorded"]) == (0, "success", [])
        assert any("the record of run 1 waits" in note for note in done.document["notes"])
        assert len(owed()) == 1
    shown = svt(path, "show", "OSECHI-01", "--json")  # the next command, whatever it is
    assert "run 1, which waited, is recorded on OSECHI-01" in shown.err
    assert len(shown.document["tests"]) == 1
    assert owed() == []
    assert svt(path, "sync").out == "Nothing is owed to this database.\n"


@pytest.mark.long
@pytest.mark.timeout(180)
def test_a_database_locked_for_a_minute(path):
    with locked(path):
        begun = time.monotonic()
        assert scan("--component", "OSECHI-01", "--db-path", path).code == 0
        with closing(Running([sys.executable, "-c", SVT, "--db-path", str(path), "sync"])) as waiting:
            time.sleep(max(0.0, begun + 60 - time.monotonic()))
            said = waiting.ended(within=60)
    assert said.code == 3
    assert "run 1 is still owed" in said.err
    assert svt(path, "sync").code == 0
    assert len(kept_of(path)) == 1


def as_anybody() -> None:
    """Take from root what lets it write where nobody may: the capability goes with the next program."""
    capbset_drop, dac_override = 24, 1
    ctypes.CDLL(None).prctl(capbset_drop, dac_override, 0, 0, 0)


def test_a_read_only_database_is_no_obstacle(path):
    path.chmod(0o444)
    path.parent.chmod(0o555)
    try:
        given = ("--component", "OSECHI-01", "--db-path", path, "--json")
        done = scantrail(*SCAN, *STEPS, *given, preexec=as_anybody)
    finally:
        path.parent.chmod(0o755)
        path.chmod(0o644)
    assert (done.code, done.document["recorded"]) == (0, [])
    assert any("the record of run 1 waits: the database" in note for note in done.document["notes"])
    assert svt(path, "sync").code == 0
    assert len(kept_of(path)) == 1


def test_a_database_taken_away_in_mid_scan(path, tmp_path):
    """What stands in its place is no database; the record follows when the true one is back."""
    with started(*SCAN[:4], 40, *SCAN[5:], *STEPS, "--component", "OSECHI-01", "--db-path", path) as running:
        run_with_points(1)
        shutil.move(path, tmp_path / "away.db")
        path.write_text("no database" * 1000)
        done = running.ended()
    assert done.code == 0, done.err
    assert len(owed()) == 1
    assert svt(path, "sync").code != 0
    for beside in tmp_path.glob("lab.db-*"):
        beside.unlink()
    shutil.move(tmp_path / "away.db", path)
    synced = svt(path, "sync")
    assert (synced.code, "Run 1: OSECHI-01" in synced.out) == (0, True), synced
    assert len(kept_of(path)) == 1


def test_postgresql_stopped_in_mid_scan(needs_system_part):
    programs = binaries()
    needs_system_part("PostgreSQL", programs, "postgresql")
    with stoppable_server(programs) as (url, control):
        with Database(url, profile="osechi") as database:
            furnish(database)
        with started(
            *SCAN[:4], 40, *SCAN[5:], *STEPS, "--component", "OSECHI-01", "--db-path", url, "--json"
        ) as running:
            run_with_points(1)
            control("stop")
            done = running.ended(within=50)
        assert (done.code, done.document["recorded"]) == (0, []), done.err
        (entry,) = owed()
        password = url.split(":")[2].partition("@")[0]
        assert password not in done.out + done.err
        assert [
            file for file in data_root().rglob("*") if file.is_file() and password in file.read_text("latin-1")
        ] == []
        assert ":***@127.0.0.1" in entry.read_text()
        control("start")
        assert svt(url, "sync").code == 0
        assert svt(url, "sync").code == 0
        assert len(kept_of(url)) == 1


# --- killed, twice, aborted -------------------------------------------------------------------------------------------


def test_killed_between_the_end_of_the_scan_and_the_record(path):
    """The process is killed where it would turn to the database: the scan has ended, what it owes is written down."""
    code = (
        "import os, signal, sys\n"
        "import scantrail.acquire.trail as trail\n"
        "trail.settle = lambda *given, **more: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from scantrail.cli.main import scantrail; scantrail()"
    )
    command = [sys.executable, "-c", code, *map(str, (*SCAN, *STEPS, "--component", "OSECHI-01", "--db-path", path))]
    with closing(Running(command)) as running:
        assert running.ended().code == -signal.SIGKILL
    assert kept_of(path) == []
    assert svt(path, "list").code == 0
    assert len(kept_of(path)) == 1
    assert owed() == []


RECORD = """
import sys
from pathlib import Path
from scantrail.acquire import record_run
from scantrail.tracker import Database
with Database(sys.argv[1]) as database:
    database.profile
    print("ready", flush=True)
    sys.stdin.read(1)
    record_run(Path(sys.argv[2]), database, components=["OSECHI-01"])
"""


@pytest.mark.parametrize("kind", KINDS)
def test_two_hosts_record_the_same_run_at_once(kind, request, tmp_path):
    with fresh_database(kind, request) as url:
        with Database(url, profile="osechi") as database:
            furnish(database)
        assert scan("--db-path", tmp_path / "another.db").code == 0
        elsewhere = shutil.copytree(newest(), tmp_path / "other-host" / newest().name)
        both = [python(RECORD, url, place) for place in (newest(), elsewhere)]
        for process in both:
            assert process.stdout.readline() == "ready\n"
        for process in both:
            process.stdin.write("x")
            process.stdin.flush()
        for process in both:
            _, said = process.communicate()
            assert process.returncode == 0, said
        (test,) = kept_of(url)
        assert test["run"] == 1
        with Database(url) as database:
            assert len(detail(database, "OSECHI-01")["runs"]) == 1


def test_a_killed_run_is_recorded_when_it_has_been_resumed(path):
    given = ("--component", "1:SCINT-07,2:SCINT-08", "--db-path", path)
    with started(*SCAN[:4], 60, *SCAN[5:], *STEPS, *given) as running:
        run_with_points(2)
        running.signal(signal.SIGKILL)
        assert running.process.wait(20) == -signal.SIGKILL
    assert svt(path, "sync").out == "Nothing is owed to this database.\n"
    assert len(owed()) == 1
    done = scantrail("runs", "resume", 1, "--json")  # in the database that it was begun with
    assert [one["component"] for one in done.document["recorded"]] == ["SCINT-07", "SCINT-08"]
    centers = [kept_of(path, name)[0]["measurements"]["center"] for name in ("SCINT-07", "SCINT-08")]
    assert centers == pytest.approx([300, 308], abs=2)
    assert owed() == []


def test_runs_are_listed_by_whom_they_measured_whenever_that_was_said(path):
    assert scan("--db-path", path).code == 0
    assert svt(path, "record", 1, "--component", "1:SCINT-07,7:SCINT-08").code == 2
    assert svt(path, "record", 1, "--component", "2:scint-08").code == 0
    assert kept_of(path, "SCINT-08")[0]["measurements"]["center"] == pytest.approx(308, abs=2)
    for component, runs in {"scint-08": [1], "SCINT-07": []}.items():
        done = scantrail("runs", "list", "--component", component, "--db-path", path, "--json")
        assert [run["number"] for run in done.document] == runs


def test_sync_names_what_it_cannot_settle_and_settles_the_rest(path):
    with locked(path):
        for name in ("SCINT-07", "SCINT-08"):
            assert scan("--component", name, "--db-path", path).code == 0
    shutil.rmtree(newest())  # run 2
    (data_root() / "outbox" / "strange.json").write_text("")
    synced = svt(path, "sync")
    assert synced.code == 3
    assert "Run 1: SCINT-07: threshold_scan" in synced.out
    assert "! run 2 is still owed to" in synced.err
    assert "strange.json cannot be read as what a run owes; repair or delete it" in synced.err
    assert f"to give up a record, delete its file in {data_root() / 'outbox'}" in synced.err
    assert len(kept_of(path, "SCINT-07")) == 1


def test_an_interrupted_run_is_no_test(path):
    with started(*SCAN[:4], 20, *SCAN[5:], *STEPS, "--component", "OSECHI-01", "--db-path", path) as running:
        run_with_points(2)
        running.signal(signal.SIGINT)
        assert running.ended().code == 130
    assert kept_of(path) == []
    refused = svt(path, "record", 1)
    assert (refused.code, "run 1 was aborted, so it says nothing of its components" in refused.err) == (1, True)
    assert owed() == []


def test_the_trend_spans_runs_and_what_was_entered_by_hand(path):
    assert scan("--component", "OSECHI-01", "--db-path", path).code == 0
    with Database(path) as database:
        TestResult("OSECHI-01", "threshold_scan", True, {"threshold": 312.5}).save(database)
    (trend,) = svt(path, "plot", "OSECHI-01", "trend", "threshold", "--json").document["trends"]
    assert [value["channel"] for value in trend["values"]] == ["ch1", "ch2", "ch3", None]
    assert [value["error"] is None for value in trend["values"]] == [False, False, False, True]
    everything = svt(path, "plot", "OSECHI-01", "trend", "--json").document
    assert [one["quantity"] for one in everything["trends"]] == ["center", "rate", "threshold", "width"]
    alone = svt(path, "plot", "OSECHI-01", "trend", "threshold ch2", "--json").document["trends"][0]["values"]
    assert len(alone) == 1
