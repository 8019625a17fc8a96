import time

import pytest

from scantrail.errors import InputError
from scantrail.sim import thresholds, windows
from scantrail.station import DeviceConfig, MockerConfig
from scantrail.threshold.config import HaniwersConfig
from scantrail.threshold.detector import CountingDetector
from scantrail.threshold.mocker import RandomMocker


def sleep(seconds):
    time.sleep(seconds)
    return "go"


def test_it_stands_wherever_a_detector_does():
    mocker = RandomMocker(seed=1, speed=50.0)
    assert isinstance(mocker, CountingDetector)
    with mocker:
        assert mocker.dialect == "v1"
        write = mocker.set_threshold(1, 300)
        assert write.exchange.startswith("SET_THRESHOLD 1 300 -> ")
        counts = mocker.count(5.0, sleep)
        assert counts.live == pytest.approx(5.0, rel=0.5)
    (told,) = windows(mocker.machine.log.records)
    assert dict(counts.patterns) == told.patterns
    assert thresholds(mocker.machine.log.records)[1] == 300


def test_a_seed_gives_the_same_physics_again():
    assert RandomMocker(seed=7).seed == 7
    assert RandomMocker(MockerConfig(seed=8)).seed == 8
    assert RandomMocker(MockerConfig(seed=8), seed=9).seed == 9
    assert RandomMocker().seed != RandomMocker().seed


def test_the_configuration_is_followed():
    config = HaniwersConfig(
        device=DeviceConfig(label="bench", port="/dev/ttyUSB7", dialect="v2", dead_time=0.01),
        mocker=MockerConfig.model_validate({"speed": 20.0, "ch1": {"mu": 410.0}}),
    )
    with RandomMocker(config) as mocker:
        assert (mocker.name, mocker.port, mocker.dialect, mocker.speed) == ("bench", "sim://osechi", "v2", 20.0)
        assert mocker.machine.truth()[1]["mu"] == 410.0
        assert mocker.machine.physics.dead_time == 0.01
        assert mocker.count(1.0, sleep).lost == 0


def test_every_connection_starts_a_fresh_board():
    mocker = RandomMocker(seed=1, speed=50.0)
    with mocker:
        mocker.set_threshold(1, 300)
        first = mocker.machine
    with mocker:
        assert mocker.machine is not first
        assert mocker.confirmed(1) is None


def test_a_recording_is_replayed_as_it_is(tmp_path, caplog):
    path = tmp_path / "events.csv"
    # 2 events/s for half an hour; every fourth is a coincidence of channels 1 and 2
    lines = [f"{1000 + i / 2},{3 if i % 4 == 0 else 0},1,0,1136,21.5,100594.35,41.43" for i in range(3600)]
    path.write_text("timestamp,top,mid,btm,adc,tmp,atm,hmd\n" + "\n".join([*lines, "torn,1"]))
    with RandomMocker(MockerConfig(csv_path=path, speed=50.0, seed=1)) as mocker:
        mocker.set_threshold(3, 300)
        counts = mocker.count(20.0, sleep)
        mocker.set_threshold(2, 1000)
        suppressed = mocker.count(20.0, sleep)
        assert mocker.machine.truth() == {}
    assert "torn" in caplog.text
    told = windows(mocker.machine.log.records)
    assert [dict(c.patterns) for c in (counts, suppressed)] == [window.patterns for window in told]
    assert sum(counts.patterns.values()) == pytest.approx(2 * counts.live, abs=2)
    assert counts.patterns[3] == pytest.approx(0.5 * counts.live, abs=2)
    assert set(suppressed.patterns) == {1}
    assert counts.environment == {"temperature_C": 21.5, "pressure_Pa": 100594.35, "humidity_pct": 41.43}


def test_a_recording_that_cannot_be_replayed_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*events.csv"):
        RandomMocker(MockerConfig(csv_path=tmp_path / "events.csv"))
    (tmp_path / "events.raw").write_bytes(b"2 0 0 1136 27.37 100594.35 41.43\r\n")
    with pytest.raises(InputError, match="no times, which a replay needs"):
        RandomMocker(MockerConfig(csv_path=tmp_path / "events.raw"))


def test_the_live_time_is_the_boards_own_however_busy_the_machine(monkeypatch):
    """At a fast clock, a delay between our clock and the board's hearing would be seconds of live time."""
    with RandomMocker(speed=200.0, seed=1) as device:
        port = device._link._port
        honest = port.write

        def late(data):
            time.sleep(0.02)  # the machine is busy: 4 s of the board's clock
            return honest(data)

        monkeypatch.setattr(port, "write", late)
        counts = device.count(10.0, sleep)
        taken = windows(device.machine.log.records)[-1]
    assert counts.live == pytest.approx(taken.stop - taken.start, abs=1e-6)
    assert sum(counts.patterns.values()) == taken.events
