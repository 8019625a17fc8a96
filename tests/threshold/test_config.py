import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.errors import ConfigError, InputError
from scantrail.station import Station, read_station
from scantrail.threshold.config import ConfigLoader, HaniwersConfig, SensorConfig

SEED = """
[sensors.ch1]
id = 1
center = 200
nsteps = 8
step_size = 5

[sensors.ch2]
id = 2
center = 300
nsteps = 8
step_size = 5

[sensors.ch3]
id = 3
center = 250
nsteps = 8
step_size = 5
"""


def configured(text):
    return HaniwersConfig.from_station(read_station(text))


# --- thresholds of a scan ---------------------------------------------------------------------------------------------


def test_generate_threshold_values_basic():
    assert SensorConfig(id=1, center=200, nsteps=2, step_size=5).threshold_range() == [190, 195, 200, 205, 210]
    assert len(SensorConfig(id=1, center=200, nsteps=8, step_size=5).threshold_range()) == 17


def test_generate_threshold_values_clipping():
    assert SensorConfig(id=1, center=2, nsteps=3).threshold_range() == [1, 1, 1, 2, 3, 4, 5]
    assert SensorConfig(id=1, center=1020, nsteps=2, step_size=2).threshold_range() == [1016, 1018, 1020, 1022, 1023]


def test_the_deprecated_form_includes_both_ends():
    sensor = SensorConfig(id=1, start_threshold=160, num_steps=8, step_size=5)
    assert sensor.threshold_range() == [160, 165, 170, 175, 180, 185, 190, 195, 200]
    assert SensorConfig(id=1, start_threshold=1022, num_steps=3).threshold_range() == [1022, 1023, 1023, 1023]


@given(st.integers(1, 1023), st.integers(1, 1022), st.integers(1, 1022))
def test_a_range_has_its_length_its_middle_and_its_limits(center, nsteps, step_size):
    values = SensorConfig(id=1, center=center, nsteps=nsteps, step_size=step_size).threshold_range()
    assert len(values) == 2 * nsteps + 1
    assert values[nsteps] == center
    assert values == sorted(values)
    assert all(1 <= value <= 1023 for value in values)
    inside = [value for value in values if 1 < value < 1023]
    assert all(right - left == step_size for left, right in pairwise(inside))


@given(st.integers(1, 1023), st.integers(1, 1022), st.integers(1, 1022))
def test_a_deprecated_range_starts_where_it_says(start, num_steps, step_size):
    sensor = SensorConfig(id=2, start_threshold=start, num_steps=num_steps, step_size=step_size)
    values = sensor.threshold_range()
    assert len(values) == num_steps + 1
    assert (values[0], values[-1]) == (start, min(1023, start + num_steps * step_size))


@pytest.mark.parametrize(
    "wrong",
    [{"center": 0}, {"center": 1024}, {"center": 300.5}, {"nsteps": 0}, {"step_size": 0}, {"id": 4}, {"idd": 1}],
)
def test_a_sensor_that_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SensorConfig.model_validate({"id": 1, **wrong})


# --- where a configuration comes from ---------------------------------------------------------------------------------


def test_the_file_of_the_decision_record_gives_seventeen_points_a_channel(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text(SEED)
    for config in (HaniwersConfig.from_toml(file), ConfigLoader(str(file)).config):
        assert [*config.sensors] == ["ch1", "ch2", "ch3"]
        assert config.sensors["ch1"].threshold_range() == [*range(160, 241, 5)]
        assert config.sampler.workspace is None


def test_without_a_file_the_station_in_force_is_taken(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert ConfigLoader().config == HaniwersConfig() == HaniwersConfig.from_station(Station())
    Path("station.toml").write_text("[device]\nport = '/dev/ttyUSB0'\n")
    assert ConfigLoader().config.device.port == "/dev/ttyUSB0"


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="does not exist"):
        ConfigLoader(tmp_path / "config.toml")


def test_sensors_stand_in_the_order_of_their_channels():
    assert [*configured("[sensors.ch3]\n[sensors.ch1]\n").sensors] == ["ch1", "ch3"]


def test_two_sensors_of_one_channel_are_refused():
    with pytest.raises(ValueError, match="id of its own"):
        HaniwersConfig(sensors={"a": SensorConfig(id=1), "b": SensorConfig(id=1)})


def test_a_configuration_needs_no_numbers_library():
    code = "import sys, scantrail.threshold.config as config; config.ConfigLoader()\n"
    code += "sys.exit(bool({'numpy', 'scipy'} & {*sys.modules}))"
    subprocess.run([sys.executable, "-c", code], check=True)


# --- options of the command line --------------------------------------------------------------------------------------


def test_no_option_changes_nothing():
    config = configured(SEED)
    assert config.with_options() == config


def test_thresholds_scan_exactly_the_channels_named():
    config = configured(SEED).with_options(thresholds="3:290;1:280")
    assert {name: (s.id, s.center, s.nsteps, s.step_size) for name, s in config.sensors.items()} == {
        "ch1": (1, 280, 8, 5),
        "ch3": (3, 290, 8, 5),
    }
    assert [*config.sensors] == ["ch1", "ch3"]


def test_a_channel_that_the_station_lacks_can_be_named():
    config = configured("[sensors.ch1]\nnsteps = 4\n").with_options(thresholds="2:280")
    assert config.sensors == {"ch2": SensorConfig(id=2, center=280)}


def test_steps_are_for_all_channels_or_for_each():
    config = configured(SEED)
    both = config.with_options(nsteps="4", step="2").sensors.values()
    assert {(sensor.nsteps, sensor.step_size) for sensor in both} == {(4, 2)}
    each = config.with_options(nsteps="1:4;3:6", step="2:1").sensors.values()
    assert [(sensor.nsteps, sensor.step_size) for sensor in each] == [(4, 5), (8, 1), (6, 5)]


def test_the_command_line_of_the_decision_record():
    config = HaniwersConfig().with_options(thresholds="1:200;2:300;3:250", nsteps="8", step="5", duration=5)
    assert [s.threshold_range() for s in config.sensors.values()] == [
        [*range(160, 241, 5)],
        [*range(260, 341, 5)],
        [*range(210, 291, 5)],
    ]
    assert config.sampler.duration == 5.0


def test_the_sampler_takes_its_options():
    config = HaniwersConfig().with_options(
        duration=2.5, suppress_threshold=1000, max_retry=5, workspace=Path("~/scans")
    )
    sampler = config.sampler
    assert (sampler.duration, sampler.suppress_threshold, sampler.max_retry) == (2.5, 1000, 5)
    assert sampler.workspace == Path.home() / "scans"
    assert HaniwersConfig().sampler.duration == 10.0


def test_the_simulator_takes_its_options():
    config = configured("[mocker.ch1]\nmu = 280\n").with_options(speed=20, seed=0)
    assert (config.mocker.speed, config.mocker.seed, config.mocker.ch1.mu, config.mocker.ch2.mu) == (20.0, 0, 280, 308)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"duration": -1.0}, "--duration = -1.0 must be greater than 0"),
        ({"duration": 0.0}, "--duration = 0.0 must be greater than 0"),
        ({"duration": float("nan")}, "--duration = nan must be a finite number"),
        ({"duration": float("inf")}, "--duration = inf must be a finite number"),
        ({"suppress_threshold": 1024}, "--suppress-threshold = 1024 must be at most 1023"),
        ({"max_retry": 0}, "--max-retry = 0 must be at least 1"),
        ({"speed": 0.0}, "--speed = 0.0 must be greater than 0"),
        ({"seed": -1}, "--seed = -1 must be at least 0"),
        ({"thresholds": "1:"}, '--thresholds "1:" must give each channel its value'),
        ({"thresholds": ""}, '--thresholds "" must give each channel its value'),
        ({"nsteps": "0"}, '--nsteps "0" must be a whole number 1-1022'),
        ({"step": "x"}, '--step "x" must be a whole number 1-1022'),
        ({"thresholds": "1:200", "nsteps": "2:8"}, '--nsteps "2:8": channel "2" must be one of 1\n'),
    ],
)
def test_an_option_that_cannot_be_is_refused_by_its_name(options, message):
    with pytest.raises(InputError) as refusal:
        HaniwersConfig().with_options(**options)
    assert f"{refusal.value}\n".startswith(message)
    assert refusal.value.exit_code == 2


def test_the_deprecated_form_gives_way_only_to_a_whole_range():
    config = configured("[sensors.ch1]\nstart_threshold = 160\nnum_steps = 8\nstep_size = 5\n")
    for half in ({"thresholds": "1:200"}, {"nsteps": "4"}):
        with pytest.raises(InputError, match="--thresholds and --nsteps replace only together"):
            config.with_options(**half)
    assert config.with_options(step="1").sensors["ch1"].threshold_range() == [*range(160, 169)]
    assert config.with_options(thresholds="1:200", nsteps="1").sensors["ch1"].threshold_range() == [195, 200, 205]
