from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.plots import Axis
from scantrail.plots.ticks import ticks


def labels(low, high, scale="linear", count=6):
    return [label for _, label in ticks(Axis("q", scale=scale, limits=(low, high)), count).major]


@pytest.mark.parametrize(
    ("low", "high", "scale", "expected"),
    [
        (257, 323, "linear", ["260", "270", "280", "290", "300", "310", "320"]),
        (0, 1.6, "linear", ["0", "0.5", "1.0", "1.5"]),
        (-1, 1, "linear", ["-1.0", "-0.5", "0", "0.5", "1.0"]),
        (0.2, 400, "log", ["1", "10", "100"]),
        (0.2, 4e6, "log", ["10⁰", "10²", "10⁴", "10⁶"]),
        (3e-7, 2e-4, "log", ["10⁻⁶", "10⁻⁵", "10⁻⁴"]),
        (4, 60, "log", ["5", "10", "20", "50"]),
        (4e-7, 3e-6, "log", ["5·10⁻⁷", "1·10⁻⁶", "2·10⁻⁶"]),
        (5.1, 5.9, "log", ["5.2", "5.4", "5.6", "5.8"]),
    ],
)
def test_ticks_are_round_numbers(low, high, scale, expected):
    assert labels(low, high, scale) == expected


def test_a_log_axis_has_minor_ticks_between_its_decades():
    found = ticks(Axis("rate", scale="log", limits=(0.9, 101.0)), 6)
    assert [place for place in found.minor if 1 < place < 10] == pytest.approx([2, 3, 4, 5, 6, 7, 8, 9])


limits = st.floats(-1e12, 1e12, allow_subnormal=False)


@given(low=limits, width=st.floats(1e-6, 1e12), count=st.integers(2, 12))
def test_linear_ticks_lie_on_the_axis_ascending_and_not_too_many(low, width, count):
    width = max(width, abs(low) * 1e-8)
    found = [place for place, _ in ticks(Axis("q", limits=(low, low + width)), count).major]
    assert all(low - 1e-6 * width <= place <= low + width * (1 + 1e-6) for place in found)
    assert all(a < b for a, b in pairwise(found))
    assert 1 <= len(found) <= 2 * count + 1


@given(low=st.floats(1e-15, 1e12), ratio=st.floats(1.001, 1e15), count=st.integers(2, 12))
def test_log_ticks_lie_on_the_axis_and_are_told_apart(low, ratio, count):
    found = ticks(Axis("q", scale="log", limits=(low, low * ratio)), count)
    assert all(low * (1 - 1e-6) <= place <= low * ratio * (1 + 1e-6) for place, _ in found.major)
    assert len({label for _, label in found.major}) == len(found.major)
