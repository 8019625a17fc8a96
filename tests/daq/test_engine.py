"""Scans on the simulated beamline: what each kind does to the motors, and what stands in its journal."""

import json
import logging
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from scantrail.daq import (
    DarkScanConfig,
    GridScanConfig,
    LinearScanConfig,
    ListScanConfig,
    LockstepScanConfig,
    MeshScanConfig,
    ScanConfig,
    ScanData,
    TimeScanConfig,
    XAFSScanConfig,
    measured_of,
)
from scantrail.errors import InputError, RunStateError, ScantrailError, UnknownPV
from scantrail.runs import listing, read
from scantrail.sim import BeamlineFaults
from scantrail.station import Station

X, Y, ENERGY = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:MONO:ENERGY"
I0, IT = "BL02:DET:I0", "BL02:DET:IT"
COMMON = {"detectors": [I0, IT], "dwell_time": 0.001}


def linear(**fields: object) -> LinearScanConfig:
    return LinearScanConfig(**{"motor": X, "start": -10, "stop": 10, "steps": 5, **COMMON, **fields})


def only_run(root: Path) -> Path:
    (directory,) = (root / "runs").glob("2*/*")
    return directory


# --- each kind of scan, by the server's own account -------------------------------------------------------------------


def test_a_linear_scan(beamline) -> None:
    data = beamline.engine().run_linear(linear())
    assert beamline.moves() == [(X, -10.0), (X, -5.0), (X, 0.0), (X, 5.0), (X, 10.0)]
    np.testing.assert_array_equal(data.motor_positions[X], [-10, -5, 0, 5, 10])
    np.testing.assert_array_equal(data.setpoints[X], [-10, -5, 0, 5, 10])
    assert list(data.detector_readings) == [I0, IT]
    assert all(values.shape == (5,) and np.all(values > 0) for values in data.detector_readings.values())
    data.validate()


def test_a_point_costs_two_round_trips_and_no_command_too_many(beamline) -> None:
    beamline.engine().run_linear(linear(steps=1, stop=20))
    before, turns = dict(beamline.machine.commands), beamline.machine.turns
    beamline.engine().run_linear(linear(steps=11))
    after = beamline.machine.commands
    assert after["MOVE"] - before["MOVE"] == after["STATUS"] - before["STATUS"] == 11
    assert beamline.machine.turns - turns == 2 * 11 + 2  # LIST, and where the motor stands
    assert after["GET"] - before["GET"] == 3 * 11 + 1


def test_a_descending_scan(beamline) -> None:
    beamline.engine().run_linear(linear(start=4, stop=0, steps=3, direction="any"))
    assert beamline.moves(X) == [4.0, 2.0, 0.0]


def test_a_relative_scan_counts_from_where_the_motor_stands_and_returns(beamline) -> None:
    beamline.client.move(X, 100.0)
    data = beamline.engine().run_linear(linear(steps=3, relative=True))
    assert beamline.moves(X) == [100.0, 90.0, 100.0, 110.0, 100.0]
    assert data.setpoints[X].tolist() == [90.0, 100.0, 110.0]
    assert data.metadata["plan"]["origin"] == [100.0]


def test_a_mesh_never_moves_a_motor_again_that_is_there(beamline) -> None:
    plan = MeshScanConfig(motor1=(Y, 0, 1, 2), motor2=(X, 0, 2, 3), **COMMON)
    data = beamline.engine().run_mesh(plan)
    assert beamline.moves() == [(Y, 0), (X, 0), (X, 1), (X, 2), (Y, 1), (X, 0), (X, 1), (X, 2)]
    assert data.shape == data.detector_readings[I0].shape == (2, 3)
    np.testing.assert_array_equal(data.motor_positions[Y], [[0, 0, 0], [1, 1, 1]])
    np.testing.assert_array_equal(data.motor_positions[X], [[0, 1, 2], [0, 1, 2]])
    data.validate()


def test_a_snake_saves_the_way_back(beamline) -> None:
    plan = MeshScanConfig(motor1=(Y, 0, 2, 3), motor2=(X, 0, 2, 3), snake=True, **COMMON)
    data = beamline.engine().run_mesh(plan)
    assert beamline.moves() == [(Y, 0), (X, 0), (X, 1), (X, 2), (Y, 1), (X, 1), (X, 0), (Y, 2), (X, 1), (X, 2)]
    assert data.order.tolist() == [0, 1, 2, 5, 4, 3, 6, 7, 8]
    np.testing.assert_array_equal(data.motor_positions[X], [[0, 1, 2]] * 3)


def test_an_xafs_scan(beamline) -> None:
    plan = XAFSScanConfig(edge=7112.0, regions=[(-20, -10, 5), (-10, 0, 2)], **COMMON)
    data = beamline.engine().run_xafs(plan)
    assert beamline.moves(ENERGY) == [7092, 7097, 7102, 7104, 7106, 7108, 7110, 7112]
    np.testing.assert_array_equal(data.setpoints[ENERGY], plan.generate_energies())


def test_an_axis_beyond_10_keV_reads_back_in_coarser_steps_than_it_is_set(beamline) -> None:
    plan = XAFSScanConfig(edge=11_000.0, regions=[(0.02, 0.32, 0.1)], **COMMON)
    data = beamline.engine().run_xafs(plan)
    np.testing.assert_allclose(data.setpoints[ENERGY], [11000.02, 11000.12, 11000.22, 11000.32])
    np.testing.assert_allclose(data.motor_positions[ENERGY], [11000.0, 11000.1, 11000.2, 11000.3])


@pytest.mark.parametrize(
    ("plan", "moves"),
    [
        (ListScanConfig(motor=X, positions=[3, 1, 1, 2], **COMMON), [(X, 3), (X, 1), (X, 2)]),
        (LockstepScanConfig(axes=[(X, 0, 1), (Y, 5, 3)], steps=2, **COMMON), [(X, 0), (Y, 5), (X, 1), (Y, 3)]),
        (GridScanConfig(axes=[(Y, 0, 1, 2), (X, 0, 1, 2)], **COMMON), [(Y, 0), (X, 0), (X, 1), (Y, 1), (X, 0), (X, 1)]),
        (ListScanConfig(motor=X, positions=[1, -1], relative=True, **COMMON), [(X, 1), (X, -1), (X, 0)]),
    ],
)  # fmt: skip
def test_other_kinds(beamline, plan: ScanConfig, moves: list[tuple[str, float]]) -> None:
    beamline.engine().run(plan).validate()
    assert beamline.moves() == moves


def test_a_time_scan_moves_nothing_and_keeps_its_pace(beamline) -> None:
    data = beamline.engine().run(TimeScanConfig(count=4, every=0.02, detectors=[I0], dwell_time=0.001))
    assert beamline.moves() == []
    np.testing.assert_allclose(data.setpoints["elapsed"], [0, 0.02, 0.04, 0.06])
    assert np.all(data.motor_positions["elapsed"] >= data.setpoints["elapsed"])


# --- the journal ------------------------------------------------------------------------------------------------------

STATION = Station.model_validate(
    {
        "motors": {"x": {"pv": X, "units": "um", "limits": [-100, 100], "speed": 1000.0}},
        "detectors": {"i0": {"pv": I0, "units": "counts/s"}},
    }
)


def test_the_journal_tells_everything(beamline, root: Path) -> None:
    beamline.engine(STATION).run_linear(linear(steps=3))
    record = read(only_run(root))
    assert record.stop["exit_status"] == "success"
    start = record.start
    assert (start["plan_name"], start["motors"], start["detectors"]) == ("linear", ["x"], ["i0", "BL02:DET:IT"])
    assert (start["shape"], start["extents"], start["num_points"]) == ([3], [[-10.0, 10.0]], 3)
    assert start["hints"] == {"dimensions": [[["x"], "primary"]]}
    assert start["scantrail"]["plan"] == linear(steps=3).document()
    assert start["columns"] == [
        {"key": "x", "role": "axis", "name": X},
        {"key": "i0", "role": "i0", "name": I0},
        {"key": IT, "role": "itrans", "name": IT},
        {"key": "x_setpoint", "role": "setpoint"},
        {"key": "point", "role": "point"},
    ]
    table = record.stream("primary")
    assert list(table.columns) == ["point", "x", "x_setpoint", "i0", IT]
    assert table.columns["point"] == [0, 1, 2]
    assert table.columns["x"] == table.columns["x_setpoint"] == [-10.0, 0.0, 10.0]
    (descriptor,) = record.descriptors["primary"]
    assert descriptor["data_keys"]["x"]["source"] == f"sim://test/{X}.RBV"
    assert descriptor["data_keys"]["x_setpoint"]["source"] == f"sim://test/{X}"
    assert descriptor["data_keys"]["x"]["units"] == descriptor["data_keys"]["x_setpoint"]["units"] == "um"


def test_data_are_named_as_in_the_plan_whatever_the_journal_calls_them(beamline, root: Path) -> None:
    data = beamline.engine(STATION).run_linear(linear(steps=2))
    assert (list(data.motor_positions), list(data.detector_readings)) == ([X], [I0, IT])
    named = beamline.engine(STATION).run_linear(linear(motor="x", detectors=["i0"], steps=2))
    assert (list(named.motor_positions), list(named.detector_readings)) == (["x"], ["i0"])


def test_a_grid_stores_the_index_of_every_point(beamline, root: Path) -> None:
    data = beamline.engine().run_mesh(MeshScanConfig(motor1=(Y, 0, 1, 2), motor2=(X, 0, 1, 2), snake=True, **COMMON))
    record = read(only_run(root))
    columns = record.stream("primary").columns
    assert columns[f"{Y}_index"] == [0, 0, 1, 1]
    assert columns[f"{X}_index"] == [0, 1, 1, 0]
    assert record.start["hints"]["gridding"] == "rectilinear"
    again = ScanData.from_run(only_run(root))
    np.testing.assert_array_equal(again.detector_readings[I0], data.detector_readings[I0])
    assert again.metadata == data.metadata


def test_timestamps_are_those_of_the_journal_and_strictly_increase(beamline, root: Path) -> None:
    data = beamline.engine().run_linear(linear(steps=50))
    assert read(only_run(root)).stream("primary").time == data.timestamps.tolist()
    assert np.all(np.diff(np.round(data.timestamps * 1e6)) >= 1)


def test_hooks_and_baseline_stand_in_the_journal(beamline, root: Path) -> None:
    seen: list[object] = []

    def cool(run) -> None:
        seen.append("before")

    def note(run, point, row) -> None:
        seen.append((point.index, row["point"], run.taken()))

    engine = beamline.engine(
        before=cool, point=note, after=lambda run: seen.append("after"), baseline=["BL02:RING:CURRENT"]
    )
    engine.run_linear(linear(steps=2))
    assert seen == ["before", (0, 0, 1), (1, 1, 2), "after"]
    record = read(only_run(root))
    assert record.stream("hooks").columns["moment"] == ["before", "after"]
    assert "cool" in record.stream("hooks").columns["hook"][0]
    assert len(record.stream("baseline").columns["BL02:RING:CURRENT"]) == 2
    assert set(record.start["scantrail"]["rig"]["hooks"]) == {"before", "point", "after"}


def test_xafs_tells_its_edge_and_crystal(beamline, root: Path) -> None:
    station = Station.model_validate({"crystal": {"name": "Si 111", "d_spacing": 3.1356, "angle_limits": [20, 75]}})
    engine = beamline.engine(station)
    engine.run_xafs(XAFSScanConfig(edge=7112.0, regions=[(0, 2, 1)], **COMMON))
    xafs = read(only_run(root)).start["xafs"]
    assert xafs == {"element": None, "edge": None, "e0": 7112.0, "mono": "Si 111", "d_spacing": 3.1356}
    assert engine.taken.notes == [
        "7112 eV needs a Bragg angle of 16.140 deg with Si 111, whose range is 20 to 75 deg",
        "7114 eV needs a Bragg angle of 16.135 deg with Si 111, whose range is 20 to 75 deg",
    ]


def test_a_run_is_in_the_catalogue(beamline, root: Path, catalogue: str) -> None:
    beamline.engine().run_linear(linear(steps=2))
    (run,), notice = listing(root, catalogue)
    assert (run.kind, run.status, run.points, notice) == ("linear", "success", 2, None)


# --- refused before anything moves ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "error", "message"),
    [
        (linear(motor="BL02:SAMPLE:W"), UnknownPV, 'no PV "BL02:SAMPLE:W". Did you mean BL02:SAMPLE:'),
        (linear(motor=I0), UnknownPV, 'BL02:DET:I0 is no motor: .* no PV "BL02:DET:I0.RBV"'),
        (linear(detectors=["BL02:DET:I9"]), UnknownPV, "Did you mean BL02:DET:I"),
        (linear(stop=150), InputError, "point 4 of 5 would send BL02:SAMPLE:X to 110 um; its limits are -100 to"),
        (linear(detectors=[I0, "i0"]), InputError, "BL02:DET:I0 and i0 are the same detector"),
        (MeshScanConfig(motor1=(X, 0, 1, 2), motor2=("x", 0, 1, 2), **COMMON), InputError, "x are the same motor"),
        (linear(detectors=["far"]), InputError, "far is reached through tcp://far:1, and no client is connected"),
        (ScanConfig(detectors=[I0]), InputError, "ScanConfig has no positions"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_moves(
    beamline, root: Path, plan: ScanConfig, error: type[ScantrailError], message: str
) -> None:
    detectors = {**STATION.document()["detectors"], "far": {"pv": "A:B", "url": "tcp://far:1"}}
    station = Station.model_validate({"motors": STATION.document()["motors"], "detectors": detectors})
    with pytest.raises(error, match=message.replace("(", r"\(")):
        beamline.engine(station).run(plan)
    assert beamline.moves() == []
    assert not root.exists()


def test_two_devices_cannot_share_a_column(beamline) -> None:
    with pytest.raises(InputError, match="share the column BL02:SAMPLE:X_RBV"):
        beamline.engine().run(linear(detectors=["BL02:SAMPLE:X.RBV", "BL02:SAMPLE:X_RBV"]))


def test_a_policy_of_errors_that_is_none_is_refused(beamline) -> None:
    with pytest.raises(InputError, match='on_error = "skip" must be one of nan, retry, abort'):
        beamline.engine(on_error="skip")


def test_no_plan_at_all_is_refused() -> None:
    with pytest.raises(ValidationError):
        LinearScanConfig()


# --- when things fail -------------------------------------------------------------------------------------------------


def test_a_detector_that_fails_at_some_points_is_nan_with_a_warning(
    make: Callable, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    beamline = make(faults=BeamlineFaults(refuse={IT: 2}))
    engine = beamline.engine()
    with caplog.at_level(logging.WARNING):
        data = engine.run_linear(linear(steps=4))
    assert np.isnan(data.detector_readings[IT]).tolist() == [False, True, False, True]
    assert np.all(np.isfinite(data.detector_readings[I0]))
    data.validate(allow_missing=True)
    assert [record.message for record in caplog.records] == [
        "BL02:DET:IT gave no reading at point 2: sim://test answered GET:BL02:DET:IT with the error INTERNAL"
    ]
    assert engine.taken.errors == ["BL02:DET:IT gave no reading at 2 of 4 points"]
    record = read(only_run(root))
    assert record.stream("primary").columns[IT][1] is None
    assert record.stream("failures").columns["point"] == [1, 3]
    assert record.stop["reason"] == "BL02:DET:IT gave no reading at 2 of 4 points"
    assert "null" in (only_run(root) / "journal.jsonl").read_text()


def test_a_detector_may_be_tried_again(make: Callable) -> None:
    beamline = make(faults=BeamlineFaults(refuse={IT: 2}))
    data = beamline.engine(on_error="retry").run_linear(linear(steps=4))
    data.validate()
    assert len(beamline.moves(X)) == 4


def test_a_failing_detector_may_end_the_scan(make: Callable, root: Path) -> None:
    engine = make(faults=BeamlineFaults(refuse={IT: 3})).engine(on_error="abort")
    with pytest.raises(ScantrailError, match="BL02:DET:IT gave no reading at point 3") as caught:
        engine.run_linear(linear())
    assert caught.value.__notes__ == ['2 of 5 points are saved in run 1; "scantrail runs resume 1" goes on.']
    record = read(only_run(root))
    assert (record.stop["exit_status"], len(record.stream("primary"))) == ("fail", 2)


def test_partial_data_of_a_run_that_failed_can_be_read(make: Callable, root: Path) -> None:
    engine = make(faults=BeamlineFaults(switch={X: 3.0})).engine()
    with pytest.raises(ScantrailError, match="stalled or hit a limit"):
        engine.run_linear(linear())
    data = ScanData.from_run(only_run(root))
    np.testing.assert_array_equal(data.motor_positions[X], [-10, -5, 0])
    assert data.metadata["status"] == "fail"


def test_a_custom_plan_is_a_few_lines(beamline) -> None:
    class Spiral(ScanConfig):
        scan_type: str = "spiral"
        turns: int

        @property
        def tracks(self):
            angle = np.linspace(0, 2 * np.pi * self.turns, 9)
            return ({X: angle * np.cos(angle), Y: angle * np.sin(angle)},)

    data = beamline.engine().run(Spiral(turns=2, **COMMON))
    assert data.shape == (9,)
    assert data.metadata["plan"]["turns"] == 2
    assert json.dumps(data.metadata)


def test_a_name_that_is_nearly_one_of_the_station_file_is_told_so(beamline) -> None:
    station = Station.model_validate({"motors": {"slit_top": {"pv": X}}, "detectors": {"diode": {"pv": I0}}})
    with pytest.raises(UnknownPV) as caught:
        beamline.engine(station).run_linear(linear(motor="slittop"))
    assert caught.value.__notes__ == ["The station file has slit_top."]
    assert not str(caught.value).endswith(".")


def test_a_motor_that_a_run_is_moving_is_left_to_it(beamline) -> None:
    def meanwhile(*_: object) -> None:
        with pytest.raises(RunStateError, match=r"linear-\w+ is being taken and moves BL02:SAMPLE:X; wait for its end"):
            beamline.engine().run_linear(linear())
        beamline.engine().run_linear(linear(motor=Y, steps=2))

    data = beamline.engine(point=meanwhile).run_linear(linear(steps=2))
    assert data.metadata["status"] == "success"


# --- dark readings ----------------------------------------------------------------------------------------------------


def test_a_script_reads_in_the_dark_and_subtracts_it_later_as_the_commands_do(beamline) -> None:
    station = Station.model_validate({"columns": {"net": "i0"}})
    engine = beamline.engine(station)
    dark = engine.run(DarkScanConfig(count=3, detectors=[I0], dwell_time=0.02))
    assert np.all(dark.detector_readings[I0] < 1000)
    assert beamline.value("BL02:SHUTTER:STATUS") == 1.0
    data = engine.run_linear(linear(detectors=[I0]))
    measured = measured_of([read(Path(data.metadata["directory"]))])
    np.testing.assert_allclose(
        measured.derived[0].values, data.detector_readings[I0] - np.mean(dark.detector_readings[I0])
    )


def test_the_shutter_of_dark_readings_must_exist(beamline) -> None:
    station = Station.model_validate(
        {"shutter": {"cmd_pv": "BL02:SHUTTER:CMDD", "status_pv": "BL02:SHUTTER:STATUS", "policy": "leave"}}
    )
    with pytest.raises(UnknownPV, match="CMDD"):
        beamline.engine(station).run(DarkScanConfig(detectors=[I0], count=2))
