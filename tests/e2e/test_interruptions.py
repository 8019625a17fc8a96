"""Ctrl-C, SIGTERM, `runs abort|pause|resume` and kill -9, over the pseudo-terminal with the simulator alive."""

import random
import signal
import time
from pathlib import Path

import pytest
from commands import (
    Detector,
    Done,
    Running,
    agrees_with_the_log,
    detector,
    newest,
    points,
    run_numbered,
    run_with_points,
    scan_files,
    scantrail,
    started,
    table,
    until,
)

from scantrail.runs import ask, held, read, summarize

PARALLEL = ("threshold", "parallel", "--thresholds", "1:300;2:308;3:292", "--nsteps", 10, "--step", 2, "--duration", 2)
SERIAL = ("threshold", "serial", "--thresholds", "1:300;2:308", "--nsteps", 5, "--step", 4, "--duration", 2)
EXPECTED = {"parallel": 21, "serial": 22}


def is_an_honest_abort(bench: Detector, done: Done, directory: Path) -> None:
    """Exit 130, the board at rest, the journal closed, and the rows taken in the CSV files."""
    assert done.code == 130
    record = read(directory)
    assert record.stop["exit_status"] == "abort"
    taken = len(record.stream("primary"))
    assert f"{taken} of {EXPECTED[summarize(directory).kind.removeprefix('threshold_')]} points" in done.err
    assert bench.thresholds == dict.fromkeys((1, 2, 3), 1023)
    rows = scan_files(directory)
    in_files = sum(map(len, rows.values())) // (3 if "parallel" in directory.name else 1)
    assert 3 <= in_files == taken < EXPECTED[summarize(directory).kind.removeprefix("threshold_")]
    assert table(directory / "threshold_operations.csv")[-1]["new_threshold"] == "1023"
    assert f'"scantrail runs resume {summarize(directory).number}" goes on.' in done.err
    agrees_with_the_log(record, bench)


@pytest.mark.parametrize("scan", [SERIAL, PARALLEL], ids=["serial", "parallel"])
def test_ctrl_c(tmp_path, scan):
    with detector(tmp_path) as bench, started(*scan, "--config", bench.station) as running:
        directory = run_with_points(3)
        running.signal(signal.SIGINT)
        is_an_honest_abort(bench, running.ended(), directory)


def test_sigterm(tmp_path):
    with detector(tmp_path) as bench, started(*PARALLEL, "--config", bench.station) as running:
        directory = run_with_points(3)
        running.signal(signal.SIGTERM)
        is_an_honest_abort(bench, running.ended(), directory)


def test_abort_from_another_process(tmp_path):
    with detector(tmp_path) as bench, started(*PARALLEL, "--duration", 8, "--config", bench.station) as running:
        directory = run_with_points(3)
        assert scantrail("runs", "abort", summarize(directory).number).code == 0
        is_an_honest_abort(bench, running.ended(), directory)


def test_ctrl_c_twice_cuts_the_window(tmp_path):
    scan = ("threshold", "parallel", "--thresholds", "1:300", "--nsteps", 2, "--duration", 500)
    with detector(tmp_path) as bench, started(*scan, "--config", bench.station) as running:
        until(lambda: any(window.stop is None for window in bench.windows), "an open window")
        running.signal(signal.SIGINT)
        time.sleep(0.3)
        assert running.process.poll() is None  # the first lets the point end
        running.signal(signal.SIGINT)
        done = running.ended(within=5.0)
        assert done.code == 130
        assert "stopped on request after 0 of 5 points" in done.err
        assert bench.thresholds[1] == 1023
        assert read(newest()).stop["exit_status"] == "abort"
        assert scan_files(newest()) == {}


def test_ctrl_c_before_the_run_begins(tmp_path):
    with detector(tmp_path, device={"open_wait": 20.0}) as bench, started(*PARALLEL, "--config", bench.station) as held:
        until(lambda: "21 points" in held.said()[1], "the plan")
        time.sleep(0.2)
        held.signal(signal.SIGINT)
        assert held.ended(within=5.0).code == 130
        assert newest() is None


def test_pause_in_a_dwell_and_resume_lose_nothing(tmp_path):
    scan = ("threshold", "parallel", "--thresholds", "1:300;2:308;3:292", "--nsteps", 3, "--step", 3, "--duration", 8)
    with detector(tmp_path) as bench, started(*scan, "--config", bench.station) as running:
        directory = run_with_points(2)
        until(lambda: bench.windows[-1].stop is None, "an open window")
        ask(directory, "pause")
        until(lambda: bench.windows[-1].stop is not None, "the end of the window")
        time.sleep(0.3)
        during = points(directory)
        time.sleep(0.7)
        assert points(directory) == during < 7
        assert summarize(directory).status == "running"
        assert scantrail("runs", "resume", 1).code == 0
        done = running.ended()
        assert done.code == 0, done.err
        record = read(directory)
        assert len(record.stream("primary")) == 7
        live = record.stream("primary").columns["live_time"]
        assert max(live) < 1.25 * min(live)  # no window grew longer
        agrees_with_the_log(record, bench)


def test_abort_while_paused(tmp_path):
    with detector(tmp_path) as bench, started(*PARALLEL, "--config", bench.station) as running:
        directory = run_with_points(3)
        ask(directory, "pause")
        time.sleep(0.5)
        ask(directory, "abort")
        is_an_honest_abort(bench, running.ended(), directory)


# --- going on ---------------------------------------------------------------------------------------------------------


def test_an_aborted_run_goes_on_in_a_new_one(tmp_path):
    out = tmp_path / "out"
    with detector(tmp_path) as bench:
        with started(*PARALLEL, "--config", bench.station, "--workspace", out) as running:
            first = run_with_points(3)
            running.signal(signal.SIGINT)
            assert running.ended().code == 130
        done = scantrail("runs", "resume", 1)
        assert done.code == 0, done.err
        second = newest()
        assert second != first
        assert read(second).start["scantrail"]["resumed_from"] == read(first).start["uid"]
        assert points(first) + points(second) == 21
        assert len(scan_files(out)[1]) == points(first)
        joined = scan_files(out / "run-2")
        assert {channel: len(rows) for channel, rows in joined.items()} == {1: 21, 2: 21, 3: 21}
        again = scantrail("runs", "resume", 1)
        assert again.code == 1
        assert "run 1 was continued by run 2" in again.err
        finished = scantrail("runs", "resume", 2)
        assert finished.code == 1
        assert "has ended with success" in finished.err


def kill_and_go_on(bench: Detector, running: Running, after: float) -> None:
    """Kill a scan `after` seconds behind its beginning; everything flushed is there, and it goes on in its run."""
    directory = run_with_points(0)
    time.sleep(after)
    seen = points(directory)
    running.process.kill()
    running.process.wait()
    record = read(directory)
    assert seen <= len(record.stream("primary")) < 21
    number = record.start["scan_id"]
    shown = scantrail("runs", "show", number, "--json").document
    assert (shown["status"], shown["points"]) == ("interrupted", len(record.stream("primary")))
    assert scantrail("runs", "list", "--json").document[0]["status"] == "interrupted"
    for rows in scan_files(directory).values():
        assert len(record.stream("primary")) - 1 <= len(rows) <= len(record.stream("primary"))
    next_scan = scantrail(
        *("threshold", "parallel", "--thresholds", "1:400", "--nsteps", 1, "--duration", 0.5),
        *("--config", bench.station),
    )
    assert next_scan.code == 0, next_scan.err
    done = scantrail("runs", "resume", number)
    assert done.code == 0, done.err
    whole = read(directory)
    assert whole.stop["exit_status"] == "success"
    assert not held(directory)
    assert sorted(whole.stream("primary").columns["point"]) == list(range(21))
    assert whole.stream("primary").seq == list(range(1, 22))
    assert [len(rows) for rows in scan_files(directory).values()] == [21, 21, 21]
    assert bench.thresholds == dict.fromkeys((1, 2, 3), 1023)
    agrees_with_the_log(whole, bench)


@pytest.mark.parametrize("nth", range(2))
def test_kill(tmp_path, nth):
    kill_in_the_middle(tmp_path, nth)


@pytest.mark.long
@pytest.mark.timeout(120)
@pytest.mark.parametrize("nth", range(2, 22))
def test_kill_many(tmp_path, nth):
    kill_in_the_middle(tmp_path, nth)


def kill_in_the_middle(place: Path, seed: int) -> None:
    with detector(place) as bench, started(*PARALLEL, "--config", bench.station) as running:
        kill_and_go_on(bench, running, random.Random(seed).uniform(0.0, 1.8))


def test_an_interrupted_serial_scan_goes_on(tmp_path):
    with detector(tmp_path) as bench:
        with started(*SERIAL, "--config", bench.station) as running:
            directory = run_with_points(13)  # within the second channel
            running.process.kill()
        done = scantrail("runs", "resume", 1)
        assert done.code == 0, done.err
        assert {channel: len(rows) for channel, rows in scan_files(directory).items()} == {1: 11, 2: 11}
        agrees_with_the_log(read(directory), bench)


def test_what_a_dead_process_left_is_in_nobodys_way():
    scan = ("threshold", "parallel", "--thresholds", "1:300", "--nsteps", 3, "--duration", 2, "--mock", "--speed", 10)
    with started(*scan) as running:
        directory = run_with_points(2)
        running.signal(signal.SIGINT)
        assert running.ended().code == 130
    (directory.parent / "8-threshold_parallel-0123abcd").mkdir()  # killed before it had a journal
    broken = directory.parent / "9-threshold_parallel-4567abcd"
    broken.mkdir()
    (broken / "journal.jsonl").write_text("no document\n")
    assert [run["number"] for run in scantrail("runs", "list", "--json").document] == [1]
    done = scantrail("runs", "resume", 1)
    assert done.code == 0, done.err
    assert points(directory) + points(run_numbered(2)) == 7
