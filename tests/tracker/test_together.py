"""Many processes at once, and processes killed at any moment: nothing fails, nothing is lost, nothing disagrees."""

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sample_databases import KINDS, fresh_database

from scantrail.tracker import Component, Database, detail, list_positions, remove_component, verify

WORKERS = 8

MIXED = """
import sys, json, time
from scantrail.tracker import *
url, files, worker, writes = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
slowest = 0.0
with Database(url, files) as db:
    db.profile
    sys.stdin.readline()
    for number in range(writes):
        name, began = f"W{worker}-{number // 4}", time.monotonic()
        match number % 4:
            case 0: Component(name, "module", "spare").save(db)
            case 1: TestResult(name, "iv_curve", True, {"current": 1e-6 * number}).save(db)
            case 2: add_maintenance_log(name, f"note {number}", db=db)
            case 3: move_component(name, f"shelf {worker}", db=db)
        slowest = max(slowest, time.monotonic() - began)
print(json.dumps(slowest))
"""

EDIT = """
import sys
from scantrail.tracker import *
url, files, worker, writes = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
with Database(url, files) as db:
    db.profile
    sys.stdin.readline()
    for number in range(writes):
        found = Component.get("M1", db)
        found.attributes[f"a{worker}-{number}"] = number
        found.save(db)
print("0")
"""

RACE = """
import sys
from scantrail.errors import Refused
from scantrail.tracker import *
url, files, worker, writes = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
with Database(url, files) as db:
    db.profile
    sys.stdin.readline()
    for number in range(writes):
        name = f"R{worker}-{number}"
        Component(name, "feb", "spare").save(db)
        for position in range(1, 1000):
            try:
                install_component(name, f"FEB{position}", db=db)
            except Refused:
                continue
            break
print("0")
"""

BACK_AND_FORTH = """
import sys
from scantrail.tracker import *
with Database(sys.argv[1], sys.argv[2]) as db:
    db.profile
    print("ready", flush=True)
    while True:
        install_component("M1", "Layer1_top_axial", db=db)
        remove_component("M1", location="Lab", db=db)
"""


def together(script: str, url: str, files: Path, writes: int, workers: int = WORKERS) -> list[float]:
    """Run a script in several processes that begin at once; return what each printed."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, url, str(files), str(worker), str(writes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for worker in range(workers)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=500) for process in processes]
    assert [errors for _, errors in said] == [""] * workers
    return [json.loads(out) for out, _ in said]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("writes", [12, pytest.param(200, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_eight_writers_lose_nothing(kind: str, writes: int, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with fresh_database(kind, request) as url, Database(url, tmp_path / "files") as db:
        db.initialize_schema()
        began = time.monotonic()
        slowest = together(MIXED, url, tmp_path / "files", writes)
        took = time.monotonic() - began
        print(f"{kind}: {WORKERS * writes} writes in {took:.1f} s, {WORKERS * writes / took:.0f}/s, ", end="")
        print(f"slowest {max(slowest):.2f} s")
        modules = Component.list_all("module", db=db)
        assert len(modules) == WORKERS * writes // 4
        found = detail(db, modules[-1].id)
        assert (len(found["tests"]), len(found["logs"])) == (1, 1)
        assert found["place"] == f"shelf {WORKERS - 1}"
        assert verify(db) == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_edit_of_different_fields_is_kept(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with fresh_database(kind, request) as url, Database(url, tmp_path / "files") as db:
        Component("M1", "module").save(db)
        together(EDIT, url, tmp_path / "files", 5)
        found = Component.get("M1", db)
        assert found is not None
        assert len(found.attributes) == WORKERS * 5
        assert found.version == 1 + WORKERS * 5


@pytest.mark.parametrize("kind", KINDS)
def test_two_clients_race_for_positions(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with fresh_database(kind, request) as url, Database(url, tmp_path / "files") as db:
        db.initialize_schema()
        together(RACE, url, tmp_path / "files", 16, workers=2)
        taken = [row for row in list_positions(db, kind="feb") if row["component"]]
        assert len({row["position"] for row in taken}) == len({row["component"] for row in taken}) == len(taken) == 32
        assert verify(db) == []


@pytest.mark.parametrize("kills", [6, pytest.param(100, marks=[pytest.mark.long, pytest.mark.timeout(600)])])
def test_killed_at_any_moment_status_and_history_agree(db: Database, kills: int) -> None:
    chance = random.Random(1)
    installed = 0
    for _ in range(kills):
        command = [sys.executable, "-c", BACK_AND_FORTH, db.name, str(db.data_dir)]
        if detail(db, "M1")["status"] == "installed":
            remove_component("M1", db=db)
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(chance.uniform(0.0, 0.08))
            process.kill()
        found = detail(db, "M1")
        still = [row for row in found["installations"] if row["removed"] is None]
        assert (found["status"] == "installed") == (len(still) == 1)
        assert verify(db) == []
        installed += len(still)
    stays = len(detail(db, "M1")["installations"])
    print(f"{kills} kills among {2 * stays} writes: {installed} left it installed, {kills - installed} not; all agree")
