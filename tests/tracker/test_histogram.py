"""Bars that hold every value once, whatever a few of the values do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.tracker.figure.histogram import histogram, on_log, standing_far
from scantrail.tracker.figure.quantities import as_number, far_out, scale_of, written

numbers = st.lists(st.floats(-1e6, 1e6, allow_subnormal=False), min_size=1, max_size=60)


@given(numbers, st.lists(st.floats(-1e7, 1e7), max_size=2))
def test_every_value_stands_in_one_bar(values, limits):
    column = np.array(values)
    out = standing_far(column)
    bins = histogram(column, out, tuple(limits))
    assert sum(bins.counts) == len(values)
    assert sum(bins.bulk) == int(np.sum(~out))
    assert np.all(np.diff(bins.edges) > 0.0)
    assert all(0 <= core <= count for core, count in zip(bins.bulk, bins.counts, strict=True))
    assert len(bins.counts) < 400
    assert bins.below == int(np.sum(column < bins.edges[0])) or bins.on_log


@given(st.lists(st.floats(-12.0, 3.0), min_size=2, max_size=60))
def test_decades_are_binned_by_their_logarithms(powers):
    column = 10.0 ** np.array(powers)
    bins = histogram(column, standing_far(column))
    assert sum(bins.counts) == len(powers)
    if bins.on_log:
        widths = np.diff(np.log10(bins.edges))
        assert widths == pytest.approx([widths[0]] * len(widths))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1.0, 2.0, 5.0], False),
        ([1.0] * 95 + [1e6] * 4, False),
        (list(10.0 ** np.linspace(0, 3, 50)), True),
        ([0.0, 1.0, 1e6], False),
        ([-1.0, 1.0, 1e6], False),
    ],
)
def test_decades_are_told_by_the_bulk(values, expected):
    assert on_log(np.array(values)) is expected


def test_whole_numbers_have_bars_of_their_own():
    bins = histogram(np.array([0.0, 0.0, 1.0, 3.0]), np.zeros(4, dtype=bool))
    assert (list(bins.edges), bins.counts) == ([-0.5, 0.5, 1.5, 2.5, 3.5], (2, 1, 0, 1))


def test_a_limit_near_the_bulk_is_on_the_axis_and_one_far_off_is_not():
    values = np.linspace(100.0, 110.0, 50)
    none = np.zeros(50, dtype=bool)
    assert histogram(values, none, (120.0,)).edges[-1] >= 120.0
    assert histogram(values, none, (200.0,)).edges[-1] < 120.0


@pytest.mark.parametrize(
    ("values", "out"),
    [
        ([1.0, 1.1, 0.9, 1.05, 0.95, 9.0], [5]),
        ([1.0] * 10 + [2.0], []),
        ([1.0, 2.0, 3.0, 1000.0], []),
        ([1.0, 1.1, np.nan, 0.9, 1.05, 0.95, -9.0], [6]),
    ],
)
def test_far_out_is_told_by_a_spread_that_outliers_do_not_widen(values, out):
    assert list(np.flatnonzero(far_out(np.array(values)))) == out


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (2.3e-6, "A", "2.3 µA"),
        (9.9999e-7, "A", "1 µA"),
        (1e-3, "A", "1 mA"),
        (1e-18, "A", "0.001 fA"),
        (0.0, "A", "0 A"),
        (-60.0, "V", "-60 V"),
        (1580.4, "e-", "1580 e-"),
        (12345678.0, "e-", "1.23e+07 e-"),
        (-9.04, "°C", "-9.04 °C"),
        (3.0, "", "3"),
        (None, "A", "–"),
        (float("nan"), "A", "–"),
    ],
)
def test_values_are_written_with_prefixes(value, unit, text):
    assert written(value, unit) == text


@given(st.floats(1e-15, 9e11))
def test_a_prefix_leaves_one_to_three_digits(value):
    scale = scale_of("A", value)
    assert 0.999 <= value * scale.factor < 1000.0


@pytest.mark.parametrize(
    ("value", "unit", "number"),
    [(1, "", 1.0), (True, "", None), ("1", "", None), ([1, 5, 3], "e-", 3.0), ([], "e-", None), ([1, "x"], "e-", None)],
)
def test_a_measurement_as_one_number(value, unit, number):
    assert as_number(value, unit) == number


def test_channels_are_counted():
    assert as_number([47, 128], "channels") == 2.0
    assert as_number([], "channels") == 0.0
