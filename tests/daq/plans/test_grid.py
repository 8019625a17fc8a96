import pytest
from pydantic import ValidationError

from scantrail.daq import GridScanConfig, MeshScanConfig


def test_motor1_is_slow_and_motor2_fast() -> None:
    plan = MeshScanConfig(motor1=("y", 0, 1, 2), motor2=("x", 0, 2, 3), detectors=["d"])
    assert [tuple(point.setpoints.values()) for point in plan.points()] == [
        (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2),
    ]  # fmt: skip
    assert plan.positions1.tolist() == [0, 1]
    assert plan.positions2.tolist() == [0, 1, 2]


def test_a_snake_turns_round_and_keeps_its_grid_indices() -> None:
    plan = MeshScanConfig(motor1=("y", 0, 1, 2), motor2=("x", 0, 2, 3), detectors=["d"], snake=True)
    assert [point.grid for point in plan.points()] == [(0, 0), (0, 1), (0, 2), (1, 2), (1, 1), (1, 0)]
    assert [point.setpoints["x"] for point in plan.points()] == [0, 1, 2, 2, 1, 0]


def test_a_snake_in_three_dimensions_turns_in_each() -> None:
    plan = GridScanConfig(axes=[("a", 0, 1, 2), ("b", 0, 1, 2), ("c", 0, 1, 2)], detectors=["d"], snake=True)
    assert [point.grid for point in plan.points()] == [
        (0, 0, 0), (0, 0, 1), (0, 1, 1), (0, 1, 0), (1, 1, 0), (1, 1, 1), (1, 0, 1), (1, 0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("motor1", "message"),
    [
        (("x", 0, 1, 2), "motor x is given twice"),
        (("y", 0, 0, 2), "stop must differ"),
        (("y", 0, 1, 0), "greater than 0"),
        (("y", 0, float("nan"), 2), "finite"),
        (("y", 0, 1), "Field required"),
        (("y", 0, 1, 10_000_000), "more than the 10000000"),
    ],
)
def test_nonsense_is_refused(motor1: tuple[object, ...], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        MeshScanConfig(motor1=motor1, motor2=("x", 0, 1, 2), detectors=["d"])
