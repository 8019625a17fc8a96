import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.runs.documents import encode, new_uid
from scantrail.runs.event_line import EventLine

VALUES = st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans(), st.floats().map(np.float64))
ROWS = st.dictionaries(st.text(), VALUES, max_size=6)


def document(uid: str, number: int, time: float, data: dict) -> dict:
    """The document of an event, built as a whole."""
    return {
        "uid": f"{uid[:24]}{number:012x}",
        "descriptor": uid,
        "seq_num": number,
        "time": time,
        "data": data,
        "timestamps": dict.fromkeys(data, time),
        "filled": {},
    }


@given(ROWS, st.integers(1, 2**47), st.floats(0.0, 4e9))
def test_a_line_is_the_document_encoded(data: dict, number: int, time: float) -> None:
    uid = new_uid()
    assert EventLine(uid, data).encode(number, time, data) == encode("event", document(uid, number, time, data))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float64("nan")])
def test_what_json_lacks_is_null(value: float) -> None:
    assert b'"data":{"x":null}' in EventLine(new_uid(), ["x"]).encode(1, 2.0, {"x": value})


def test_a_column_that_is_missing_is_refused() -> None:
    with pytest.raises(KeyError):
        EventLine(new_uid(), ["x", "y"]).encode(1, 2.0, {"x": 1})
