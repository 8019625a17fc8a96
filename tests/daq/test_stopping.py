"""Whatever ends a scan: every point that was taken is on disk, motors stand, the shutter is closed, and it goes on."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from scantrail.daq import (
    LinearScanConfig,
    ListScanConfig,
    MeshScanConfig,
    ScanConfig,
    Setting,
    Taken,
    TimeScanConfig,
    take,
)
from scantrail.errors import ControlError, LinkLost, MotionError, MotionTimeout, ReplyTimeout, RunStateError
from scantrail.runs import RunWriter, ask, read
from scantrail.sim import BeamlineFaults
from scantrail.station import Station

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"
I0, IT = "BL02:DET:I0", "BL02:DET:IT"
STATUS = "BL02:SHUTTER:STATUS"


def linear(**fields: object) -> LinearScanConfig:
    plan = {"motor": X, "start": 0, "stop": 9, "steps": 10, "detectors": [I0], "dwell_time": 0.001}
    return LinearScanConfig(**{**plan, **fields})


def only_run(root: Path) -> Path:
    (directory,) = (root / "runs").glob("2*/*")
    return directory


def points(directory: Path) -> list[int]:
    return read(directory).stream("primary").columns.get("point", [])


def stop_after(taken: int, command: str = "abort") -> Callable[..., None]:
    """A hook that asks for a stop when so many points are taken."""

    def hook(run: RunWriter, point: object, row: object) -> None:
        if run.taken() == taken:
            ask(run.directory, command)
            time.sleep(0.025)  # so that the loop looks at it

    return hook


# --- on request -------------------------------------------------------------------------------------------------------


def test_an_abort_returns_what_was_taken(beamline, root: Path) -> None:
    engine = beamline.engine(point=stop_after(4))
    data = engine.run_linear(linear())
    assert data.motor_positions[X].tolist() == [0, 1, 2, 3]
    assert (engine.taken.status, engine.taken.reasons) == ("abort", ["stopped on request after 4 of 10 points"])
    assert read(only_run(root)).stop["exit_status"] == "abort"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_in_a_dwell_finishes_the_point(beamline, root: Path, later: Callable, number: int) -> None:
    engine = beamline.engine(before=lambda run: later(0.1, lambda: os.kill(os.getpid(), number)))
    data = engine.run_linear(linear(dwell_time=0.3))
    assert data.motor_positions[X].tolist() == [0]
    assert engine.taken.status == "abort"


def test_a_second_signal_ends_the_dwell_at_once(beamline, root: Path, later: Callable) -> None:
    def interrupt_twice(run: RunWriter) -> None:
        later(0.1, lambda: os.kill(os.getpid(), signal.SIGINT))
        later(0.2, lambda: os.kill(os.getpid(), signal.SIGINT))

    data = beamline.engine(before=interrupt_twice).run_linear(linear(dwell_time=50))
    assert len(data.timestamps) == 0
    assert points(only_run(root)) == []


def test_a_signal_in_a_move_stops_the_motor_and_drops_the_point(make: Callable, root: Path, later: Callable) -> None:
    beamline = make(instant=False)
    engine = beamline.engine(before=lambda run: later(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)))
    data = engine.run(ListScanConfig(motor=X, positions=[0, 9000], detectors=[I0], dwell_time=0.001))
    assert data.motor_positions[X].tolist() == [0]
    time.sleep(0.05)
    here = beamline.value(f"{X}.RBV")
    assert 0 < here < 5000
    assert beamline.moves(X)[:2] == [0, 9000]
    assert beamline.moves(X)[2] == pytest.approx(here, abs=100)
    assert not beamline.client.moving({X}, 1.0)


def test_a_pause_takes_effect_between_points(beamline, root: Path, later: Callable) -> None:
    seen: list[int] = []

    def pause(run: RunWriter, point: object, row: object) -> None:
        if run.taken() == 3:
            ask(run.directory, "pause")
            time.sleep(0.025)
            later(0.3, lambda: (seen.append(run.taken()), ask(run.directory, "resume")))

    data = beamline.engine(point=pause).run_linear(linear())
    assert len(data.timestamps) == 10
    assert seen == [3]
    gaps = np.diff(data.timestamps)
    assert np.argmax(gaps) == 2


def test_a_relative_scan_that_was_stopped_does_not_move_again(beamline, root: Path) -> None:
    beamline.client.move(X, 100)
    engine = beamline.engine(point=stop_after(2))
    engine.run_linear(linear(relative=True))
    assert beamline.moves(X) == [100, 100, 101]
    assert "the motors were not sent back to where they stood" in engine.taken.reasons


def test_a_time_scan_stops_while_it_waits(beamline, root: Path) -> None:
    engine = beamline.engine(point=stop_after(1))
    data = engine.run(TimeScanConfig(count=3, every=60, detectors=[I0], dwell_time=0.001))
    assert len(data.timestamps) == 1


# --- by faults --------------------------------------------------------------------------------------------------------


def test_a_stuck_motor_is_late_by_its_speed_and_stopped(
    make: Callable, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scantrail.daq.rig.MARGIN", 0.1)
    beamline = make(faults=BeamlineFaults(stick={X: 5.5}))
    station = Station.model_validate({"motors": {"x": {"pv": X, "units": "um", "speed": 1000.0}}})
    message = r"^BL02:SAMPLE:X did not reach 6 um within 0\.\d s \(last readback 5.5 um, still moving\)"
    with pytest.raises(MotionTimeout, match=message) as caught:
        beamline.engine(station).run_linear(linear())
    assert caught.value.__notes__[-1] == '6 of 10 points are saved in run 1; "scantrail runs resume 1" goes on.'
    assert points(only_run(root)) == [0, 1, 2, 3, 4, 5]
    assert beamline.moves(X)[-1] == 5.5
    assert read(only_run(root)).stop["reason"].startswith("BL02:SAMPLE:X did not reach 6 um")


def test_a_limit_that_nobody_knew_of(make: Callable, root: Path) -> None:
    beamline = make(faults=BeamlineFaults(switch={X: 56.5}))
    with pytest.raises(MotionError, match=r"BL02:SAMPLE:X .* to 57 began, at 56.5"):
        beamline.engine().run_linear(linear(stop=99, steps=100))
    assert points(only_run(root)) == list(range(57))


def test_a_motor_that_rests_elsewhere_is_not_measured(fake, root: Path) -> None:
    fake.off = 0.01
    setting = Setting(root, "sqlite:///none", Station())
    with pytest.raises(
        MotionError, match=r"BL02:SAMPLE:X is at 0.01 instead of 0, where it was sent \(tolerance 0.001"
    ):
        take(linear(), fake, setting)
    tolerant = Station.model_validate({"motors": {"x": {"pv": X, "tolerance": 0.02}}})
    assert take(linear(), fake, Setting(root, "", tolerant)).status == "success"


def test_the_server_goes(beamline, root: Path) -> None:
    def go(run: RunWriter, point: object, row: object) -> None:
        if run.taken() == 3:
            beamline.client._wire._transport.cut()

    with pytest.raises(LinkLost, match=r"point 4 \(BL02:SAMPLE:X at 3\), 0\.\d s after it began: sim://test") as caught:
        beamline.engine(point=go).run_linear(linear())
    assert points(only_run(root)) == [0, 1, 2]
    assert any("3 of 10 points are saved" in note for note in caught.value.__notes__)


def test_the_server_falls_silent(make: Callable, root: Path) -> None:
    beamline = make(faults=BeamlineFaults(silent=25))
    station = Station.model_validate({"beamline": {"timeout": 0.2}})
    beamline.client.timeout = 0.2
    with pytest.raises(ReplyTimeout, match=r"point \d \(BL02:SAMPLE:X at \d\), 0\.\d s .* no answer to"):
        beamline.engine(station).run_linear(linear())
    assert len(points(only_run(root))) >= 3


def test_a_readback_that_cannot_be_read_ends_the_scan(fake, root: Path) -> None:
    fake.asked = lambda call: fake.failing.update({f"{X}.RBV": "gone"}) if len(fake.moves) == 3 else None
    with pytest.raises(ControlError, match=r"point 3 .*BL02:SAMPLE:X.RBV cannot be read: gone"):
        take(linear(), fake, Setting(root, "", Station()))
    assert points(only_run(root)) == [0, 1]


def test_an_error_of_a_hook_closes_the_run(beamline, root: Path) -> None:
    def hook(run: RunWriter, point: object, row: object) -> None:
        raise ZeroDivisionError("of the caller")

    with pytest.raises(ZeroDivisionError):
        beamline.engine(point=hook).run_linear(linear())
    assert read(only_run(root)).stop["exit_status"] == "fail"


def test_a_stop_that_fails_stands_beside_the_first_error(fake, root: Path) -> None:
    def refuse(call: str) -> None:
        if call == "moving":
            raise MotionError("it stalled")
        if call == "stop":
            raise MotionError("it does not stop")

    fake.polls, fake.asked = 3, refuse
    with pytest.raises(MotionError, match="it stalled") as caught:
        take(linear(), fake, Setting(root, "", Station()))
    assert caught.value.__notes__ == ["could not stop the motors: it does not stop"]
    assert read(only_run(root)).stop["reason"] == "it stalled; could not stop the motors: it does not stop"


# --- the shutter ------------------------------------------------------------------------------------------------------


def shuttered(policy: str) -> Station:
    shutter = {"status_pv": STATUS, "cmd_pv": "BL02:SHUTTER:CMD", "policy": policy}
    return Station.model_validate({"shutter": shutter})


def shutter_orders(beamline) -> list[str]:
    return [order.rpartition(":")[2] for order in beamline.asked("PUT")]


@pytest.mark.parametrize(("policy", "orders"), [("leave", ""), ("scan", "10"), ("point", "101010" + "0")])
def test_the_policy_of_the_shutter(beamline, policy: str, orders: str) -> None:
    beamline.client.put("BL02:SHUTTER:CMD", 0)
    time.sleep(0.2)  # it takes a moment to close, and a scan of three points is over sooner
    data = beamline.engine(shuttered(policy)).run_linear(linear(steps=3))
    assert "".join(shutter_orders(beamline)[1:]) == orders
    assert beamline.value(STATUS) == 0
    lit = data.detector_readings[I0][1:] > 1000  # the first reading reaches back to before the scan
    assert np.all(lit == (policy != "leave"))


@pytest.mark.parametrize("policy", ["scan", "point"])
@pytest.mark.parametrize("way", ["abort", "halt", "error", "signal"])
def test_the_shutter_is_closed_on_every_way_out(beamline, later: Callable, policy: str, way: str, root: Path) -> None:
    def leave(run: RunWriter, point: object, row: object) -> None:
        if way == "error":
            raise ZeroDivisionError
        if way == "signal":
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            stop_after(1)(run, point, row)
            if way == "halt":
                stop_after(1)(run, point, row)

    engine = beamline.engine(shuttered(policy), point=leave)
    try:
        assert len(engine.run_linear(linear()).timestamps) == 1
    except ZeroDivisionError:
        assert way == "error"
    assert beamline.value(STATUS) == 0


def test_the_shutter_is_closed_over_a_new_connection_when_the_old_one_is_gone(beamline, root: Path) -> None:
    def go(run: RunWriter, point: object, row: object) -> None:
        beamline.client._wire._transport.cut()

    with pytest.raises(LinkLost):
        beamline.engine(shuttered("scan"), point=go).run_linear(linear())
    assert shutter_orders(beamline) == ["1", "0"]
    assert beamline.value(STATUS) == 0


def test_a_shutter_that_does_not_open_ends_the_scan(fake, root: Path) -> None:
    station = shuttered("scan").model_copy(update={"beamline": Station().beamline.model_copy(update={"timeout": 0.05})})
    with pytest.raises(ControlError, match=r"CMD did not open within 0.\d s: BL02:SHUTTER:STATUS still says closed"):
        take(linear(), fake, Setting(root, "", station))
    assert points(only_run(root)) == []


# --- the beam ---------------------------------------------------------------------------------------------------------


def watched(**fields: object) -> Station:
    return Station.model_validate({"watch": {"pv": "BL02:RING:CURRENT", **fields}})


def test_a_lost_beam_is_waited_for_and_the_point_measured_again(
    make: Callable, root: Path, caplog: pytest.LogCaptureFixture
) -> None:
    beamline = make(faults=BeamlineFaults(lost=(0.2, 0.4)))
    data = beamline.engine(watched(min=100, wait=0.1)).run_linear(linear(steps=10, dwell_time=0.05))
    data.validate()
    record = read(only_run(root))
    assert record.stream("primary").columns["point"] == list(range(10))
    assert min(record.stream("primary").columns["BL02:RING:CURRENT"]) > 100
    beam = record.stream("beam").columns
    assert beam["state"] == ["lost", "back"]
    assert beam["point"][0] == beam["point"][1]
    assert len(beamline.moves(X)) == 10
    assert "the scan waits at point" in caplog.text


def test_a_scan_that_waits_for_the_beam_can_be_stopped(beamline, root: Path, later: Callable) -> None:
    engine = beamline.engine(watched(min=1e6), before=lambda run: later(0.2, lambda: ask(run.directory, "abort")))
    data = engine.run_linear(linear())
    assert len(data.timestamps) == 0
    assert engine.taken.status == "abort"


# --- going on ---------------------------------------------------------------------------------------------------------


def setting(root: Path, **fields: object) -> Setting:
    return Setting(root, "", Station(), **fields)


def go_on(plan: ScanConfig, beamline, root: Path, **fields: object) -> Taken:
    return take(plan, beamline.client, setting(root, earlier=(read(only_run(root)),), **fields))


@pytest.mark.parametrize("relative", [False, True])
def test_a_stopped_scan_goes_on_in_a_new_run(beamline, root: Path, relative: bool) -> None:
    beamline.client.move(X, 50)
    beamline.engine(point=stop_after(4)).run_linear(linear(relative=relative))
    first = only_run(root)
    plan = LinearScanConfig.from_document(read(first).start["scantrail"]["plan"])
    taken = go_on(plan, beamline, root)
    offset = 50 if relative else 0
    assert taken.data.setpoints[X].tolist() == [offset + i for i in range(10)]
    assert np.all(np.diff(taken.data.timestamps) > 0)
    assert points(taken.run.directory) == [4, 5, 6, 7, 8, 9]
    start = read(taken.run.directory).start
    assert start["scantrail"]["resumed_from"] == read(first).start["uid"]
    assert start["num_points"] == 6
    assert beamline.moves(X)[-1] == (50 if relative else 9)


def test_an_interrupted_scan_goes_on_in_its_own_journal(beamline, root: Path) -> None:
    beamline.engine(point=stop_after(4)).run_linear(linear())
    journal = only_run(root) / "journal.jsonl"
    *lines, _ = journal.read_bytes().splitlines(keepends=True)
    journal.write_bytes(b"".join(lines) + b'["event", {"to')  # as after kill -9
    taken = go_on(linear(), beamline, root, reopened=True)
    assert taken.status == "success"
    assert points(only_run(root)) == list(range(10))
    assert len(taken.data.timestamps) == 10


def test_a_mesh_goes_on_where_it_was(beamline, root: Path) -> None:
    plan = MeshScanConfig(motor1=(Y, 0, 2, 3), motor2=(X, 0, 2, 3), snake=True, detectors=[I0], dwell_time=0.001)
    partial = beamline.engine(point=stop_after(4)).run_mesh(plan)
    assert np.isnan(partial.detector_readings[I0]).tolist() == [[False] * 3, [True, True, False], [True] * 3]
    partial.validate(allow_missing=True)
    taken = go_on(plan, beamline, root)
    taken.data.validate()
    assert taken.data.order.tolist() == [0, 1, 2, 5, 4, 3, 6, 7, 8]


def test_a_scan_that_runs_is_not_taken_twice(beamline, root: Path) -> None:
    def again(run: RunWriter) -> None:
        with pytest.raises(RunStateError, match="is being taken and moves BL02:SAMPLE:X"):
            go_on(linear(), beamline, root, reopened=True)

    beamline.engine(before=again).run_linear(linear())
