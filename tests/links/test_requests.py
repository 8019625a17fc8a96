import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.errors import InputError, ProtocolError, ValueRefused
from scantrail.links import requests


@pytest.mark.parametrize("name", ["", "A\nGET:B", "A\r", " A", "A ", "A\tB", "A\x00", "\u2028", "B" * 1020])
def test_a_name_that_is_no_single_line_is_refused(name):
    with pytest.raises(InputError):
        requests.about("GET", name)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, "nan", "warm", None, 1j])
def test_what_is_no_finite_number_is_refused(value):
    with pytest.raises(ValueRefused, match="BL02:SAMPLE:X takes a") as caught:
        requests.with_value("MOVE", "BL02:SAMPLE:X", value)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, ProtocolError)


@pytest.mark.parametrize(
    ("value", "text"), [(500.0, b"500"), (-0.5, b"-0.5"), (7112, b"7112"), (np.float32(0.25), b"0.25"), ("12", b"12")]
)
def test_values_are_short(value, text):
    assert requests.with_value("MOVE", "A:B", value) == b"MOVE:A:B:" + text + b"\n"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_values_keep_all_their_digits(value):
    line = requests.with_value("PUT", "A:B", value)
    assert float(line.removeprefix(b"PUT:A:B:")) == value


@given(st.text())
def test_whatever_passes_is_one_line(text):
    try:
        line = requests.about("GET", text)
    except InputError:
        return
    assert line.startswith(b"GET:")
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert line.strip() == line[:-1]


def test_the_requests_of_a_batch_can_be_told():
    assert requests.requested(requests.about_all("GET", ("A:B", "C"))) == ["GET:A:B", "GET:C"]
