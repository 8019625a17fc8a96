"""`scantrail demo` as a newcomer runs it: what it tells, what it leaves, and that its last lines run as printed."""

import re
import shlex
import signal
from pathlib import Path

import pytest
from commands import Done, run_with_points, scantrail, started

from scantrail.runs import directories, summarize
from scantrail.tracker import Database, detail


def demo(home: Path, *more: object) -> Done:
    return scantrail("demo", "--home", home, "--speed", 150, *more)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory, matplotlib_cache: Path) -> tuple[Path, Done]:
    """A demo that has ended, and where."""
    home = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("MPLCONFIGDIR", str(matplotlib_cache))
        return home / "my demo", demo(home / "my demo")


def test_it_scans_records_and_ends_on_the_component(shown):
    _, done = shown
    assert (done.code, re.findall("^! .*", done.err, re.MULTILINE)) == (0, [])
    assert re.findall("^run ([12]): threshold (parallel|serial), success", done.out, re.MULTILINE) == [
        ("1", "parallel"),
        ("2", "serial"),
    ]
    limits = r"pass by threshold at least 290 and at most 330 \(limit [12]\)"
    recorded = re.findall(rf"(OSECHI-01\S*): threshold_scan, {limits}$", done.out, re.MULTILINE)
    assert recorded == ["OSECHI-01", "OSECHI-01-L1", "OSECHI-01-L2", "OSECHI-01-L3"]
    card = done.out[done.out.index("What is known now of OSECHI-01") :]
    in_order = ["OSECHI-01-L2", "Tests", "by its limits", "from its label, entered by hand", "Runs", "threshold [DAC]"]
    places = [card.index(part) for part in in_order]
    assert places == sorted(places)
    paths = ("Files in ", "Look at ")  # in one piece, however long
    assert max(len(line) for line in card.splitlines() if not line.startswith(paths)) <= 80


def test_what_it_found_stands_beside_the_truth(shown):
    _, done = shown
    rows = re.findall(r"^ch\d +([\d.]+) ± ([\d.]+) +([\d.]+) +[\d.]+ ±", done.out, re.MULTILINE)
    assert len(rows) == 3
    for found, error, true in rows:
        assert abs(float(found) - float(true)) < 5 * float(error)


def test_it_leaves_what_it_says(shown, monkeypatch):
    home, done = shown
    assert [summarize(place).status for place in directories(home)] == ["success", "success"]
    with Database(home / "demo.db") as database:
        whole = detail(database, "OSECHI-01")
        layer = detail(database, "OSECHI-01-L2")
    assert [(test["run"], test["measured"]) for test in whole["tests"]] == [(1, True), (None, True)]
    assert [(test["run"], test["measured"]) for test in layer["tests"]] == [(2, True)]
    assert layer["tests"][0]["measurements"]["center"] == pytest.approx(308, abs=2)
    assert not (home / "outbox").exists() or [*(home / "outbox").iterdir()] == []
    scan, svt = (shlex.split(line.partition(":")[2]) for line in done.out.splitlines()[-2:])
    name, _, value = scan.pop(0).partition("=")
    monkeypatch.setenv(name, value)
    told = scantrail(*scan[1:])
    assert (told.code, "OSECHI-01: threshold_scan, pass" in told.out) == (0, True)
    assert svt[0] == "svt"
    looked = scantrail("parts", *svt[1:])
    assert (looked.code, "OSECHI-01-L1" in looked.out) == (0, True)


def test_the_second_time_goes_on_where_the_first_ended(tmp_path):
    assert demo(tmp_path / "demo").code == 0
    again = demo(tmp_path / "demo", "--seed", 7)
    assert again.code == 0
    numbers = re.findall(r"^ *(\d+) +threshold_(?:serial|parallel) +success", again.out, re.MULTILINE)
    assert numbers == ["4", "3", "2", "1"]
    assert "scantrail runs show 3 --db-path" in again.out
    with Database(tmp_path / "demo" / "demo.db") as database:
        found = detail(database, "OSECHI-01")
    assert [test["run"] for test in found["tests"]] == [3, 1, None]
    assert len(found["slots"]) == 4


def test_ctrl_c_ends_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SCANTRAIL_HOME", str(tmp_path / "demo"))
    with started("demo", "--home", tmp_path / "demo", "--speed", 10) as running:
        run_with_points(1)
        running.signal(signal.SIGINT)
        done = running.ended()
    assert done.code == 130
    assert [summarize(place).status for place in directories(tmp_path / "demo")] == ["abort"]
    assert "nothing is recorded on OSECHI-01: run 1 was aborted" in done.err
