import pytest

from scantrail.sim.osechi.uart import Line, Uart


def test_a_line_leaves_when_its_last_byte_is_sent():
    uart = Uart(115200)
    uart.push(Line(b"x" * 1152), 5.0)
    assert uart.next_due == pytest.approx(5.1)
    assert uart.take(5.09) == []
    assert uart.depth(5.09) == 1
    assert uart.take(5.11) == [Line(b"x" * 1152)]
    assert uart.next_due is None


def test_lines_wait_for_each_other_and_keep_their_order():
    uart = Uart(11520)
    uart.push(Line(b"a" * 1152), 0.0)
    uart.push(Line(b"b" * 1152), 0.1)
    assert uart.depth(0.5) == 2
    assert uart.depth(1.5) == 1
    assert uart.next_due == 0.0
    assert [line.data[:1] for line in uart.take(2.5)] == [b"a", b"b"]


def test_the_rest_is_everything_not_taken():
    uart = Uart(115200)
    uart.push(Line(b"sent"), 0.0)
    uart.push(Line(b"x" * 20000), 0.0)
    uart.depth(1.0)
    assert [len(line.data) for line in uart.rest()] == [4, 20000]
    assert uart.rest() == []
