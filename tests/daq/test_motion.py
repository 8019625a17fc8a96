"""What moves when, by the account of a client that notes every call."""

from pathlib import Path

import pytest

from scantrail.daq import LinearScanConfig, ListScanConfig, Setting, take
from scantrail.daq.pace import CEILING, FIRST, pause
from scantrail.errors import ProtocolError, ReplyTimeout
from scantrail.runs import RunWriter, ask, directories
from scantrail.station import Station

X = "BL02:SAMPLE:X"


def station(**motor: object) -> Station:
    return Station.model_validate({"motors": {"x": {"pv": X, **motor}}})


def scan(fake, root: Path, *positions: float, **motor: object):
    plan = ListScanConfig(motor=X, positions=positions, detectors=["D:1"], dwell_time=0.001)
    return take(plan, fake, Setting(root, "", station(**motor)))


@pytest.mark.parametrize(
    ("backlash", "moves"),
    [
        (0.0, [5, 3, 4]),
        (2.0, [5, 1, 3, 4]),  # downward moves go below first
        (-2.0, [7, 5, 3, 6, 4]),  # upward moves go above first
    ],
)
def test_backlash_is_taken_up_from_one_side(fake, root: Path, backlash: float, moves: list[float]) -> None:
    scan(fake, root, 5, 3, 4, backlash=backlash)
    assert [move[X] for move in fake.moves] == moves


def test_the_overshoot_stays_within_the_limits(fake, root: Path) -> None:
    scan(fake, root, 5, 1, backlash=3.0, limits=[0, 10])
    assert [move[X] for move in fake.moves] == [5, 0, 1]


def test_a_motor_settles_only_after_it_moved(fake, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    dwell = RunWriter.dwell
    monkeypatch.setattr(RunWriter, "dwell", lambda self, seconds: waits.append(seconds) or dwell(self, 0.0))
    scan(fake, root, 1, 1, 2, settle=0.25)
    assert [seconds for seconds in waits if seconds] == [0.25, 0.001, 0.001, 0.25, 0.001]


def test_detectors_are_armed_and_waited_for(fake, root: Path) -> None:
    fake.not_ready = 3
    scan(fake, root, 1, 2)
    assert fake.armed == [(("D:1",), 0.001)] * 2


def test_detectors_that_never_end_their_count_end_the_scan(fake, root: Path) -> None:
    fake.not_ready = 10**9
    quick = station().model_copy(update={"beamline": Station().beamline.model_copy(update={"timeout": 0.05})})
    plan = LinearScanConfig(motor=X, start=0, stop=1, steps=2, detectors=["D:1"], dwell_time=0.001)
    with pytest.raises(ReplyTimeout, match=r"point 1 .*D:1: no end of a count of 0.001 s"):
        take(plan, fake, Setting(root, "", quick))


def test_polling_is_fast_first_and_backs_off() -> None:
    assert pause(0.0) == FIRST
    assert pause(0.2) == pytest.approx(0.01)
    assert pause(60.0) == CEILING
    assert pause(60.0, 0.1) == 0.1


def test_polls_are_all_that_a_slow_motor_costs(fake, root: Path) -> None:
    fake.polls = 4
    scan(fake, root, 1)
    assert fake.calls == ["read", "move_many", "moving", "moving", "moving", "moving", "arm", "read"]


def test_a_readback_that_is_no_number_is_no_place(fake, root: Path) -> None:
    fake.off = float("nan")
    with pytest.raises(
        ProtocolError, match=r"^point 1 \(BL02:SAMPLE:X at 1\), .*: BL02:SAMPLE:X.RBV cannot be read: nan is no number"
    ):
        scan(fake, root, 1, 2)
    with pytest.raises(ProtocolError, match=r"^BL02:SAMPLE:X.RBV cannot be read: nan is no number$"):
        scan(fake, root, 1, 2)  # it stands there still
    assert len(fake.moves) == 1


def test_a_motor_that_could_not_be_stopped_is_stopped_again_in_the_end(fake, root: Path) -> None:
    fake.polls = 10

    def stuck(motors: set[str]) -> None:
        fake.stopped.append(motors)
        if len(fake.stopped) == 1:
            raise ReplyTimeout("no answer")

    fake.stop = stuck
    plan = ListScanConfig(motor=X, positions=[1, 2], detectors=["D:1"], dwell_time=0.001)
    fake.asked = lambda call: call == "moving" and ask(directories(root)[0], "abort")
    with pytest.raises(ReplyTimeout):
        take(plan, fake, Setting(root, "", station()))
    assert fake.stopped == [{X}, {X}]
