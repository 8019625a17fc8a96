"""Position scans as orders: taken, stopped, gone on with; threshold scans over a control system."""

import json

import pytest

from scantrail.acquire import (
    Order,
    RigOptions,
    carry_out,
    counted_channels,
    counting_detector,
    draw_records,
    expected_time,
    order_again,
    over_control_system,
    simulated,
    start,
)
from scantrail.daq import LinearScanConfig, Manner, MeshScanConfig, ScanData
from scantrail.errors import ConfigError, InputError, OutputError, RunError, UnknownPV
from scantrail.runs import JOURNAL, ask, chain
from scantrail.station import Station
from scantrail.threshold import HaniwersConfig, parallel_plan

X, Y, I0, IT = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:DET:I0", "BL02:DET:IT"


def linear(**fields):
    plan = {"motor": X, "start": 0, "stop": 9, "steps": 10, "detectors": [I0, IT], "dwell_time": 0.001}
    return LinearScanConfig(**{**plan, **fields})


def order(plan=None, station=None, **given):
    return Order(plan or linear(), simulated(station or Station()), **given)


def abort(run):
    ask(run.directory, "abort")


def test_an_order_becomes_a_run_and_a_csv(tmp_path, known):
    output = tmp_path / "scan_001.csv"
    outcome = start(order(output=output, components=(known("FOIL-1"),)))
    assert (outcome.status, outcome.exit_code, outcome.taken, outcome.expected) == ("success", 0, 10, 10)
    assert outcome.files == [str(output)]
    assert outcome.place == tmp_path
    assert ScanData.read_csv(output).motor_positions[X].tolist() == list(range(10))
    assert outcome.data.setpoints[X].tolist() == list(range(10))
    document = outcome.document()
    assert json.loads(json.dumps(document)) == document
    record = chain(outcome.directory).records[-1]
    assert record.start["scantrail"]["components"] == ["FOIL-1"]
    assert record.start["scantrail"]["rig"]["output"] == str(output)
    assert len(draw_records([record]).panels) == 2


def test_a_mesh_is_drawn_as_a_map_of_each_detector():
    plan = MeshScanConfig(motor1=(Y, 0, 2, 3), motor2=(X, 0, 1, 2), detectors=[I0, IT], dwell_time=0.001)
    outcome = start(order(plan, options=RigOptions()))
    figure = draw_records(chain(outcome.directory).records)
    assert [panel.title for panel in figure.panels] == [I0, IT]
    assert [len(row) for row in figure.panels[0].elements[0].values] == [2, 2, 2]


def test_a_stopped_scan_is_finished_by_a_new_run(tmp_path):
    manner = Manner(baseline=("BL02:RING:CURRENT",), on_error="retry")
    first = start(order(output=tmp_path / "a.csv", manner=manner), abort)
    assert (first.exit_code, first.taken) == (130, 0)
    assert first.files == []  # nothing was measured
    again = order_again(first.directory)
    assert (again.plan, again.manner, again.output) == (linear(), manner, tmp_path / "a.csv")
    assert not again.reopened
    second = start(again)
    assert (second.number, second.exit_code, second.taken) == (2, 0, 10)
    assert second.files == [str(tmp_path / "a.csv")]


def test_an_interrupted_scan_goes_on_in_its_own_journal(tmp_path):
    first = start(order(output=tmp_path / "a.csv"))
    journal = first.directory / JOURNAL
    kept = journal.read_text().splitlines()[:6]  # start, descriptor, four points
    journal.write_text("\n".join(kept) + '\n["event", {"uid": ')
    again = order_again(first.directory)
    assert again.reopened
    second = start(again)
    assert (second.number, second.taken, second.expected) == (1, 10, 10)
    assert len(second.data.timestamps) == 10
    assert second.files == [str(tmp_path / "a-run-1.csv")]  # a.csv is there already


def test_a_relative_scan_goes_on_around_the_same_place():
    plan = linear(relative=True)
    first = start(order(plan), abort)
    assert order_again(first.directory).plan == plan.model_copy(update={"origin": (0.0,)})


def test_a_detector_that_fails_at_points_makes_the_outcome_incomplete(monkeypatch):
    station = Station.model_validate({"detectors": {"i0": {"pv": I0, "ceiling": 10.0}}})
    outcome = start(order(linear(detectors=["i0"]), station))
    assert outcome.exit_code == 0
    assert outcome.notes == ["i0 was at its ceiling of 10 at 10 points"]


def test_a_csv_that_cannot_be_written_in_the_end_is_told_beside_the_data(tmp_path):
    place = tmp_path / "out"
    place.mkdir()
    outcome = start(order(output=place / "a.csv"), lambda run: place.rmdir())
    assert (outcome.status, outcome.exit_code, outcome.files) == ("success", 3, [])
    assert outcome.errors[0].startswith(f"cannot write {place / 'a.csv'}")


def test_outputs_are_tried_before_anything_moves(tmp_path):
    (tmp_path / "a.csv").touch()
    with pytest.raises(InputError, match="exists and is never overwritten"):
        start(order(output=tmp_path / "a.csv"))
    with pytest.raises(OutputError, match="is no directory"):
        start(order(output=tmp_path / "none" / "a.csv"))


def test_what_ends_a_scan_is_its_failure():
    outcome = carry_out(order(linear(start=9990, stop=10010, steps=21)))
    assert (outcome.status, outcome.taken, outcome.exit_code) == ("fail", 11, 1)
    assert "10001" in str(outcome.failure)
    assert outcome.reasons[0] == str(outcome.failure)
    assert len(outcome.data.timestamps) == 11


def test_a_name_that_is_none_is_refused_before_a_run_begins():
    with pytest.raises(UnknownPV, match="Did you mean BL02:DET:I"):
        start(order(linear(detectors=["BL02:DET:I9"])))


def test_earlier_runs_tell_how_long_a_scan_takes():
    plan = linear(dwell_time=0.05)
    before = expected_time(order(plan))
    assert before == pytest.approx(0.5)
    start(order(plan))
    assert expected_time(order(plan)) > before


def test_a_run_without_a_point_is_not_drawn():
    first = start(order(), abort)
    with pytest.raises(RunError, match="nothing to draw"):
        draw_records(chain(first.directory).records)


# --- thresholds over a control system ---------------------------------------------------------------------------------

PVS = {
    f"ch{n}": {"threshold_pv": f"BL02:DISC:CH{n}:VTH", "rate_pv": f"BL02:DISC:CH{n}:RATE", "nsteps": 2, "step_size": 5}
    for n in (1, 3)
}


def counting(sensors=PVS):
    parts = {"sensors": sensors, "sampler": {"duration": 0.05}, "device": {"settle": 0.0}}
    return simulated(Station.model_validate(parts))


def test_a_threshold_scan_over_pvs():
    station = counting()
    plan = parallel_plan(HaniwersConfig.from_station(station), detector=counted_channels(station, RigOptions()))
    outcome = start(Order(plan, station))
    assert (outcome.status, outcome.taken) == ("success", 5)
    assert outcome.restored == [f"channel {n} is back at 350 (as before the scan)" for n in (1, 3)]
    assert {channel: len(rows) for channel, rows in outcome.points.items()} == {1: 5, 3: 5}
    assert all(row.event_count > 0 for row in outcome.points[1])
    again = order_again(start(Order(plan, station), abort).directory)
    assert start(again).status == "success"


def test_the_mock_detector_is_taken_when_it_is_asked_for():
    assert over_control_system(counting(), RigOptions())
    assert not over_control_system(counting(), RigOptions(mock=True))
    assert not over_control_system(Station(), RigOptions())
    assert counted_channels(Station(), RigOptions()) == (1, 2, 3)


def test_pvs_come_in_pairs():
    half = {"ch1": PVS["ch1"], "ch2": {"threshold_pv": "BL02:DISC:CH2:VTH"}}
    with pytest.raises(ConfigError, match=r"\[sensors.ch2\] has no rate_pv"):
        counted_channels(counting(half), RigOptions())


def test_a_pv_that_is_none_is_refused_before_a_threshold_is_written():
    wrong = {"ch1": {**PVS["ch1"], "rate_pv": "BL02:DISC:CH1:RAT"}}
    with pytest.raises(UnknownPV, match="BL02:DISC:CH1:RATE"), counting_detector(counting(wrong), RigOptions()):
        pass
