"""Several control systems in one scan."""

import threading
from pathlib import Path

import pytest
from fake_client import FakeClient

from scantrail.daq import LockstepScanConfig, Manner, Setting, links_needed, take
from scantrail.daq.readout import Readout
from scantrail.daq.team import Team
from scantrail.errors import InputError, LinkLost
from scantrail.runs import read
from scantrail.station import BaselineConfig, Station

A, B, C = "tcp://a:1", "tcp://b:1", "tcp://c:1"
STATION = Station.model_validate(
    {
        "beamline": {"url": A},
        "motors": {"x": {"pv": "A:X"}, "y": {"pv": "B:Y", "units": "mm", "url": B}, "z": {"pv": "C:Z", "url": C}},
        "detectors": {"d": {"pv": "B:D", "url": B}, "e": {"pv": "A:E"}},
    }
)
PLAN = LockstepScanConfig(
    axes=[("x", 0, 1), ("y", 5, 6), ("z", 7, 7.5)], steps=2, detectors=["d", "e"], dwell_time=0.001
)


@pytest.fixture
def clients() -> dict[str, FakeClient]:
    return {url: FakeClient(url) for url in (A, B, C)}


def run(clients: dict[str, FakeClient], root: Path):
    others = {url: client for url, client in clients.items() if url != A}
    return take(PLAN, clients[A], Setting(root, "", STATION), others=others)


def test_every_client_moves_and_reads_its_own(clients: dict[str, FakeClient], root: Path) -> None:
    for client in clients.values():
        client.polls = 2
    clients[A].values["A:E"], clients[B].values["B:D"] = 1.5, 2.5
    data = run(clients, root).data
    assert clients[A].moves == [{"A:X": 0.0}, {"A:X": 1.0}]
    assert clients[B].moves == [{"B:Y": 5.0}, {"B:Y": 6.0}]
    assert clients[C].moves == [{"C:Z": 7.0}, {"C:Z": 7.5}]
    assert {name: values.tolist() for name, values in data.motor_positions.items()} == {
        "x": [0, 1],
        "y": [5, 6],
        "z": [7, 7.5],
    }
    assert {name: values.tolist() for name, values in data.detector_readings.items()} == {
        "d": [2.5] * 2,
        "e": [1.5] * 2,
    }
    (directory,) = (root / "runs").glob("2*/*")
    record = read(directory)
    assert record.start["scantrail"]["rig"]["urls"] == [A, B, C]
    assert record.descriptors["primary"][0]["data_keys"]["y"]["source"] == f"{B}B:Y.RBV"


def test_the_first_client_is_called_directly_and_each_other_on_a_thread_of_its_own(
    clients: dict[str, FakeClient], root: Path
) -> None:
    threads: dict[str, set[str]] = {url: set() for url in clients}
    for url, client in clients.items():
        client.asked = lambda call, url=url: threads[url].add(threading.current_thread().name)
    run(clients, root)
    assert threads[A] == {"MainThread"}
    assert len(threads[B]) == len(threads[C]) == 1
    assert threads[B] != threads[C] != threads[A]


def test_a_link_that_is_lost_on_a_thread_ends_the_scan(clients: dict[str, FakeClient], root: Path) -> None:
    def lose(call: str) -> None:
        if call == "move_many" and len(clients[B].moves) == 1:
            raise LinkLost("tcp://b:1: the connection was closed by the server")

    clients[B].asked = lose
    with pytest.raises(LinkLost, match=r"point 2 \(x at 1, y at 6, z at 7.5\), 0.0 s after it began: tcp://b:1"):
        run(clients, root)
    assert clients[A].stopped[-1] == {"A:X"}


def test_a_baseline_on_other_control_systems(clients: dict[str, FakeClient], root: Path) -> None:
    clients[B].values["B:D"], clients[B].values["B:Y.RBV"] = 2.5, 8.5
    clients[A].values["A:EXTRA"] = 0.5
    others = {url: client for url, client in clients.items() if url != A}
    manner = Manner(baseline=("d", "y", "B:D", "A:EXTRA"))
    plan = PLAN.model_copy(update={"axes": (("x", 0, 1),), "detectors": ["A:E"]})
    taken = take(plan, clients[A], Setting(root, "", STATION), others=others, manner=manner)
    record = read(taken.run.directory)
    assert list(record.stream("baseline").rows()) == [{"d": 2.5, "y": 8.5, "A:EXTRA": 0.5}] * 2
    keys = record.descriptors["baseline"][0]["data_keys"]
    assert (keys["y"]["source"], keys["y"]["units"]) == (f"{B}B:Y.RBV", "mm")


def test_a_baseline_without_its_client_is_refused(clients: dict[str, FakeClient], root: Path) -> None:
    plan = PLAN.model_copy(update={"axes": (("x", 0, 1),), "detectors": ["A:E"]})
    with pytest.raises(InputError, match=f"y is reached through {B}, and no client is connected"):
        take(plan, clients[A], Setting(root, "", STATION), manner=Manner(baseline=("y",)))


def test_links_needed_are_those_of_the_plan() -> None:
    assert links_needed(PLAN, STATION, ["y"]) == (B, C)
    alone = PLAN.model_copy(update={"axes": (("x", 0, 1),), "detectors": ["A:E"]})
    assert links_needed(alone, STATION, ["z", "d", "A:EXTRA"]) == (B, C)
    station = STATION.model_copy(update={"baseline": BaselineConfig(pvs=("z",))})
    assert links_needed(alone, station) == (C,)
    assert links_needed(alone, station, ["d"]) == (B,)
    assert links_needed(PLAN, STATION) == (B, C)
    assert links_needed(PLAN.model_copy(update={"axes": (("x", 0, 1),), "detectors": ["A:E"]}), STATION) == ()


def test_all_have_answered_when_the_first_error_is_raised() -> None:
    gate, done = threading.Event(), []

    def ask(client: int) -> int:
        if client == 1:
            gate.wait(5)
            done.append(client)
            return client
        gate.set()
        raise LinkLost("gone")

    team = Team([FakeClient(A), FakeClient(B)])
    try:
        with pytest.raises(LinkLost):
            team.each([0, 1], ask)
        assert done == [1]
    finally:
        team.close()


def test_a_readout_keeps_the_order_it_was_asked_for(clients: dict[str, FakeClient]) -> None:
    for url, client in clients.items():
        client.values = {f"P{i}": f"{url}{i}" for i in range(3)}
    team = Team(list(clients.values()))
    try:
        places = [(2, "P0"), (0, "P1"), (1, "P0"), (2, "P2"), (0, "P0"), (0, "P1")]
        values = [reading.value for reading in Readout(team, places, 1.0)()]
    finally:
        team.close()
    assert values == [f"{C}0", f"{A}1", f"{B}0", f"{C}2", f"{A}0", f"{A}1"]
