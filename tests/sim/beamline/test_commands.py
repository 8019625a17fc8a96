import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.sim import BeamlineMachine

X = "BL02:SAMPLE:X"


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("PING", "OK:PONG"),
        (" \tPING\r", "OK:PONG"),
        ("ping", "ERR:UNKNOWN_CMD"),
        ("", "ERR:UNKNOWN_CMD"),
        ("DANCE:1", "ERR:UNKNOWN_CMD"),
        (f"GET:{X}", "OK:0"),
        ("GET:BL02:MONO:ENERGY.RBV", "OK:7112"),
        (f"GET:{X}.DMOV", "OK:1"),
        ("GET:BL02:RING:CURRENT", "OK:400"),
        ("GET:BL02:SHUTTER:STATUS", "OK:1"),
        ("GET:bl02:sample:x", "ERR:UNKNOWN_PV"),
        ("GET:", "ERR:UNKNOWN_PV"),
        ("GET", "ERR:UNKNOWN_CMD"),
        (f"PUT:{X}:12.5", "OK:PUT"),
        (f"PUT:{X}:0x10", "OK:PUT"),
        (f"PUT:{X}: 3", "OK:PUT"),
        (f"PUT:{X}:10001", "ERR:INVALID_VALUE"),
        (f"PUT:{X}:nan", "ERR:INVALID_VALUE"),
        (f"PUT:{X}:-inf", "ERR:INVALID_VALUE"),
        (f"PUT:{X}:warm", "ERR:UNKNOWN_CMD"),
        (f"PUT:{X}:", "ERR:UNKNOWN_CMD"),
        ("PUT:5", "ERR:UNKNOWN_CMD"),
        ("PUT", "ERR:UNKNOWN_CMD"),
        ("PUT:BL02:NO:5", "ERR:UNKNOWN_PV"),
        (f"PUT:{X}.RBV:5", "ERR:INVALID_VALUE"),
        ("PUT:BL02:DET:I0:5", "ERR:INVALID_VALUE"),
        ("PUT:BL02:SHUTTER:CMD:2", "ERR:INVALID_VALUE"),
        ("PUT:BL02:DISC:CH2:VTH:300", "OK:PUT"),
        ("PUT:BL02:DISC:CH2:VTH:1024", "ERR:INVALID_VALUE"),
        (f"MOVE:{X}:-10000", "OK:MOVING"),
        (f"MOVE:{X}:-10000.1", "ERR:INVALID_VALUE"),
        (f"MOVE:{X}:nan", "ERR:INVALID_VALUE"),
        (f"MOVE:{X}:x", "ERR:UNKNOWN_CMD"),
        ("MOVE:BL02:NO:1", "ERR:INVALID_VALUE"),
        ("MOVE:BL02:DET:I0:1", "ERR:INVALID_VALUE"),
        (f"STATUS:{X}", "OK:IDLE"),
        ("STATUS:BL02:DET:I0", "ERR:UNKNOWN_PV"),
        ("STATUS", "ERR:UNKNOWN_CMD"),
        ("LIST:BL02:DET:*", "OK:BL02:DET:I0,BL02:DET:IT,BL02:DET:IF"),
        ("LIST:*.RBV", f"OK:{X}.RBV,BL02:SAMPLE:Y.RBV,BL02:SAMPLE:Z.RBV,BL02:SAMPLE:THETA.RBV,BL02:MONO:ENERGY.RBV"),
        ("LIST:bl02*", "OK"),
        ("MONITOR:BL02:DET:I0:500", "OK:MONITORING"),
        ("MONITOR:BL02:NO:500", "ERR:UNKNOWN_PV"),
        ("MONITOR:BL02:DET:I0:often", "ERR:UNKNOWN_CMD"),
        ("MONITOR:BL02:DET:I0:0", "ERR:INVALID_VALUE"),
        ("MONITOR:BL02:DET:I0", "ERR:UNKNOWN_CMD"),
        ("STOP", "OK:STOPPED"),
        ("QUIT", "OK:BYE"),
    ],
)
def test_every_command_as_the_protocol_says(make, ask, line, reply):
    machine, _ = make()
    assert ask(machine.open(0.0), 0.0, line)[0] == reply


def test_numbers_have_six_digits(make, ask):
    machine, _ = make(instant=True)
    session = machine.open(0.0)
    assert ask(session, 0.0, "MOVE:BL02:MONO:ENERGY:12345.678", "GET:BL02:MONO:ENERGY.RBV") == [
        "OK:MOVING",
        "OK:12345.7",
    ]


def test_put_to_a_setpoint_is_a_move(make, ask):
    machine, _ = make()
    session = machine.open(0.0)
    assert ask(session, 0.0, f"PUT:{X}:100", f"STATUS:{X}", f"GET:{X}.DMOV", f"GET:{X}") == [
        "OK:PUT",
        "OK:MOVING",
        "OK:0",
        "OK:100",
    ]
    assert ask(session, 1.0, f"STATUS:{X}", f"GET:{X}.DMOV", f"GET:{X}.RBV") == ["OK:IDLE", "OK:1", "OK:100"]


def test_a_limit_switch_is_a_motor_fault(make, ask):
    machine, _ = make(switch={X: 40.0})
    session = machine.open(0.0)
    assert ask(session, 0.0, f"MOVE:{X}:100", f"STATUS:{X}") == ["OK:MOVING", "OK:MOVING"]
    assert ask(session, 1.0, f"STATUS:{X}", f"GET:{X}.RBV") == ["ERR:MOTOR_FAULT", "OK:40"]


def test_the_shutter_cuts_the_beam(make, ask):
    machine, _ = make()
    session = machine.open(0.0)
    assert ask(session, 1.0, "PUT:BL02:SHUTTER:CMD:0", "GET:BL02:SHUTTER:CMD", "GET:BL02:SHUTTER:STATUS") == [
        "OK:PUT",
        "OK:0",
        "OK:1",
    ]
    assert ask(session, 1.1, "GET:BL02:SHUTTER:STATUS") == ["OK:0"]
    assert float(ask(session, 3.0, "GET:BL02:DET:I0")[0][3:]) == pytest.approx(150.0, abs=60.0)


def counts(session, ask, now, pv="BL02:DET:I0"):
    return float(ask(session, now, f"GET:{pv}")[0].removeprefix("OK:"))


def windows(values, rate):
    """The window [s] over which each reading averaged, from the scatter of many."""
    return rate / (sum((value - rate) ** 2 for value in values) / len(values))


@pytest.mark.parametrize(("every", "window"), [(0.1, 0.1), (3.0, 1.0), (0.001, 0.01)])
def test_counts_scatter_like_those_of_the_time_since_the_last_reading(make, ask, every, window):
    machine, _ = make()
    session = machine.open(0.0)
    readings = [counts(session, ask, 10.0 + i * every, "BL02:DISC:CH1:RATE") for i in range(600)]
    mean = sum(readings) / len(readings)
    assert windows(readings[1:], mean) == pytest.approx(window, rel=0.25)


def test_another_clients_reading_does_not_shorten_ours(make, ask):
    machine, _ = make()
    one, other = machine.open(0.0), machine.open(0.0)
    values = []
    for i in range(400):
        values.append(counts(one, ask, 600.0 * i, "BL02:DISC:CH1:RATE"))
        counts(other, ask, 600.0 * i - 0.02, "BL02:DISC:CH1:RATE")
    assert windows(values, sum(values) / len(values)) == pytest.approx(1.0, rel=0.3)


def test_a_move_starts_the_counting_anew(make, ask):
    machine, _ = make(instant=True)
    session = machine.open(0.0)
    values = []
    for i in range(400):
        ask(session, 600.0 * i, f"MOVE:{X}:{i % 7}")
        values.append(counts(session, ask, 600.0 * i + 0.05))
    assert windows(values, sum(values) / len(values)) == pytest.approx(0.05, rel=0.3)


def test_thresholds_cut_the_rate(make, ask):
    machine, _ = make()
    session = machine.open(0.0)
    rates = {}
    for i, threshold in enumerate((200, 300, 350, 1010)):
        ask(session, 10.0 * i, f"PUT:BL02:DISC:CH1:VTH:{threshold}")
        rates[threshold] = counts(session, ask, 10.0 * i + 1.0, "BL02:DISC:CH1:RATE")
    assert rates[200] == pytest.approx(1e5, rel=0.05)
    assert rates[300] == pytest.approx(5e4, rel=0.05)
    assert 300.0 < rates[350] < 1500.0
    assert rates[1010] == 0.0


def test_the_same_seed_counts_the_same(make, ask):
    def readings(seed):
        session = make(seed=seed)[0].open(0.0)
        return [counts(session, ask, 0.1 * i) for i in range(5)]

    assert readings(4) == readings(4) != readings(5)


@given(st.lists(st.binary(max_size=60), max_size=10))
def test_any_line_gets_one_answer(lines):
    session = BeamlineMachine(seed=1, instant=True).open(0.0)
    whole = [line.replace(b"\n", b"") for line in lines if b"QUIT" not in line and b"MONITOR" not in line]
    session.receive(b"".join(line + b"\n" for line in whole), 0.0)
    answers = session.emit(0.0).split(b"\n")
    assert len(answers) == len(whole) + 1
    assert all(answer.startswith((b"OK", b"ERR:")) for answer in answers[:-1])
