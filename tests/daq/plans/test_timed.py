import pytest
from pydantic import ValidationError

from scantrail.daq import ListScanConfig, TimeScanConfig


def test_readings_are_due_at_a_fixed_pace() -> None:
    plan = TimeScanConfig(count=3, every=0.5, detectors=["d"])
    assert plan.motors == ()
    assert [point.setpoints for point in plan.points()] == [{"elapsed": 0.0}, {"elapsed": 0.5}, {"elapsed": 1.0}]


def test_a_pace_that_cannot_be_kept_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"every \(0.05 s\) must not be shorter than dwell_time \(0.1 s\)"):
        TimeScanConfig(count=3, every=0.05, detectors=["d"])


def test_a_list_keeps_its_order_and_its_repetitions() -> None:
    plan = ListScanConfig(motor="x", positions=[3, 1, 3], detectors=["d"])
    assert [point.setpoints["x"] for point in plan.points()] == [3.0, 1.0, 3.0]
