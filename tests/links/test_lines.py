import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.links.lines import LONGEST_LINE, LONGEST_REPLY, LONGEST_WRITE, LineBuffer, batches

lines = st.lists(st.binary(min_size=1, max_size=LONGEST_LINE).map(lambda data: data.replace(b"\n", b" ") + b"\n"))


@given(lines)
def test_batches_hold_every_line_whole_and_in_order(requests):
    found = list(batches(requests))
    assert b"".join(data for data, _ in found) == b"".join(requests)
    for data, count in found:
        assert len(data) <= LONGEST_WRITE
        assert data.endswith(b"\n")
        assert data.count(b"\n") == count


@given(lines)
def test_no_two_neighbouring_batches_fit_into_one(requests):
    sizes = [len(data) for data, _ in batches(requests)]
    firsts = []
    rest = list(requests)
    for _, count in batches(requests):
        firsts.append(len(rest[0]))
        rest = rest[count:]
    assert all(size + first > LONGEST_WRITE for size, first in zip(sizes, firsts[1:], strict=False))


def test_sixteen_names_take_one_write():
    assert len(list(batches([b"GET:BL02:SAMPLE:THETA.RBV\n"] * 39))) == 1


@given(st.lists(st.binary(max_size=40)), st.integers(1, 7))
def test_lines_are_the_same_however_they_are_cut(chunks, size):
    data = b"".join(chunks)
    whole, pieces = LineBuffer(), LineBuffer()
    expected = whole.feed(data)
    got = [line for start in range(0, len(data), size) for line in pieces.feed(data[start : start + size])]
    assert got == expected
    assert pieces.rest == whole.rest
    assert b"".join(line + b"\n" for line in got) + pieces.rest == data


def test_a_line_without_an_end_is_given_up():
    with pytest.raises(OverflowError):
        LineBuffer().feed(b"x" * (LONGEST_REPLY + 1))
