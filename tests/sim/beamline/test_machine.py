from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.errors import InputError
from scantrail.sim import BeamlineFaults, BeamlineMachine
from scantrail.sim.beamline import parse_at

X = "BL02:SAMPLE:X"
TALK = (
    f"PING\nGET:{X}\r\n  MOVE:{X}:5\nSTATUS:{X}\nGET:BL02:DET:I0\nnonsense\n\nLIST:BL02:DET:*\nPUT:{X}:1\nGET:{X}.RBV\n"
).encode()


def replies(pieces):
    session = BeamlineMachine(seed=1, instant=True).open(0.0)
    out = b""
    for piece in pieces:
        session.receive(piece, 1.0)
        out += session.emit(1.0)
    return out


@given(st.lists(st.integers(0, len(TALK)), max_size=12))
def test_answers_are_the_same_however_the_input_is_cut(cuts):
    ends = [0, *sorted(cuts), len(TALK)]
    assert replies(TALK[a:b] for a, b in pairwise(ends)) == replies([TALK])


def test_a_line_that_is_too_long_resets(make):
    machine, _ = make()
    for data in (b"x" * 1023 + b"\n", b"x" * 1023):
        session = machine.open(0.0)
        session.receive(data, 0.0)
        assert session.emit(0.0) == b""
        assert session.ended == "reset"
    session = machine.open(0.0)
    session.receive(b"x" * 1022 + b"\n", 0.0)
    assert session.emit(0.0) == b"ERR:UNKNOWN_CMD\n"
    assert not session.ended


def test_quit_ends_after_its_answer(make):
    session = make()[0].open(0.0)
    session.receive(b"PING\nQUIT\nPING\n", 0.0)
    assert session.emit(0.0) == b"OK:PONG\nOK:BYE\n"
    assert session.ended == "quit"
    assert session.next_due() is None


def test_answers_come_once_a_tick(make):
    session = make(tick=0.001, instant=True)[0].open(0.0)
    session.receive(f"MOVE:{X}:0\n".encode(), 5.0002)
    session.receive(f"STATUS:{X}\n".encode(), 5.0004)
    assert session.emit(5.0005) == b""
    assert session.next_due() == pytest.approx(5.001)
    assert session.emit(5.00101) == b"OK:MOVING\nOK:MOVING\n"
    session.receive(f"STATUS:{X}\n".encode(), 5.0015)
    assert session.emit(5.00202) == b"OK:IDLE\n"
    assert session.next_due() is None


def test_without_a_tick_an_instant_motor_is_idle_in_the_same_round_trip(make):
    session = make(instant=True)[0].open(0.0)
    session.receive(f"MOVE:{X}:5\nSTATUS:{X}\n".encode(), 1.0)
    assert session.emit(1.0) == b"OK:MOVING\nOK:IDLE\n"


def test_monitoring(make, ask):
    machine, _ = make(instant=True)
    session = machine.open(0.0)
    assert ask(session, 1.0, f"MONITOR:{X}:10") == ["OK:MONITORING", "DATA:0"]
    assert session.next_due() == pytest.approx(1.1)
    assert session.emit(1.05) == b""
    assert ask(session, 1.06, f"MOVE:{X}:7") == ["OK:MOVING"]
    assert session.emit(1.1) == b"DATA:7\n"
    # what could not be sent in time is not sent twice
    assert session.emit(9.0) == b"DATA:7\n"
    assert session.emit(9.0) == b""
    assert ask(session, 9.01, "MONITOR:BL02:SHUTTER:CMD:250") == ["OK:MONITORING", "DATA:1"]
    assert session.next_due() == pytest.approx(9.26)
    assert ask(session, 9.02, "STOP", "STOP") == ["OK:STOPPED", "OK:STOPPED"]
    assert session.next_due() is None


def test_slow_answers(make, ask):
    session = make(slow=0.5)[0].open(0.0)
    assert ask(session, 1.0, "PING") == []
    assert session.next_due() == 1.5
    assert session.emit(1.5) == b"OK:PONG\n"


def test_silence_after_so_many_commands(make, ask):
    machine, _ = make(silent=2, instant=True)
    session = machine.open(0.0)
    assert ask(session, 0.0, "PING", "PING", f"MOVE:{X}:5") == ["OK:PONG", "OK:PONG"]
    assert ask(machine.open(1.0), 1.0, f"GET:{X}") == []
    assert machine.instruments.motors[X].setpoint == 0.0


def test_an_answer_cut_in_its_middle(make, ask):
    session = make(cut=2)[0].open(0.0)
    session.receive(b"PING\nPING\nPING\n", 0.0)
    assert session.emit(0.0) == b"OK:PONG\nOK:"
    assert session.ended == "cut"


def test_refused_commands(make, ask):
    session = make(refuse={"BL02:DET:I0": 1, X: 2}, instant=True)[0].open(0.0)
    assert ask(session, 0.0, "GET:BL02:DET:I0", f"GET:{X}", f"MOVE:{X}:1", f"PUT:{X}:2", f"STATUS:{X}") == [
        "ERR:INTERNAL",
        "OK:0",
        "ERR:INTERNAL",
        "OK:PUT",
        "ERR:INTERNAL",
    ]
    assert ask(session, 0.0, "GET:BL02:DET:I0", "PING") == ["ERR:INTERNAL", "OK:PONG"]


def test_a_lost_beam(make, ask):
    session = make(lost=(10.0, 5.0))[0].open(0.0)
    assert ask(session, 12.0, "GET:BL02:RING:CURRENT") == ["OK:0"]
    assert ask(session, 20.0, "GET:BL02:RING:CURRENT") != ["OK:0"]


@pytest.mark.parametrize(
    "given",
    [{"slow": -1.0}, {"slow": float("nan")}, {"silent": -1}, {"cut": 0}, {"refuse": {X: 0}}, {"lost": (0.0, -1.0)}],
)
def test_faults_that_make_no_sense(given):
    with pytest.raises(InputError, match="fault"):
        BeamlineFaults(**given)


def test_faults_of_motors_that_are_none(make):
    with pytest.raises(InputError, match=r"BL02:DET:I0 is no motor; the motors are BL02:SAMPLE:X"):
        make(stick={"BL02:DET:I0": 1.0})
    with pytest.raises(InputError, match="finite position"):
        make(switch={X: float("inf")})


def test_faults_from_text():
    assert parse_at("--stick", f"{X}=12.5") == (X, 12.5)
    assert parse_at("--refuse", X, 1.0) == (X, 1.0)
    for text in (X, f"{X}=", f"{X}=far"):
        with pytest.raises(InputError, match="write PV=NUMBER"):
            parse_at("--stick", text)


def test_the_log_and_the_counts_say_what_was_asked(make, ask):
    machine, log = make(instant=True)
    one, other = machine.open(0.0), machine.open(0.1)
    ask(one, 0.2, f"MOVE:{X}:5", f"STATUS:{X}")
    ask(other, 0.3, "PING")
    machine.close(0.4)
    records = log.records
    assert [record["what"] for record in records] == ["start", "open", "open", *["command"] * 3, "end"]
    assert records[0]["truth"]["edge"] == pytest.approx(7110.8, abs=0.2)
    assert [(r["connection"], r["turn"], r["text"], r["reply"]) for r in records if r["what"] == "command"] == [
        (1, 1, f"MOVE:{X}:5", "OK:MOVING"),
        (1, 1, f"STATUS:{X}", "OK:IDLE"),
        (2, 2, "PING", "OK:PONG"),
    ]
    assert records[-1]["commands"] == {"MOVE": 1, "STATUS": 1, "PING": 1}
    assert (records[-1]["turns"], records[-1]["connections"]) == (2, 2)
    assert machine.turns == 2
