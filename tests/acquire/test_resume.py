"""Paused, a run goes on; interrupted, in its own journal; aborted or failed, in a new run; else it is refused."""

import csv
import json
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from scantrail.acquire import order_again, resume_running, start
from scantrail.errors import LinkLost, RunError, RunNotFound, RunStateError
from scantrail.runs import JOURNAL, RunWriter, ask, documents, follow
from scantrail.sim import Faults, windows
from scantrail.station import data_root


def interrupt(directory, points):
    """Leave of a finished run what a killed process leaves: no stop, and only so many points."""
    kept, seen, primary = [], 0, ""
    for name, document in documents(directory):
        if name == "descriptor" and document["name"] == "primary":
            primary = document["uid"]
        taken = name == "event" and document["descriptor"] == primary
        if name == "stop" or (taken and seen == points):
            break
        seen += taken
        kept.append(json.dumps([name, document]))
    (directory / JOURNAL).write_text("\n".join(kept) + '\n["event", {"uid": ')


def table(path):
    with Path(path).open(newline="") as file:
        return [(row["timestamp"], row["threshold"], row["event_count"]) for row in csv.DictReader(file)]


def tables_of(outcome):
    """The scan's tables, without its picture."""
    return [path for path in outcome.files if path.endswith(".csv")]


def stopping(points):
    """Ask a run to stop once it holds so many points."""
    threads = []

    def watch(run):
        def look():
            for name, document in follow(run.directory):
                if name == "event" and "ch1_counts" in document["data"] and document["seq_num"] == points:
                    ask(run.directory, "abort")
                    return

        threads.append(threading.Thread(target=look))
        threads[-1].start()

    return watch, threads


def aborted(order, points=1):
    watch, threads = stopping(points)
    outcome = start(order, watch)
    for thread in threads:
        thread.join()
    return outcome


# --- interrupted ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["serial", "parallel"])
@pytest.mark.parametrize("points", [0, 2])
def test_an_interrupted_run_is_the_same_run_afterwards(ordered, board, record, tmp_path, kind, points):
    machine, server = board()
    order = ordered(kind, server.name, workspace=tmp_path / "w")
    first = start(order)
    before = {path: table(path) for path in tables_of(first)}
    interrupt(first.directory, points)

    again = order_again(first.directory)
    assert (again.reopened, again.plan, again.options) == (True, order.plan, order.options)
    assert (again.workspace, again.station) == (order.workspace, order.station)
    second = start(again)
    assert (second.number, second.uid, second.directory) == (1, first.uid, first.directory)
    assert (second.status, second.taken, second.expected) == ("success", first.taken, first.taken)
    assert second.files == first.files
    run = record(1)
    assert [row["point"] for row in run.stream("primary").rows()] == list(range(first.taken))
    told = windows(machine.log.records)
    kept = [*told[:points], *told[first.taken :]]
    for row, window in zip(run.stream("primary").rows(), kept, strict=True):
        assert {channel: row[f"ch{channel}_counts"] for channel in (1, 2, 3)} == window.channels
    for channel, path in enumerate(tables_of(second), 1):
        rows = table(path)
        assert len(rows) == len(before[path]) == 5
        mine = [row for row in before[path] if row in rows]
        assert len(mine) == (points if kind == "parallel" or channel == 1 else 0)
        assert [row[1] for row in rows] == [row[1] for row in before[path]]


def test_an_interrupted_run_of_the_mock_detector(ordered):
    first = start(ordered())
    interrupt(first.directory, 3)
    assert start(order_again(first.directory)).exit_code == 0


def test_a_run_that_somebody_is_taking_is_not_taken_twice(ordered):
    refused = []

    def resume(run):
        with pytest.raises(RunStateError) as refusal:
            start(order_again(run.directory))
        refused.append(str(refusal.value))

    outcome = start(ordered(), resume)
    assert outcome.exit_code == 0
    assert "is being written by another process" in refused[0]


# --- aborted or failed ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["serial", "parallel"])
def test_an_aborted_run_is_finished_by_a_new_one(ordered, board, record, tmp_path, kind):
    machine, server = board()
    first = aborted(ordered(kind, server.name, workspace=tmp_path / "w"))
    assert first.exit_code == 130
    before = {path: path.read_bytes() for path in (tmp_path / "w").iterdir()}
    again = order_again(first.directory)
    assert not again.reopened
    second = start(again)
    assert (second.number, second.exit_code) == (2, 0)
    assert second.taken == second.expected == first.expected - first.taken
    assert record(2).start["scantrail"]["resumed_from"] == first.uid
    assert {path: path.read_bytes() for path in before} == before
    assert {Path(path).parent for path in second.files} == {tmp_path / "w" / "run-2"}
    told = windows(machine.log.records)
    for channel, path in enumerate(tables_of(second), 1):
        mine = told if kind == "parallel" else told[5 * channel - 5 : 5 * channel]
        assert [int(row[2]) for row in table(path)] == [window.channels[channel] for window in mine]


def test_a_failed_run_is_finished_by_a_new_one(ordered, board, record):
    _, server = board(Faults(unplug=25.0))
    with pytest.raises(LinkLost):
        start(ordered("serial", server.name))
    before = len(record(1).stream("primary"))
    _, healthy = board()
    again = order_again(record(1).directory)
    device = again.station.device.model_copy(update={"port": healthy.name})
    outcome = start(replace(again, station=again.station.model_copy(update={"device": device})))
    assert (outcome.number, outcome.taken) == (2, 15 - before)
    assert [len(table(path)) for path in tables_of(outcome)] == [5, 5, 5]


def test_a_run_may_be_continued_again_and_again(ordered, board, record):
    _, server = board()
    first = aborted(ordered("serial", server.name))
    second = aborted(order_again(first.directory))
    third = start(order_again(second.directory))
    assert [run.number for run in (first, second, third)] == [1, 2, 3]
    assert first.taken + second.taken + third.taken == 15
    assert [len(table(path)) for path in tables_of(third)] == [5, 5, 5]
    interrupt(third.directory, 1)
    fourth = start(order_again(third.directory))
    assert (fourth.number, fourth.taken) == (3, third.taken)
    assert [len(table(path)) for path in tables_of(fourth)] == [5, 5, 5]


# --- refused ----------------------------------------------------------------------------------------------------------


def test_a_finished_run_is_refused(ordered):
    outcome = start(ordered())
    with pytest.raises(RunStateError, match="run 1 has ended with success; there is nothing to resume"):
        order_again(outcome.directory)


def test_a_run_that_was_continued_is_refused_with_the_later_ones_number(ordered, board):
    _, server = board()
    first = aborted(ordered("serial", server.name))
    start(order_again(first.directory))
    with pytest.raises(RunStateError, match="run 1 was continued by run 2"):
        order_again(first.directory)


def test_damage_to_another_run_is_no_reason_not_to_resume_this_one(ordered, board):
    _, server = board()
    first = aborted(ordered("serial", server.name))
    year = first.directory.parent
    (year / "7-threshold_serial-0123abcd").mkdir()  # killed before its first line
    broken = year / "8-linear-4567cdef"
    broken.mkdir()
    (broken / JOURNAL).write_bytes(b"\x00\x00\n\x00\n")
    assert start(order_again(first.directory)).exit_code == 0


def test_a_run_whose_beginning_is_lost_is_refused(ordered, board, tmp_path):
    _, server = board()
    first = aborted(ordered("serial", server.name))
    second = aborted(order_again(first.directory))
    first.directory.rename(tmp_path / "elsewhere")
    with pytest.raises(RunStateError, match=f"run 2 goes back to run {first.uid}, which is not here"):
        order_again(second.directory)


def test_a_kind_that_is_not_known_is_refused(sample_run):
    with pytest.raises(RunError, match="does not know runs of the kind 'tomography'"):
        order_again(sample_run("tomography"))


def test_a_plan_that_is_none_is_refused(sample_run):
    with pytest.raises(RunError, match="the plan in the journal of run 1 is none that this version can take"):
        order_again(sample_run("linear"))


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(RunNotFound, match="is no run"):
        order_again(tmp_path)


@pytest.fixture
def sample_run():
    from sample_runs import header

    def make(kind):
        with pytest.raises(ZeroDivisionError), RunWriter.create(data_root(), replace(header(), kind=kind)) as run:
            raise ZeroDivisionError
        return run.directory

    return make


def test_the_password_of_the_catalogue_is_asked_of_the_station_in_force(ordered, tmp_path, monkeypatch):
    url = "postgresql://scantrail:hush@nowhere.invalid/runs"
    monkeypatch.setenv("SCANTRAIL_DB", str(tmp_path / "a.db"))
    first = start(ordered(more=f'[database]\nurl = "{url}"\n'))
    monkeypatch.delenv("SCANTRAIL_DB")
    interrupt(first.directory, 3)
    assert "hush" not in (first.directory / JOURNAL).read_text()
    (tmp_path / "station.toml").write_text(f'[database]\nurl = "{url}"\n')
    monkeypatch.setenv("SCANTRAIL_STATION", str(tmp_path / "station.toml"))
    assert order_again(first.directory).database == url
    assert order_again(first.directory, "sqlite:///b.db").database == "sqlite:///b.db"


# --- paused -----------------------------------------------------------------------------------------------------------


def test_paused_and_resumed_nothing_is_lost(ordered, board, record):
    machine, server = board()
    threads, steps = [], []

    def watch(run):
        def pause():
            for name, document in follow(run.directory):
                if name == "event" and document["data"].get("point") == 1:
                    ask(run.directory, "pause")
                    break
            while not run._paused:  # a window that is open by now ends; no other is opened
                time.sleep(0.005)
            steps.append(len(windows(machine.log.records)))
            time.sleep(0.3)
            steps.append(len(windows(machine.log.records)))
            steps.append(resume_running(run.directory))

        threads.append(threading.Thread(target=pause))
        threads[-1].start()

    outcome = start(ordered("serial", server.name), watch)
    threads[0].join()
    assert outcome.exit_code == 0
    held, still_held, resumed = steps
    assert held == still_held < 15
    assert resumed is True
    told = windows(machine.log.records)
    assert len(told) == 15
    for row, window in zip(record(1).stream("primary").rows(), told, strict=True):
        assert {channel: row[f"ch{channel}_counts"] for channel in (1, 2, 3)} == window.channels


def test_a_run_that_is_not_paused_is_not_resumed(ordered):
    refused = []

    def resume(run):
        with pytest.raises(RunStateError, match="is running and not paused"):
            resume_running(run.directory)
        refused.append(run.number)

    outcome = start(ordered(), resume)
    assert refused == [1]
    assert resume_running(outcome.directory) is False
