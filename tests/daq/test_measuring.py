"""A run of a position scan as what was measured: axes, readbacks, detectors, the place of each point on the grid."""

import time

import numpy as np
import pytest

from scantrail.daq import LinearScanConfig, LockstepScanConfig, MeshScanConfig, XAFSScanConfig, measured_of
from scantrail.errors import RunError
from scantrail.runs import Header, RunWriter, ask, read
from scantrail.station import Station

X, Y, I0, IT = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:DET:I0", "BL02:DET:IT"


def stop_after(taken):
    def hook(run, point, row):
        if run.taken() == taken:
            ask(run.directory, "abort")
            time.sleep(0.025)  # so that the loop looks at it

    return hook


def of_last(beamline, config, station=None):
    engine = beamline.engine(station)
    data = engine.run(config)
    return measured_of([read(engine.taken.run.directory)]), data


def test_setpoints_are_the_axes_and_readbacks_stand_beside_them(beamline):
    plan = LinearScanConfig(motor=X, start=0, stop=10, steps=3, detectors=[I0, IT], dwell_time=0.01)
    station = Station.model_validate({"motors": {"x": {"pv": X, "units": "um"}}})
    measured, data = of_last(beamline, plan, station)
    assert (measured.kind, measured.shape, measured.notes) == ("linear", (3,), ())
    assert measured.axes[0].values.tolist() == [0, 5, 10]
    assert (measured.axes[0].name, measured.axes[0].unit, measured.axes[0].role) == ("x", "um", "setpoint")
    np.testing.assert_array_equal(measured.readbacks[0].values, data.motor_positions[X])
    assert [(one.name, one.role) for one in measured.detectors] == [(I0, "i0"), (IT, "itrans")]
    np.testing.assert_array_equal(measured.detectors[1].values, data.detector_readings[IT])
    assert measured.index.tolist() == [[0], [1], [2]]


def test_a_mesh_knows_the_place_of_every_point(beamline):
    plan = MeshScanConfig(motor1=(Y, 0, 1, 2), motor2=(X, 0, 20, 3), detectors=[I0], dwell_time=0.01, snake=True)
    measured, _ = of_last(beamline, plan)
    assert [axis.name for axis in measured.axes] == [Y, X]
    assert measured.index.tolist() == [[0, 0], [0, 1], [0, 2], [1, 2], [1, 1], [1, 0]]
    assert measured.axes[1].values.tolist() == [0, 10, 20, 20, 10, 0]


def test_motors_in_lock_step_share_a_dimension(beamline):
    plan = LockstepScanConfig(axes=[(X, 0, 1), (Y, 0, 2)], steps=2, detectors=[I0], dwell_time=0.01)
    measured, _ = of_last(beamline, plan)
    assert (len(measured.axes), measured.shape) == (2, (2,))


def test_an_energy_scan_names_its_edge(beamline):
    plan = XAFSScanConfig(edge=7112.0, regions=[(-20, 20, 10)], detectors=[I0], dwell_time=0.01)
    measured, _ = of_last(beamline, plan)
    assert measured.edge is not None
    assert measured.edge.energy == 7112.0


def test_a_reading_that_failed_is_nan_and_an_early_end_is_told(beamline):
    plan = LinearScanConfig(motor=X, start=0, stop=10, steps=10, detectors=[I0, IT], dwell_time=0.01)
    engine = beamline.engine(point=stop_after(2))
    engine.run(plan)
    record = read(engine.taken.run.directory)
    record.stream("primary").columns[IT][0] = None
    measured = measured_of([record])
    assert np.isnan(measured.detectors[1].values).tolist() == [True, False]
    assert measured.notes == ("the scan was aborted: 2 of 10 points were measured",)


def test_what_is_no_scan_of_positions_is_refused(root):
    header = Header("threshold_serial", {}, 1, [], [], [["step"]], (1,), [(0, 1)])
    with RunWriter.create(root, header) as run:
        pass
    with pytest.raises(RunError, match=r"run 1 \(threshold_serial\) tells of no axis"):
        measured_of([read(run.directory)])
