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


def test_a_recording_is_refused():
    with pytest.raises(InputError, match="csv_path"):
        RandomMocker(MockerConfig(csv_path="events.csv"))


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
