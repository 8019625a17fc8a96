import json
from pathlib import Path

import pytest

from scantrail.errors import OutputError
from scantrail.sim import OsechiMachine, SimulationLog, read_log, thresholds, windows


def test_the_file_holds_everything_before_a_command_was_answered(tmp_path, busy):
    path = tmp_path / "sim.jsonl"
    with SimulationLog(path) as log:
        machine = OsechiMachine(physics=busy, log=log)
        machine.receive(b"SET_STREAM 1\n", 0.0)
        machine.emit(5.0)
        machine.receive(b"SET_STREAM 0\n", 5.0)
        assert [r["what"] for r in read_log(path)].count("command") == 2
        machine.emit(6.0)
        (window,) = windows(read_log(path))
        assert 350 < window.events < 550
        assert (window.start, window.stop) == (0.0, 5.0)
        assert log.records == []


def test_a_torn_last_line_of_the_file_is_left_out(tmp_path):
    path = tmp_path / "sim.jsonl"
    path.write_text('{"what":"end","time":1.0}\n{"what":"ev')
    assert read_log(path) == [{"what": "end", "time": 1.0}]


def test_every_command_is_there_with_time_and_effect(quiet):
    machine = OsechiMachine(physics=quiet)
    machine.receive(b"SET_THRESHOLD 2 300\nSET_THRESHOLD 2 5000\nHELLO\nSET_STREAM 1\n", 1.25)
    assert [(r["text"], r["effect"], r["time"]) for r in machine.log.records if r["what"] == "command"] == [
        ("SET_THRESHOLD 2 300", "applied", 1.25),
        ("SET_THRESHOLD 2 5000", "refused", 1.25),
        ("HELLO", "unknown", 1.25),
        ("SET_STREAM 1", "on", 1.25),
    ]


def test_thresholds_in_force_can_be_seen(quiet):
    machine = OsechiMachine(physics=quiet)
    assert thresholds(machine.log.records) == {1: 400, 2: 400, 3: 400}
    machine.receive(b"SET_THRESHOLD 2 300\nSET_THRESHOLD 1 0\n", 1.0)
    assert thresholds(machine.log.records) == {1: 400, 2: 300, 3: 400}
    machine.receive(b"SET_STREAM 1\nSET_THRESHOLD 2 305\n", 1.0)
    (window,) = windows(machine.log.records)
    assert window.thresholds == {1: 400, 2: 300, 3: 400}


def test_the_start_says_what_is_simulated(quiet):
    machine = OsechiMachine("v2", physics=quiet, seed=77)
    start = json.loads(json.dumps(machine.log.records[0]))
    assert start["what"] == "start"
    assert (start["dialect"], start["seed"], start["baudrate"]) == ("v2", 77, 115200)
    assert start["truth"]["1"]["mu"] == 300.0


def test_a_log_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(OutputError, match="nowhere"):
        SimulationLog(tmp_path / "nowhere" / "sim.jsonl")


def test_a_disk_that_is_full_is_told(busy):
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    log = SimulationLog(Path("/dev/full"))
    with pytest.raises(OutputError, match="/dev/full"):
        OsechiMachine(physics=busy, log=log).close(1.0, "closed")
    with pytest.raises(OutputError, match="/dev/full"):
        log.close()


def test_a_log_may_keep_nothing(busy):
    log = SimulationLog(keep=False)
    OsechiMachine(physics=busy, log=log).close(10.0, "closed")
    assert log.records == []
