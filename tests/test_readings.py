import math

import numpy as np
import pytest

from scantrail.readings import Reading, all_numbers, readings_at


def test_readings_of_one_moment() -> None:
    assert readings_at(5.0, [1.5, 2.5]) == [Reading(1.5, 5.0), Reading(2.5, 5.0)]
    assert all(isinstance(reading, Reading) for reading in readings_at(5.0, [1.5]))
    assert readings_at(5.0, []) == []


@pytest.mark.parametrize("values", [(), (1, 2.5), [0.0, -1e308, 10**300]])
def test_plain_numbers(values) -> None:
    assert all_numbers(values)


@pytest.mark.parametrize("odd", [None, "1", True, math.nan, math.inf, -math.inf, np.float64(1.0), 10**400])
def test_what_is_odd_is_told(odd: object) -> None:
    assert not all_numbers((1.0, odd, 2))


def test_infinities_do_not_cancel() -> None:
    assert not all_numbers((math.inf, -math.inf))
