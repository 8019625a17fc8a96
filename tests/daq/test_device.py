import builtins
import threading
from collections.abc import Callable

import numpy as np
import pytest
from pydantic import ValidationError

from scantrail.daq import Client, Detector, Motor, MotorStatus, Shutter
from scantrail.daq.exceptions import ConnectionError, MotionError, ProtocolError, TimeoutError
from scantrail.errors import InputError, ScantrailError, ValueRefused
from scantrail.sim import BeamlineFaults

X = "BL02:SAMPLE:X"


def test_a_motor_moves_and_tells_where_it_is(beamline) -> None:
    motor = Motor(pv=X, client=beamline.client)
    motor.move_to(500.0)
    assert motor.position() == 500.0
    assert motor.readback_pv == "BL02:SAMPLE:X.RBV"
    assert motor.status() is MotorStatus.IDLE
    assert beamline.moves() == [(X, 500.0)]


def test_a_motor_need_not_be_waited_for(make: Callable) -> None:
    motor = Motor(pv=X, client=make(instant=False).client)
    motor.move_to(50.0, wait=False)
    assert motor.status() is MotorStatus.MOVING
    motor.wait_for_idle(poll_interval=0.01)
    assert motor.status() is MotorStatus.IDLE
    assert motor.position() == pytest.approx(50.0)


def test_a_motor_that_is_late_is_told_with_its_readback(make: Callable) -> None:
    motor = Motor(pv=X, client=make(faults=BeamlineFaults(stick={X: 10.0})).client)
    with pytest.raises(TimeoutError, match=r"BL02:SAMPLE:X did not reach 500 within 0.05 s \(last readback 10, still"):
        motor.move_to(500.0, timeout=0.05)
    with pytest.raises(TimeoutError, match=r"did not come to rest within 0.05 s"):
        motor.wait_for_idle(timeout=0.05)
    motor.stop()


def test_a_motor_at_a_limit_is_a_fault(make: Callable) -> None:
    motor = Motor(pv=X, client=make(faults=BeamlineFaults(switch={X: 10.0})).client)
    with pytest.raises(MotionError, match=r"BL02:SAMPLE:X .* stalled or hit a limit"):
        motor.move_to(500.0)


def test_a_motor_that_rests_elsewhere_did_not_reach_its_target(fake) -> None:
    fake.off = 0.5
    with pytest.raises(MotionError, match=r"BL02:SAMPLE:X came to rest at 2.5 instead of 2"):
        Motor(pv=X, client=fake).move_to(2.0)
    Motor(pv=X, client=fake, tolerance=0.6).move_to(2.0)


def test_an_interrupt_stops_the_motor(fake, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(seconds: float) -> None:
        raise KeyboardInterrupt

    fake.polls = 5
    monkeypatch.setattr("time.sleep", interrupt)
    with pytest.raises(KeyboardInterrupt):
        Motor(pv=X, client=fake).move_to(2.0)
    assert fake.stopped == [{X}]


@pytest.mark.parametrize("position", [float("nan"), 1e6])
def test_a_target_that_cannot_be_is_refused(beamline, position: float) -> None:
    with pytest.raises(ValueRefused):
        Motor(pv=X, client=beamline.client).move_to(position)


@pytest.mark.parametrize("pv", ["", "NOCOLON"])
def test_a_name_that_is_no_pv_is_refused(beamline, pv: str) -> None:
    with pytest.raises(ValidationError, match=f"Invalid PV name: {pv}"):
        Motor(pv=pv, client=beamline.client)


def test_devices_are_strict(beamline) -> None:
    with pytest.raises(ValidationError, match="instance of Client"):
        Detector(pv="BL02:DET:I0", client="localhost")
    with pytest.raises(ValidationError, match="valid string"):
        Detector(pv=5, client=beamline.client)
    with pytest.raises(ValidationError, match="not permitted"):
        Shutter(client=beamline.client, pv="BL02:SHUTTER:CMD")


def test_a_detector_is_read_once_or_n_times(beamline) -> None:
    detector = Detector(pv="BL02:DET:I0", client=beamline.client)
    assert detector.read() > 0
    readings = detector.read_multiple(3, dwell_time=0.011)
    assert readings.shape == (3,)
    assert readings.dtype == np.float64
    assert len(beamline.asked("GET")) == 4
    with pytest.raises(InputError, match="n = 0"):
        detector.read_multiple(0)


def test_the_shutter_opens_and_closes(beamline) -> None:
    shutter = Shutter(client=beamline.client)
    shutter.open()
    assert shutter.is_open()
    shutter.close()
    assert not shutter.is_open()


def test_each_error_is_ours_and_the_builtin_of_its_name() -> None:
    assert issubclass(ConnectionError, builtins.ConnectionError)
    assert issubclass(TimeoutError, builtins.TimeoutError)
    assert all(issubclass(error, ScantrailError) for error in (ConnectionError, TimeoutError, ProtocolError))


def test_two_threads_on_one_client_get_their_own_values(beamline) -> None:
    beamline.client.put("BL02:SAMPLE:Y", 7.0)
    seen: dict[str, set[float]] = {}

    def read(pv: str) -> None:
        motor = Motor(pv=pv, client=beamline.client)
        seen[pv] = {motor.position() for _ in range(200)}

    threads = [threading.Thread(target=read, args=(pv,)) for pv in (X, "BL02:SAMPLE:Y")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {X: {0.0}, "BL02:SAMPLE:Y": {7.0}}


def test_the_fake_is_a_client(fake) -> None:
    assert isinstance(fake, Client)
