import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.errors import InputError, UnequalStepsError
from scantrail.threshold.config import SensorConfig
from scantrail.threshold.validator import validate_threshold_ranges


def sensors(*nsteps):
    return {f"ch{channel}": SensorConfig(id=channel, nsteps=n) for channel, n in enumerate(nsteps, 1)}


def refusal(given_sensors):
    with pytest.raises(ValueError, match="Parallel scanning requires") as caught:
        validate_threshold_ranges(given_sensors, scan_type="parallel")
    assert isinstance(caught.value, UnequalStepsError)
    assert caught.value.exit_code == 1
    return str(caught.value)


def test_matched_nsteps_passes():
    validate_threshold_ranges(sensors(8, 8, 8), scan_type="parallel")
    validate_threshold_ranges(sensors(8))
    validate_threshold_ranges({})


def test_mismatched_nsteps_fails():
    with pytest.raises(ValueError, match="same number of steps"):
        validate_threshold_ranges(sensors(10, 9))


def test_error_message_shows_breakdown():
    assert refusal(sensors(10, 9)) == (
        "Parallel scanning requires all channels to have same number of steps. Got: {1: 21, 2: 19}. "
        "For 21 on every channel set [sensors.ch2] nsteps = 10 (now 9), or give --nsteps 10."
    )


def test_validation_not_called_for_serial():
    validate_threshold_ranges(sensors(10, 9), scan_type="serial")


def test_another_kind_of_scan_is_refused():
    with pytest.raises(InputError, match='"paralel" must be "serial" or "parallel"'):
        validate_threshold_ranges(sensors(8), scan_type="paralel")


def test_clamped_thresholds_count_as_steps():
    validate_threshold_ranges({"ch1": SensorConfig(id=1, center=1), "ch2": SensorConfig(id=2, center=300)})


def test_the_odd_one_out_is_the_one_to_change():
    assert "set [sensors.ch1] nsteps = 9 (now 10), or give --nsteps 9." in refusal(sensors(10, 9, 9))
    assert "set [sensors.ch2] nsteps = 5 (now 6) and [sensors.ch3] nsteps = 5 (now 7)," in refusal(sensors(5, 6, 7))


def test_the_deprecated_form_is_told_its_own_setting():
    mixed = {
        "ch1": SensorConfig(id=1, start_threshold=160, num_steps=9),
        "ch2": SensorConfig(id=2, start_threshold=160, num_steps=9),
        "ch3": SensorConfig(id=3, nsteps=4),
    }
    assert refusal(mixed).endswith(
        "Got: {1: 10, 2: 10, 3: 9}. For 9 on every channel set [sensors.ch1] num_steps = 8 (now 9) "
        "and [sensors.ch2] num_steps = 8 (now 9)."
    )
    even = {name: mixed[name] for name in ("ch1", "ch2")} | {"ch3": SensorConfig(id=3, start_threshold=1, num_steps=8)}
    assert refusal(even).endswith("For 10 on every channel set [sensors.ch3] num_steps = 9 (now 8).")


@given(st.lists(st.integers(1, 12), min_size=1, max_size=3))
def test_exactly_unequal_numbers_are_refused(nsteps):
    if len(set(nsteps)) == 1:
        validate_threshold_ranges(sensors(*nsteps))
        return
    assert f"Got: { ({channel: 2 * n + 1 for channel, n in enumerate(nsteps, 1)}) }." in refusal(sensors(*nsteps))
