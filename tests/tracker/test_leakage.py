"""What a sweep says of a sensor: currents at 20 °C, at the operating voltage, in compliance, at breakdown."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.tracker.leakage import at_reference, breakdown, current_at, free_to, reverse, way_up
from scantrail.tracker.sweeps import Sweep

VOLTS = np.arange(0.0, 310.0, 10.0)


def sweep(voltage, current, celsius=np.nan):
    voltage = np.asarray(voltage, dtype=float)
    return Sweep(voltage, np.asarray(current, dtype=float), np.full(len(voltage), celsius))


def depleted(voltage, full=60.0, current=1e-6):
    """The current of a sensor that depletes at `full` and then rises by a percent in 25 V."""
    size = np.abs(np.asarray(voltage, dtype=float))
    return current * np.sqrt(np.minimum(size, full) / full) * (1.0 + 0.0004 * np.maximum(size - full, 0.0))


def breaking(voltage, at=250.0, width=6.0):
    return depleted(voltage) * (1.0 + np.exp((np.asarray(voltage) - at) / width))


# --- at 20 °C ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("celsius", "factor"), [(20.0, 1.0), (-9.0, 17.07), (0.0, 6.652), (25.0, 0.6470)])
def test_currents_scale_with_temperature(celsius, factor):
    """Factors by hand: (293.15/T)² exp(7020.8 K (1/T - 1/293.15 K))."""
    assert at_reference(np.array([1.0]), np.array([celsius]))[0] == pytest.approx(factor, rel=1e-3)


@given(st.floats(-40.0, 60.0))
def test_a_scaled_current_is_that_of_20_degrees(celsius):
    kelvin = celsius + 273.15
    made = 1e-6 * (kelvin / 293.15) ** 2 * np.exp(-1.21 / (2 * 8.617333262e-5) * (1 / kelvin - 1 / 293.15))
    assert at_reference(np.array([made]), np.array([celsius]))[0] == pytest.approx(1e-6)


def test_the_temperature_of_the_test_stands_in_where_the_file_has_none():
    measured = Sweep(np.array([1.0, 2.0]), np.array([1.0, 1.0]), np.array([20.0, np.nan]))
    assert list(reverse(measured, -9.0).temperature) == [20.0, -9.0]
    assert np.isnan(reverse(measured).current20[1])


# --- signs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bias_sign", [1, -1])
@pytest.mark.parametrize("current_sign", [1, -1])
def test_bias_and_current_grow_upwards(bias_sign, current_sign):
    found = reverse(sweep(bias_sign * VOLTS, current_sign * depleted(VOLTS)))
    assert (found.bias_sign, found.current_sign) == (bias_sign, current_sign)
    assert np.array_equal(found.bias, VOLTS)
    assert np.array_equal(found.current, depleted(VOLTS))


def test_a_little_of_the_other_sign_stays_the_other_sign():
    found = reverse(sweep([0.02, -10.0, -20.0], [1e-12, -1e-7, -2e-7]))
    assert found.bias[0] == -0.02
    assert found.current[0] == -1e-12


# --- compliance -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
@pytest.mark.parametrize("sign", [1, -1])
def test_a_clamped_current_is_held(order, sign):
    found = reverse(sweep(sign * VOLTS[order], sign * np.minimum(breaking(VOLTS), 1e-5)[order]))
    assert np.array_equal(found.held[order], VOLTS >= 270.0)
    assert found.limit == pytest.approx(1e-5)


def test_a_meter_that_lowers_its_voltage_in_compliance_is_seen():
    current = np.minimum(breaking(VOLTS), 1e-5)
    found = reverse(sweep(np.minimum(VOLTS, 265.0), current))
    assert list(np.flatnonzero(found.held)) == [27, 28, 29, 30]


@pytest.mark.parametrize(
    "current",
    [
        depleted(VOLTS),
        depleted(VOLTS, full=20.0) // 1e-8 * 1e-8,
        np.minimum(depleted(VOLTS), 1e-6),
        breaking(VOLTS),
        VOLTS * 1e-9,
        np.minimum(VOLTS, 100.0) * 1e-9,
        np.full(len(VOLTS), 1e-7),
        np.zeros(len(VOLTS)),
    ],
    ids=["depleted", "coarse digits", "flat", "breaking", "resistor", "resistor in a clamp", "constant", "nothing"],
)
def test_what_is_no_clamp_for_sure_is_none(current):
    assert reverse(sweep(VOLTS, current)).limit is None


# --- breakdown --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("compliance", [np.inf, 1e-5, 3e-5])
@pytest.mark.parametrize("order", [slice(None), slice(None, None, -1)])
def test_a_breakdown_is_found_where_the_slope_passes_four(compliance, order):
    found = breakdown(reverse(sweep(VOLTS[order], np.minimum(breaking(VOLTS), compliance)[order])))
    slopes = np.diff(np.log(breaking(VOLTS[1:]))) / np.diff(np.log(VOLTS[1:]))
    assert found == (VOLTS[1:-1][slopes > 4.0][0], VOLTS[2:][slopes > 4.0][0])


def test_one_leap_into_compliance_proves_a_breakdown_and_one_leap_alone_does_not():
    leap = np.where(VOLTS < 280.0, depleted(VOLTS), 1e-4)
    assert breakdown(reverse(sweep(VOLTS, leap))) == (270.0, 280.0)
    assert breakdown(reverse(sweep(VOLTS[:29], leap[:29]))) is None
    assert free_to(reverse(sweep(VOLTS[:29], leap[:29]))) is None


def test_a_sweep_that_does_not_break_down_is_free_to_its_end():
    assert free_to(reverse(sweep(-VOLTS, -depleted(VOLTS)))) == 300.0
    assert free_to(reverse(sweep(VOLTS, breaking(VOLTS)))) is None
    assert free_to(reverse(sweep(VOLTS[:4], depleted(VOLTS[:4])))) is None


@pytest.mark.parametrize(
    ("voltage", "current"),
    [
        (VOLTS, depleted(VOLTS)),
        (VOLTS, breaking(VOLTS, at=330.0, width=20.0)),
        (VOLTS, np.where(VOLTS == 150.0, 1e-4, depleted(VOLTS))),
        (VOLTS[-4:], breaking(VOLTS)[-4:]),
        (VOLTS, VOLTS * 1e-9),
        ([60.0], [1e-6]),
        ([], []),
    ],
    ids=["depleted", "soft", "spike", "too short", "resistor", "one point", "none"],
)
def test_a_breakdown_that_is_not_proven_is_not_told(voltage, current):
    assert breakdown(reverse(sweep(voltage, current))) is None


# --- at a voltage -----------------------------------------------------------------------------------------------------


def test_the_current_at_a_voltage_lies_between_its_neighbours():
    found = reverse(sweep(-VOLTS, -depleted(VOLTS), -9.0))
    assert current_at(found, 60.0) == depleted([60.0])[0]
    assert current_at(found, 65.0) == pytest.approx(depleted([65.0])[0], rel=1e-3)
    assert current_at(found, 60.0, scaled=True) == pytest.approx(17.07e-6, rel=1e-3)


@pytest.mark.parametrize("voltage", [310.0, -1.0, 125.0])
def test_outside_the_sweep_and_in_a_hole_there_is_no_current(voltage):
    kept = (VOLTS <= 110.0) | (VOLTS >= 150.0)
    found = reverse(sweep(VOLTS[kept], depleted(VOLTS[kept])))
    assert current_at(found, voltage) is None


def test_no_current_is_scaled_without_a_temperature():
    assert current_at(reverse(sweep(VOLTS, depleted(VOLTS))), 60.0, scaled=True) is None


@given(st.permutations([*range(12)]), st.integers(1, 12))
def test_the_way_up_ascends_whatever_the_order(order, length):
    values = np.array(order[:length], dtype=float)
    bias, current, held = way_up(reverse(sweep(values, values + 1.0)))
    assert len(bias) == len(current) == len(held) >= 1
    assert np.all(np.diff(bias) > 0.0)
    assert bias[-1] == values.max()
    assert np.array_equal(current, bias + 1.0)
