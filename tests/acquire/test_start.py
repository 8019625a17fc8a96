"""An order becomes a rig, a run and an outcome."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scantrail.acquire import start
from scantrail.db import database_url
from scantrail.errors import LinkLost, OutputError, PortNotFound, SafeStateError
from scantrail.runs import ask, listing
from scantrail.sim import Faults, WriteFault, thresholds, windows
from scantrail.station import data_root


@pytest.mark.parametrize(("kind", "points"), [("serial", 15), ("parallel", 5)])
def test_a_scan_of_the_mock_detector(ordered, record, known, tmp_path, kind, points):
    opened = []
    outcome = start(ordered(kind, workspace=tmp_path / "w", components=(known("DET-1"),)), opened.append)
    assert (outcome.status, outcome.exit_code, outcome.number) == ("success", 0, 1)
    assert (outcome.taken, outcome.expected) == (points, points)
    assert [len(rows) for rows in outcome.points.values()] == [5, 5, 5]
    assert [Path(path).parent for path in outcome.files] == [tmp_path / "w"] * 4
    assert Path(outcome.files[-1]).name == "threshold_scan.png"
    assert len(outcome.restored) == 3
    assert [run.number for run in opened] == [1]
    document = outcome.document()
    assert json.loads(json.dumps(document)) == document
    assert (document["run"], document["directory"], document["points"]) == (1, str(outcome.directory), points)
    start_document = record(1).start["scantrail"]
    assert start_document["components"] == ["DET-1"]
    assert start_document["rig"] == {
        "mock": True,
        "speed": 100.0,
        "seed": 1,
        "detector": "OSECHI",
        "workspace": str(tmp_path / "w"),
        "raw_events": "events.raw",
    }


def test_the_run_is_in_the_catalogue_before_its_first_point_and_after_its_last(ordered):
    seen = []
    url = database_url(None, None)
    start(ordered(), lambda run: seen.extend(listing(data_root(), url)[0]))
    assert [run.status for run in seen] == ["running"]
    ((run,), notice) = listing(data_root(), url)
    assert (run.status, run.points, notice) == ("success", 5, None)


def test_a_database_that_cannot_be_used_costs_the_catalogue_only(ordered, tmp_path, caplog):
    (tmp_path / "broken.db").write_bytes(b"this is no database" * 100)
    outcome = start(ordered(database=str(tmp_path / "broken.db")))
    assert outcome.exit_code == 0
    assert 'is not in the catalogue; "scantrail runs reindex" adds it' in caplog.text


@pytest.mark.parametrize(
    ("faults", "status", "code", "skipped"),
    [
        (Faults(writes=(WriteFault("refuse", 2, 325),)), "success", 3, [2]),
        (Faults(writes=(WriteFault("refuse"),)), "fail", 1, [0, 1, 2, 3, 4]),
    ],
)
def test_refused_writes(ordered, board, faults, status, code, skipped):
    machine, server = board(faults)
    outcome = start(ordered("parallel", server.name))
    assert (outcome.status, outcome.exit_code, outcome.skipped) == (status, code, skipped)
    taken = len(windows(machine.log.records))
    assert [len(rows) for rows in outcome.points.values()] == [taken] * (3 if taken else 0)
    assert all(f"step {step} skipped" in error for step, error in zip(skipped, outcome.errors, strict=True))


def test_a_request_to_stop_is_an_outcome(ordered, board):
    machine, server = board()
    outcome = start(ordered("serial", server.name), lambda run: ask(run.directory, "abort") and None)
    assert (outcome.status, outcome.exit_code) == ("abort", 130)
    assert outcome.reasons == [f"stopped on request after {outcome.taken} of 15 points"]
    assert outcome.taken < 2
    assert {*thresholds(machine.log.records).values()} <= {400, 1023}


# --- what is raised ---------------------------------------------------------------------------------------------------


def test_a_lost_detector_says_what_is_saved_and_how_to_go_on(ordered, board, record):
    _, server = board(Faults(unplug=20.0))
    with pytest.raises(LinkLost, match=server.name) as caught:
        start(ordered("serial", server.name))
    taken = len(record(1).stream("primary"))
    assert caught.value.__notes__[-1] == (
        f'{taken} of 15 points are saved in run 1; "scantrail runs resume 1" goes on.'
    )
    assert any(note.startswith("could not restore the thresholds") for note in caught.value.__notes__)
    assert record(1).stop["exit_status"] == "fail"


def test_a_scan_that_is_whole_does_not_ask_to_be_resumed(ordered, board):
    _, server = board(Faults(writes=(WriteFault("refuse", 1, 1023),)))
    with pytest.raises(SafeStateError, match="channel 1 to 1023") as caught:
        start(ordered("parallel", server.name))
    assert caught.value.__notes__ == ["5 of 5 points are saved in run 1."]


def test_the_workspace_is_tried_before_the_hardware(ordered, tmp_path):
    (tmp_path / "w").write_text("a file")
    with pytest.raises(OutputError, match="is a file"):
        start(ordered("parallel", "/dev/ttyNONE", workspace=tmp_path / "w"))
    with pytest.raises(PortNotFound, match="ttyNONE") as caught:
        start(ordered("parallel", "/dev/ttyNONE", workspace=tmp_path / "v"))
    assert not hasattr(caught.value, "__notes__")
    assert not (data_root() / "runs").exists()


def test_a_data_root_that_cannot_be_written(ordered, tmp_path, monkeypatch):
    (tmp_path / "root").write_text("a file")
    monkeypatch.setenv("SCANTRAIL_HOME", str(tmp_path / "root"))
    with pytest.raises(OutputError, match="SCANTRAIL_HOME"):
        start(ordered())


def test_the_order_says_all_there_is_to_know(ordered, record):
    order = ordered("parallel", more="[mocker.ch1]\nmu = 280.0\n")
    start(order)
    ours = record(1).start["scantrail"]
    assert ours["plan"] == json.loads(json.dumps(order.plan.document()))
    assert ours["station"]["mocker"]["ch1"]["mu"] == 280.0
    again = start(replace(order))
    assert again.number == 2
