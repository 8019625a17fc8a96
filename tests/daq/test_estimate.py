from pathlib import Path

import pytest

from scantrail.daq import (
    LinearScanConfig,
    MeshScanConfig,
    TimeScanConfig,
    estimate,
    expected_seconds,
    learned_overhead,
    untimed_motors,
)
from scantrail.station import Station

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"
STATION = Station.model_validate({"motors": {"x": {"pv": X, "speed": 10.0, "settle": 0.5}}})


def linear(**fields: object) -> LinearScanConfig:
    plan = {"motor": X, "start": 0, "stop": 100, "steps": 11, "detectors": ["BL02:DET:I0"], "dwell_time": 0.2}
    return LinearScanConfig(**{**plan, **fields})


def test_dwells_moves_and_settling_add_up() -> None:
    assert expected_seconds(linear(), STATION) == pytest.approx(11 * (0.2 + 0.5) + 10 * 1.0)
    assert expected_seconds(linear(motor="x"), STATION) == pytest.approx(11 * (0.2 + 0.5) + 10 * 1.0)
    assert expected_seconds(linear(), Station(), overhead=0.1) == pytest.approx(11 * 0.3)


def test_motors_that_move_together_take_as_long_as_the_slowest() -> None:
    plan = MeshScanConfig(motor1=(Y, 0, 1, 2), motor2=(X, 0, 10, 2), detectors=["d"], dwell_time=1)
    # X moves to 0, 10, back to 0, to 10; the first move starts from a place nobody knows
    assert expected_seconds(plan, STATION) == pytest.approx(4 * 1.5 + 3 * 1.0)


def test_a_time_scan_takes_as_long_as_its_pace() -> None:
    plan = TimeScanConfig(count=5, every=2, detectors=["d"], dwell_time=0.5)
    assert expected_seconds(plan, Station()) == 8.5
    assert expected_seconds(plan.model_copy(update={"every": 0.0}), Station()) == 2.5


def test_the_overhead_is_learned_from_earlier_runs(beamline, root: Path) -> None:
    plan = linear(dwell_time=0.001)
    assert learned_overhead(plan, root) == 0.0
    beamline.engine(Station(), point=lambda run, point, row: run.wait(0.01)).run_linear(plan)
    assert learned_overhead(plan, root) >= 0.01
    assert learned_overhead(TimeScanConfig(count=2, detectors=["d"]), root) == 0.0


def test_a_run_that_cannot_be_read_teaches_nothing(beamline, root: Path) -> None:
    plan = linear(dwell_time=0.001)
    beamline.engine().run_linear(plan)
    (journal,) = (root / "runs").glob("2*/*/journal.jsonl")
    journal.write_bytes(b"\n" + journal.read_bytes())
    assert learned_overhead(plan, root) == 0.0


def test_the_first_points_of_a_long_run_tell(beamline, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(estimate, "SAMPLE", 4)
    plan = linear(dwell_time=0.001)
    beamline.engine(point=lambda run, point, row: run.wait(0.01 if point.index < 4 else 0.0)).run_linear(plan)
    (journal,) = (root / "runs").glob("2*/*/journal.jsonl")
    lines = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join([*lines[:-4], b"no journal at all\n", *lines[-4:]]))
    assert learned_overhead(plan, root) >= 0.01


def test_a_run_that_goes_on_with_another_teaches_nothing(beamline, root: Path) -> None:
    plan = linear(dwell_time=0.001)
    beamline.engine().run_linear(plan)
    (journal,) = (root / "runs").glob("2*/*/journal.jsonl")
    journal.write_text(journal.read_text().replace('"point":0,', '"point":7,'))
    assert learned_overhead(plan, root) == 0.0


def test_motors_whose_speed_nobody_knows_are_named() -> None:
    assert untimed_motors(linear(), STATION) == ()
    assert untimed_motors(linear(), Station()) == (linear().motor,)
    assert untimed_motors(linear(steps=1), Station()) == ()  # where it stands, nobody knows either
    assert untimed_motors(TimeScanConfig(count=2, every=1.0, detectors=["d"]), Station()) == ()
