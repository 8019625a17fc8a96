"""Formulas of columns: what they give, and what they refuse."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.daq.formula import parse_formula
from scantrail.errors import InputError

I0, IT = np.array([1000.0, 2000.0, 0.0]), np.array([500.0, 500.0, 500.0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ln(i0/it)", [math.log(2), math.log(4), math.nan]),
        ("-ln(it / i0)", [math.log(2), math.log(4), math.nan]),
        ("it/i0", [0.5, 0.25, math.nan]),
        ("(it - 100) * 1e-2 ** 1", [4, 4, 4]),
        ("abs(-i0) + sqrt(exp(0)) + log10(1)", [1001, 2001, 1]),
        ("if", [7, 7, 7]),
    ],
)
def test_a_formula_is_evaluated_point_by_point(text: str, expected: list[float]) -> None:
    found = parse_formula(text).evaluate({"i0": I0, "it": IT, "if": np.full(3, 7.0)})
    np.testing.assert_allclose(found, expected)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "is no formula"),
        ("i0 /", "is no formula"),
        ("1 + 2", "names no column"),
        ("sin(i0)", "there is no function sin; there are ln, log10, exp, sqrt, abs"),
        ("i0^2", r"a power is written with \*\*"),
        ("i0.real", "i0.real has no place in a formula"),
        ("i0[0]", r"i0\[0\] has no place"),
        ("__import__('os').system('true')", "has no place"),
        ("ln(i0, it)", "has no place"),
        ("ln(i0, base=2)", "has no place"),
        ("lambda: i0", "is no formula"),
        ("i0 if it else 0", "is no formula"),
        ("'i0'", "has no place"),
        ("(" * 150 + "i0", "is no formula"),
        ("x" * 201, "has 201 characters"),
    ],
)
def test_what_is_no_arithmetic_of_columns_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        parse_formula(text).evaluate({})


def test_a_huge_power_is_no_answer_and_takes_no_time() -> None:
    assert np.isnan(parse_formula("i0 * 9**9**9**9").evaluate({"i0": I0})).all()


@given(st.text(max_size=60))
def test_any_text_is_a_formula_or_refused(text: str) -> None:
    try:
        formula = parse_formula(text)
    except InputError:
        return
    assert formula.evaluate(dict.fromkeys(formula.names, I0)).shape == (3,)


words = st.sampled_from(["i0", "it", "2", "0.5", "ln(i0)", "(i0 + it)"])


@given(st.lists(words, min_size=2, max_size=6), st.sampled_from("+-*/"))
def test_arithmetic_is_that_of_numpy(parts: list[str], sign: str) -> None:
    text = f" {sign} ".join(["i0", *parts])
    with np.errstate(all="ignore"):
        expected = eval(text, {"i0": I0, "it": IT, "ln": np.log})
    expected = np.where(np.isfinite(expected), expected, np.nan)
    np.testing.assert_allclose(parse_formula(text).evaluate({"i0": I0, "it": IT}), expected)
