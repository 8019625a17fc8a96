"""Derived columns: which columns a formula finds, and what dark readings do to them."""

import numpy as np
import pytest

from scantrail.daq import Measured, Quantity, with_derived


def scan(*detectors: Quantity) -> Measured:
    x = Quantity("BL02:SAMPLE:X", "um", "setpoint", np.arange(3.0))
    return Measured("linear", "", (x,), (), detectors, (3,), np.arange(3).reshape(3, 1))


I0 = Quantity("BL02:DET:I0", "", "i0", np.array([100.0, 200.0, 300.0]))
IT = Quantity("it", "counts/s", "itrans", np.array([10.0, 20.0, np.nan]))


@pytest.mark.parametrize("text", ["I0 / it", "i0/IT", "i0 / itrans", "I0/ITRANS"])
def test_a_column_is_called_by_its_name_its_pv_or_its_role(text: str) -> None:
    measured = with_derived(scan(I0, IT), {"ratio": text})
    (column,) = measured.derived
    assert (column.name, column.role) == ("ratio", "derived")
    np.testing.assert_array_equal(column.values, [10, 10, np.nan])
    assert measured.detectors == scan(I0, IT).detectors


def test_a_later_formula_may_name_an_earlier_one_and_an_axis() -> None:
    measured = with_derived(scan(I0), {"twice": "2 * i0", "more": "twice + X"})
    np.testing.assert_array_equal(measured.derived[1].values, [200, 401, 602])


def test_dark_readings_are_subtracted_and_the_raw_ones_kept() -> None:
    dark = Quantity("BL02:DET:I0", "", "i0", I0.values, dark=np.full(3, 50.0))
    measured = with_derived(scan(dark), {"net": "i0"})
    np.testing.assert_array_equal(measured.derived[0].values, [50, 150, 250])
    np.testing.assert_array_equal(measured.detectors[0].values, I0.values)


def test_what_this_scan_did_not_count_is_left_out_and_what_nobody_knows_is_told() -> None:
    measured = with_derived(scan(I0), {"mu": "ln(i0/it)", "odd": "i0/i1", "bad": "i0 +"}, known=("it",))
    assert measured.derived == ()
    assert measured.notes == (
        'there is no column odd: "i0/i1" names i1; this scan has I0, X',
        'there is no column bad: "i0 +" is no formula; one looks like ln(i0 / it)',
    )


def test_a_name_that_two_columns_have_is_refused() -> None:
    other = Quantity("BL03:DET:I0", "", "counts", I0.values)
    measured = with_derived(scan(I0, other), {"a": "I0"})
    assert measured.notes == ("there is no column a: I0 may be BL02:DET:I0 or BL03:DET:I0",)
