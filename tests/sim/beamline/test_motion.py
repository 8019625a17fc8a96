import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.sim.beamline.motion import MOTORS, RAMP, SETTLE, Motor

X, ENERGY = MOTORS[0], MOTORS[4]
positions = st.floats(-10000.0, 10000.0)


def test_the_motors_of_the_protocol():
    assert [(m.pv, m.low, m.high, m.speed, m.unit) for m in MOTORS] == [
        ("BL02:SAMPLE:X", -10000.0, 10000.0, 1000.0, "um"),
        ("BL02:SAMPLE:Y", -10000.0, 10000.0, 1000.0, "um"),
        ("BL02:SAMPLE:Z", -5000.0, 5000.0, 1000.0, "um"),
        ("BL02:SAMPLE:THETA", -180.0, 180.0, 10.0, "deg"),
        ("BL02:MONO:ENERGY", 4000.0, 20000.0, 100.0, "eV"),
    ]


def test_a_long_move_takes_distance_by_speed_and_a_ramp():
    motor = Motor(X)
    motor.move(1000.0, 5.0, 5.0)
    assert motor.idle_from == pytest.approx(5.0 + 1.0 + RAMP + SETTLE)
    assert motor.readback(5.0) == 0.0
    assert motor.readback(5.0 + (1.0 + RAMP) / 2) == pytest.approx(500.0)
    assert motor.readback(5.5) - motor.readback(5.4) == pytest.approx(100.0)
    assert motor.moving(motor.idle_from - 1e-9)
    assert not motor.moving(motor.idle_from)
    assert motor.readback(motor.idle_from) == motor.setpoint == 1000.0


@given(st.lists(st.tuples(positions, st.floats(0.0, 3.0)), min_size=1, max_size=5))
def test_the_readback_never_jumps_and_ends_at_the_target(moves):
    motor = Motor(X)
    now = 0.0
    for target, wait in moves:
        before = motor.readback(now)
        motor.move(target, now, now)
        assert motor.readback(now) == pytest.approx(before)
        steps = [now + wait * i / 50 for i in range(51)]
        places = [motor.readback(t) for t in steps]
        fastest = X.speed * wait / 50 + 2 * X.ringing
        assert all(abs(b - a) <= fastest + 1e-6 for a, b in pairwise(places))
        assert all(
            place <= motor.actual(t) <= place + X.backlash + 1e-9 for place, t in zip(places, steps, strict=True)
        )
        now += wait
    assert motor.readback(motor.idle_from) == moves[-1][0]


def test_it_rings_before_it_is_idle():
    motor = Motor(X)
    motor.move(100.0, 0.0, 0.0)
    ringing = [motor.readback(motor.idle_from - SETTLE * (1 - i / 20)) - 100.0 for i in range(20)]
    assert max(ringing) > 0.1
    assert min(ringing) < -0.01
    assert max(map(abs, ringing)) <= X.ringing


def test_backlash_shows_after_moves_downward():
    motor = Motor(X)
    motor.move(100.0, 0.0, 0.0)
    assert motor.actual(9.0) == 100.0
    motor.move(50.0, 10.0, 10.0)
    assert motor.readback(19.0) == 50.0
    assert motor.actual(19.0) == 50.0 + X.backlash
    motor.move(51.0, 20.0, 20.0)
    assert motor.actual(29.0) == 50.0 + X.backlash
    motor.move(60.0, 30.0, 30.0)
    assert motor.actual(39.0) == 60.0


def test_instant_motors_arrive_with_the_command():
    motor = Motor(X, instant=True)
    motor.move(-700.0, 3.0, 3.0)
    assert not motor.moving(3.0)
    assert motor.readback(3.0) == -700.0


def test_no_move_is_over_before_the_tick():
    motor = Motor(X, instant=True)
    motor.move(0.0, 3.0, 3.001)
    assert motor.moving(3.0)
    assert not motor.moving(3.001)


def test_a_limit_switch_stops_it_with_a_fault_and_lets_it_back():
    motor = Motor(X)
    motor.switch = 40.0
    motor.move(100.0, 0.0, 0.0)
    assert motor.moving(0.01)
    assert not motor.faulted(0.01)
    assert motor.faulted(9.0)
    assert motor.readback(9.0) == 40.0
    motor.move(30.0, 10.0, 10.0)
    assert not motor.faulted(19.0)
    assert motor.readback(19.0) == 30.0
    low = Motor(ENERGY)
    low.switch = 7000.0
    low.move(6000.0, 0.0, 0.0)
    assert low.readback(99.0) == 7000.0
    assert low.faulted(99.0)


def test_a_stuck_motor_moves_for_ever_but_can_be_told_to_stay():
    motor = Motor(X)
    motor.sticks = 312.4
    motor.move(500.0, 0.0, 0.0)
    assert motor.readback(1e6) == pytest.approx(312.4)
    assert motor.moving(1e6)
    assert motor.idle_from == math.inf
    motor.move(312.4, 1e6, 1e6)
    assert not motor.moving(1e6 + 1.0)
    motor.move(0.0, 2e6, 2e6)
    assert motor.moving(3e6)
