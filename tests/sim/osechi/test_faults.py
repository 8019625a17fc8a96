import math

import pytest

from scantrail.errors import InputError
from scantrail.sim import Faults, OsechiMachine, WriteFault, parse_write_fault, windows


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("all", WriteFault("refuse")),
        ("2", WriteFault("refuse", 2)),
        ("2:300", WriteFault("refuse", 2, 300)),
    ],
)
def test_a_write_fault_is_read_from_the_command_line(text, fault):
    assert parse_write_fault("refuse", text) == fault


@pytest.mark.parametrize("text", ["", "4", "0", "2:", "2:x", ":300", "2:300:1", "al"])
def test_another_text_is_refused_with_what_would_be_right(text):
    with pytest.raises(InputError, match="channel:threshold"):
        parse_write_fault("ignore", text)


@pytest.mark.parametrize(
    "bad",
    [
        {"debug": 1.1},
        {"garbage": -0.1},
        {"half_lines": math.nan},
        {"drop_bytes": 2.0},
        {"unplug": -1.0},
        {"freeze": math.nan},
        {"freeze": math.inf},
        {"drop_writes": -1},
    ],
)
def test_an_impossible_fault_is_refused(bad):
    with pytest.raises(InputError, match=next(iter(bad))):
        Faults(**bad)


def _window(machine, seconds=20.0):
    """Open a window at 1 s and close it after so many seconds; return everything the board sent."""
    machine.receive(b"SET_STREAM 0\n", 0.0)
    machine.emit(1.0)
    machine.receive(b"SET_STREAM 1\n", 1.0)
    output = machine.emit(1.0 + seconds)
    machine.receive(b"SET_STREAM 0\n", 1.0 + seconds)
    return output + machine.emit(2.0 + seconds)


def test_debug_lines_come_between_events_and_cost_none(busy, read_windows):
    machine = OsechiMachine(physics=busy, faults=Faults(debug=0.3))
    output = _window(machine)
    (window,) = windows(machine.log.records)
    assert output.count(b"DEBUG") > 100
    assert read_windows(output) == [window.channels]
    assert not window.lost


def test_garbage_comes_on_lines_of_its_own(busy, read_windows):
    machine = OsechiMachine(physics=busy, faults=Faults(garbage=0.3))
    output = _window(machine)
    (window,) = windows(machine.log.records)
    assert max(output) > 0x7F
    assert read_windows(output) == [window.channels]


@pytest.mark.parametrize("dialect", ["v1", "v2"])
def test_half_lines_are_no_events_and_are_accounted_for(dialect, quiet, busy, read_windows):
    machine = OsechiMachine(dialect, physics=busy, faults=Faults(half_lines=0.2))
    output = _window(machine)
    (window,) = windows(machine.log.records)
    short = [line for line in output.split(b"\r\n") if 0 < len(line) <= 5]
    assert len(short) == window.lost["half line"] > 50
    if dialect == "v1":
        assert read_windows(output) == [window.channels]


def test_dropped_bytes_break_lines_and_are_accounted_for(busy):
    machine = OsechiMachine(physics=busy, faults=Faults(drop_bytes=0.01))
    output = _window(machine, 100.0)
    (window,) = windows(machine.log.records)
    whole = OsechiMachine(physics=busy)
    _window(whole, 100.0)
    (perfect,) = windows(whole.log.records)
    assert window.events + window.lost["bytes dropped"] == perfect.events
    assert 0.2 < window.lost["bytes dropped"] / perfect.events < 0.4
    # some line ends are lost too, which glues two events; an acknowledgement never is
    lines = output.split(b"\n")
    assert max(len(line) for line in lines) > 45
    assert sum(line.startswith(b'{"type":"response"') for line in lines) == 2


def test_a_frozen_board_is_silent_and_deaf(busy):
    machine = OsechiMachine(physics=busy, faults=Faults(freeze=5.0))
    assert machine.emit(10.0)
    machine.receive(b"SET_STREAM 0\n", 11.0)
    assert machine.emit(20.0) == b""
    assert machine.next_due() is None
    assert not machine.unplugged(20.0)
    assert machine.log.records[-1]["effect"] == "frozen"


def test_an_unplugged_board_is_gone_from_that_second_on(busy):
    machine = OsechiMachine(physics=busy, faults=Faults(unplug=5.0))
    assert not machine.unplugged(4.999)
    assert machine.unplugged(5.0)
    machine.emit(4.9)
    due = machine.next_due()
    assert due is not None
    assert due <= 5.0


def test_a_quiet_board_is_still_looked_at_when_it_is_unplugged(quiet):
    machine = OsechiMachine(physics=quiet, faults=Faults(unplug=5.0))
    machine.receive(b"SET_STREAM 0\n", 0.0)
    machine.emit(1.0)
    assert machine.next_due() == 5.0


def test_faults_may_be_replaced_while_the_board_runs(quiet, talk):
    machine = OsechiMachine(physics=quiet)
    machine.faults = Faults(writes=(WriteFault("refuse"),))
    assert b'"error"' in talk(machine, b"SET_THRESHOLD 1 300\n", 0.0)
    machine.faults = Faults()
    assert b'"ok"' in talk(machine, b"SET_THRESHOLD 1 300\n", 2.0)
