import numpy as np
import pytest
from pydantic import ValidationError

from scantrail.daq import LinearScanConfig, LockstepScanConfig


def linear(start: float, stop: float, steps: int, **fields: object) -> LinearScanConfig:
    return LinearScanConfig(motor="x", start=start, stop=stop, steps=steps, detectors=["d"], **fields)


def test_steps_is_the_number_of_points() -> None:
    np.testing.assert_array_equal(linear(-1000, 1000, 100).positions, np.linspace(-1000, 1000, 100))


def test_one_step_measures_start() -> None:
    assert [point.setpoints for point in linear(3, 5, 1).points()] == [{"x": 3.0}]
    assert linear(3, 3, 1, direction="any").positions.tolist() == [3.0]


@pytest.mark.parametrize(("start", "stop"), [(1, 0), (1, 1)])
def test_down_is_refused_unless_any_direction_will_do(start: float, stop: float) -> None:
    with pytest.raises(ValidationError, match="stop must be greater than start"):
        linear(start, stop, 3)


def test_a_descending_scan() -> None:
    assert linear(1, 0, 3, direction="any").positions.tolist() == [1.0, 0.5, 0.0]


@pytest.mark.parametrize(("start", "stop", "message"), [(2, 2, "must differ"), (-1e308, 1e308, "longer than numbers")])
def test_a_way_that_is_none_is_refused(start: float, stop: float, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        linear(start, stop, 3, direction="any")


def test_motors_in_lock_step_share_one_dimension() -> None:
    plan = LockstepScanConfig(axes=[("th", 0, 10), ("tth", 0, 20)], steps=3, detectors=["d"])
    assert plan.shape == (3,)
    assert plan.dimensions == (("th", "tth"),)
    assert [point.setpoints for point in plan.points()] == [
        {"th": 0.0, "tth": 0.0},
        {"th": 5.0, "tth": 10.0},
        {"th": 10.0, "tth": 20.0},
    ]


def test_a_motor_in_lock_step_with_itself_is_refused() -> None:
    with pytest.raises(ValidationError, match="motor a is given twice"):
        LockstepScanConfig(axes=[("a", 0, 1), ("a", 0, 2)], steps=3, detectors=["d"])
