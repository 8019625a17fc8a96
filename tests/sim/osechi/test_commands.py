"""Every exchange, byte for byte."""

import pytest

from scantrail.sim import Faults, OsechiMachine, WriteFault

V1 = [
    (b"SET_THRESHOLD 1 280\n", b'{"type":"response","status":"ok","channel":1,"threshold":280}\r\n'),
    (b"SET_THRESHOLD 3 1023\r\n", b'{"type":"response","status":"ok","channel":3,"threshold":1023}\r\n'),
    (b"SET_THRESHOLD 1 0\n", b'{"type":"response","status":"error","channel":1,"threshold":0}\r\n'),
    (b"SET_THRESHOLD 1 1024\n", b'{"type":"response","status":"error","channel":1,"threshold":1024}\r\n'),
    (b"SET_THRESHOLD 4 300\n", b'{"type":"response","status":"error","channel":4,"threshold":300}\r\n'),
    (b"SET_THRESHOLD 1 two\n", b'{"type":"response","status":"error"}\r\n'),
    (b"SET_THRESHOLD 1\n", b'{"type":"response","status":"error"}\r\n'),
    (b"SET_STREAM 0\n", b'{"type":"response","status":"ok","stream":0}\r\n'),
    (b"SET_STREAM 1\n", b'{"type":"response","status":"ok","stream":1}\r\n'),
    (b"SET_STREAM 2\n", b'{"type":"response","status":"error"}\r\n'),
    (b"SET_RTC_TIME 1748012345\n", b'{"type":"response","status":"ok","rtc_time":1748012345}\r\n'),
    (b"GET_MAC_ADDRESS\n", b'{"type":"response","status":"ok","mac_address":"24:6f:28:ae:52:7c"}\r\n'),
    (
        b"GET_HEADERS\n",
        b'{"type":"response","status":"ok","headers":["hit1","hit2","hit3","adc","tmp_c","atm_pa","hmd_pct"]}\r\n',
    ),
    # unknown to this firmware, and so unanswered
    (b"GET_VERSION\n", b""),
    (b"SET_DEADTIME 5\n", b""),
    (b"GET_BUFFER_STATS\n", b""),
    (b"\n", b""),
    (b"SET_THRESHOLD 1 280", b""),
]
V2 = [
    (b"SET_THRESHOLD 2 310\n", b'{"type":"response","status":"ok","channel":2,"threshold":310}\r\n'),
    (b"SET_STREAM 1\n", b'{"type":"response","status":"ok","stream":1}\r\n'),
    (b"GET_VERSION\n", b'{"type":"response","status":"ok","version":"2.6.0"}\r\n'),
    (
        b"GET_STATUS\n",
        b'{"type":"response","status":"ok","uptime_ms":1000,"streaming":1,"deadtime_ms":0,"poll_count":10}\r\n',
    ),
    (b"GET_QUEUE_STATS\n", b'{"type":"response","status":"ok","queue_depth":0,"queue_capacity":10}\r\n'),
    (
        b"GET_BUFFER_STATS\n",
        b'{"type":"response","status":"ok","total_events":0,"queue_overflows":0,"current_depth":0,"max_depth":0}\r\n',
    ),
    (b"SET_DEADTIME 60000\n", b'{"type":"response","status":"ok","deadtime_ms":60000}\r\n'),
    (b"SET_POLL_COUNT 5\n", b'{"type":"response","status":"ok","poll_count":5}\r\n'),
    (
        b"SET_DEADTIME 60001\n",
        b'{"type":"response","status":"error","error_code":2,"error_message":"Dead time out of range (0-60000)"}\r\n',
    ),
    (
        b"SET_POLL_COUNT 0\n",
        b'{"type":"response","status":"error","error_code":2,"error_message":"Poll count out of range (1-10)"}\r\n',
    ),
    (
        b"SET_THRESHOLD 1 0\n",
        b'{"type":"response","status":"error","channel":1,"threshold":0,'
        b'"error_code":2,"error_message":"Threshold out of range (1-1023)"}\r\n',
    ),
    (
        b"HELLO\n",
        b'{"type":"response","status":"error","error_code":1,"error_message":"Invalid command"}\r\n',
    ),
    (
        b"GET_STATUS 1\n",
        b'{"type":"response","status":"error","error_code":1,"error_message":"Invalid argument"}\r\n',
    ),
]
LEGACY = [
    # 280 = 4 * 64 + 24
    (bytes([1, 0x14, 24 << 2, 10]), b"1\r\n20\r\n96\r\n"),
    (bytes([3, 0x1F, 0xFC, 10]), b"3\r\n31\r\n252\r\n"),
    # a low byte that is white space: 8 << 2
    (bytes([2, 0x14, 0x20, 10]), b"2\r\n20\r\n32\r\n"),
    (bytes([4, 0x14, 96, 10]), b"dame\r\n0\r\n0\r\n"),
    (bytes([1, 0x10, 0, 10]), b"dame\r\n0\r\n0\r\n"),
    (bytes([1, 0x14, 97, 10]), b"dame\r\n0\r\n0\r\n"),
    (b"SET_STREAM 0\n", b"dame\r\n0\r\n0\r\n"),
    (b"GET_VERSION\n", b"dame\r\n0\r\n0\r\n"),
]


@pytest.mark.parametrize(("sent", "reply"), V1)
def test_v1(sent, reply, talk, quiet):
    assert talk(OsechiMachine("v1", physics=quiet), sent, 1.0) == reply


@pytest.mark.parametrize(("sent", "reply"), V2)
def test_v2(sent, reply, talk, quiet):
    assert talk(OsechiMachine("v2", physics=quiet), sent, 1.0) == reply


@pytest.mark.parametrize(("sent", "reply"), LEGACY)
def test_legacy(sent, reply, talk, quiet):
    assert talk(OsechiMachine("legacy", physics=quiet), sent, 1.0) == reply


def test_a_write_changes_its_own_channel_alone(talk, quiet):
    machine = OsechiMachine(physics=quiet)
    talk(machine, b"SET_THRESHOLD 2 310\n", 0.0)
    assert machine.board.thresholds == {1: 400, 2: 310, 3: 400}


def test_a_legacy_write_sets_all_ten_bits(talk, quiet):
    machine = OsechiMachine("legacy", physics=quiet)
    for value in (1, 63, 64, 280, 1023):
        talk(machine, bytes([1, 0x10 + (value >> 6), (value << 2) & 0xFF, 10]), 0.0)
        assert machine.board.thresholds[1] == value


REFUSE = Faults(writes=(WriteFault("refuse", 2, 310),))


def test_a_refused_write_says_so_and_changes_nothing(talk, quiet):
    v1 = OsechiMachine("v1", physics=quiet, faults=REFUSE)
    assert talk(v1, b"SET_THRESHOLD 2 310\n", 0.0) == (
        b'{"type":"response","status":"error","channel":2,"threshold":310}\r\n'
    )
    v2 = OsechiMachine("v2", physics=quiet, faults=REFUSE)
    assert talk(v2, b"SET_THRESHOLD 2 310\n", 0.0) == (
        b'{"type":"response","status":"error","channel":2,"threshold":310,'
        b'"error_code":3,"error_message":"Threshold not written"}\r\n'
    )
    legacy = OsechiMachine("legacy", physics=quiet, faults=REFUSE)
    assert talk(legacy, bytes([2, 0x14, 54 << 2, 10]), 0.0) == b"dame\r\n0\r\n0\r\n"
    for machine in (v1, v2, legacy):
        assert machine.board.thresholds[2] == 400


def test_a_fault_of_one_value_leaves_the_others_alone(talk, quiet):
    machine = OsechiMachine(physics=quiet, faults=REFUSE)
    assert b'"ok"' in talk(machine, b"SET_THRESHOLD 2 311\n", 0.0)
    assert b'"ok"' in talk(machine, b"SET_THRESHOLD 1 310\n", 2.0)


def test_an_ignored_write_is_neither_taken_nor_answered(talk, quiet):
    machine = OsechiMachine(physics=quiet, faults=Faults(writes=(WriteFault("ignore", 1),)))
    assert talk(machine, b"SET_THRESHOLD 1 280\n", 0.0) == b""
    assert machine.board.thresholds[1] == 400
    assert b'"ok"' in talk(machine, b"SET_THRESHOLD 2 280\n", 2.0)


def test_a_corrupted_reply_is_torn_but_the_threshold_is_in_force(talk, quiet):
    machine = OsechiMachine(physics=quiet, faults=Faults(writes=(WriteFault("corrupt"),)))
    assert talk(machine, b"SET_THRESHOLD 1 280\n", 0.0) == b'{"type":"response","status":"ok\xfe\r\n'
    assert machine.board.thresholds[1] == 280


def test_the_first_writes_are_dropped_and_the_next_is_taken(talk, quiet):
    machine = OsechiMachine(physics=quiet, faults=Faults(drop_writes=2))
    replies = [talk(machine, b"SET_THRESHOLD 1 280\n", float(2 * i)) for i in range(3)]
    assert replies == [b"", b"", b'{"type":"response","status":"ok","channel":1,"threshold":280}\r\n']


def test_the_clock_of_the_board_is_set_by_the_client(talk, busy):
    machine = OsechiMachine("v2", physics=busy)
    talk(machine, b"SET_RTC_TIME 1748000000\n", 0.0)
    assert b'"detected_us":17480000' in machine.emit(3.0)
