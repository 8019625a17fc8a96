import ctypes
import math

from hypothesis import given
from hypothesis import strategies as st

from scantrail.sim.beamline.numbers import parsed, shown

LIBC = ctypes.CDLL(None)
LIBC.strtod.restype = ctypes.c_double
LIBC.strtod.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p)]


def strtod(text: str) -> float | None:
    """What C makes of it, None if anything but spaces is left over."""
    buffer = ctypes.create_string_buffer(text.encode())
    end = ctypes.c_char_p()
    value = LIBC.strtod(ctypes.cast(buffer, ctypes.c_char_p), ctypes.byref(end))
    rest = end.value
    return None if rest == text.encode() or rest.strip() else value


@given(st.floats() | st.integers(-(10**9), 10**9))
def test_numbers_leave_as_in_c(value):
    buffer = ctypes.create_string_buffer(64)
    LIBC.snprintf(buffer, 64, b"%.6g", ctypes.c_double(value))
    # the sign of nan is the machine's affair
    assert shown(value) == (buffer.value.decode().lstrip("-") if math.isnan(value) else buffer.value.decode())


@given(
    st.floats().map(repr)
    | st.floats().map(float.hex)
    | st.from_regex(r"[ +-]?[0-9.]{0,5}([eExXpP][+-]?[0-9a-f]{0,3})?", fullmatch=True)
    | st.sampled_from(["inf", "-Infinity", "NAN", "infin", "1_0", "", ".", "+", "0x", "1e", "١"])
)
def test_numbers_come_in_as_in_c(text):
    expected = strtod(text)
    found = parsed(text)
    assert (found is None) == (expected is None)
    if found is not None:
        assert found == expected or (math.isnan(found) and math.isnan(expected))
