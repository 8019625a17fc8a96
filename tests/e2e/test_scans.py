"""Position scans as commands, against a server in another process: what it was asked, and what goes wrong."""

import random
import signal
import time
from itertools import pairwise
from pathlib import Path

import pytest
from beamlines import ENERGY, I0, IT, SHUTTER, SHUTTER_CMD, Beamline, X, Y, beamline, begun, start_of, taken
from commands import newest, points, run_with_points, scantrail, started, table, until, write_station

from scantrail.runs import ask, held, read, summarize

DETECTORS = ("--det", I0, "--det", IT)
SLOW = ("scan", "linear", X, 0, 99, 100, *DETECTORS, "--dwell", 0.05)
"""A scan of 100 points that takes some 8 s."""


def setpoints(motor=X, directory: Path | None = None):
    return read(directory or newest()).stream("primary").columns[f"{motor}_setpoint"]


# --- what the server was asked ----------------------------------------------------------------------------------------

KINDS = {
    "linear": (("linear", X, -10, 10, 5), {X: [-10, -5, 0, 5, 10]}),
    "descending": (("linear", X, 10, -10, 3), {X: [10, 0, -10]}),
    "mesh": (("mesh", Y, 0, 1, 2, X, 0, 2, 3), {Y: [0, 1], X: [0, 1, 2, 0, 1, 2]}),
    "snake": (("mesh", Y, 0, 1, 2, X, 0, 2, 3, "--snake"), {Y: [0, 1], X: [0, 1, 2, 1, 0]}),
    "grid": (("grid", ENERGY, 9000, 9001, 2, Y, 0, 1, 2, X, 5, 6, 2), {ENERGY: [9000, 9001], Y: [0, 1] * 2}),
    "list": (("list", X, 3, -1, 3), {X: [3, -1, 3]}),
    "time": (("time", 4), {X: [], Y: [], ENERGY: []}),
    "xafs": (("xafs", "--edge", 7112, "--regions", "-20:-10:5 -10:10:10"), {ENERGY: [7092, 7097, 7102, 7112, 7122]}),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_setpoints_of_each_kind(tmp_path, kind):
    words, expected = KINDS[kind]
    with beamline(tmp_path, "--instant") as server:
        done = scantrail("scan", *words, *DETECTORS, "--dwell", 0.005, "--url", server.url)
        assert done.code == 0, done.err
        for motor, moves in expected.items():
            assert server.moves(motor) == moves
        assert len(server.asked("GET")) >= 2 * points(newest())


def test_relative_comes_back(tmp_path):
    with beamline(tmp_path, "--instant") as server:
        server.put(X, 100)
        done = scantrail("scan", "linear", X, -1, 1, 3, "--relative", *DETECTORS, "--dwell", 0.005, "--url", server.url)
        assert done.code == 0, done.err
        assert server.moves(X) == [99, 100, 101, 100]


def test_the_command_of_the_manual(tmp_path):
    with beamline(tmp_path, "--instant") as server:
        words = ("linear", X, -1000, 1000, 100, "--det", I0, "--det", IT, "--dwell", 0.01, "--url", server.url)
        done = scantrail("scan", *words, "--output", tmp_path / "scan_001.csv")
        assert done.code == 0, done.err
    rows = table(tmp_path / "scan_001.csv")
    assert len(rows) == 100
    assert list(rows[0]) == ["timestamp", X, I0, IT]
    assert (float(rows[0][X]), float(rows[-1][X])) == (-1000, 1000)
    assert all(float(a["timestamp"]) < float(b["timestamp"]) for a, b in pairwise(rows))


# --- stopped on request -----------------------------------------------------------------------------------------------


def is_an_honest_stop(done, directory, of=100):
    assert done.code == 130
    assert read(directory).stop["exit_status"] == "abort"
    got = points(directory)
    assert f'{got} of {of} points are saved in run 1; "scantrail runs resume 1" goes on.' in done.err
    assert taken(directory) == list(range(got))


def test_ctrl_c_in_a_dwell_finishes_the_point(tmp_path):
    with beamline(tmp_path, "--instant") as server:
        scan = ("scan", "linear", X, 0, 4, 5, *DETECTORS, "--dwell", 1.5, "--url", server.url)
        with started(*scan, "--output", tmp_path / "a.csv") as running:
            directory = run_with_points(1)
            time.sleep(0.3)
            running.signal(signal.SIGINT)
            done = running.ended()
        is_an_honest_stop(done, directory, of=5)
        assert points(directory) == 2
        assert len(table(tmp_path / "a.csv")) == 2


def test_ctrl_c_twice_ends_a_dwell_at_once(tmp_path):
    with beamline(tmp_path, "--instant") as server:
        scan = ("scan", "linear", X, 0, 4, 5, *DETECTORS, "--dwell", 500, "--url", server.url)
        with started(*scan) as running:
            until(lambda: server.moves(X), "a move")
            time.sleep(0.3)
            running.signal(signal.SIGINT)
            time.sleep(0.3)
            assert running.process.poll() is None
            running.signal(signal.SIGINT)
            is_an_honest_stop(running.ended(within=5.0), begun(), of=5)


def test_ctrl_c_in_a_move_stops_the_motor(tmp_path):
    with beamline(tmp_path) as server:
        with started("scan", "list", X, 0, 9000, *DETECTORS, "--dwell", 0.05, "--url", server.url) as running:
            until(lambda: 9000 in server.moves(X), "the long move")
            time.sleep(0.5)
            running.signal(signal.SIGINT)
            is_an_honest_stop(running.ended(within=5.0), begun(), of=2)
        where = server.value(f"{X}.RBV")
        assert 0 < where < 8000
        time.sleep(0.2)
        assert server.value(f"{X}.RBV") == where
        assert points(begun()) == 1


@pytest.mark.parametrize("policy", ["scan", "point"])
def test_sigterm_closes_the_shutter(tmp_path, policy):
    shutter = {"status_pv": SHUTTER, "cmd_pv": SHUTTER_CMD, "policy": policy}
    station = write_station(tmp_path / "station.toml", {"shutter": shutter})
    with beamline(tmp_path, "--instant") as server:
        server.put(SHUTTER_CMD, 0)
        with started(*SLOW, "--url", server.url, "--config", station) as running:
            directory = run_with_points(3)
            running.signal(signal.SIGTERM)
            is_an_honest_stop(running.ended(), directory)
        assert f"{SHUTTER_CMD}:1" in server.asked("PUT")
        assert server.value(SHUTTER) == 0


def test_pause_and_resume_from_another_terminal(tmp_path):
    with beamline(tmp_path, "--instant") as server, started(*SLOW, "--url", server.url) as running:
        directory = run_with_points(3)
        assert scantrail("runs", "pause", 1).code == 0
        time.sleep(0.3)
        during = points(directory)
        time.sleep(0.5)
        assert points(directory) == during < 100
        assert summarize(directory).status == "running"
        assert scantrail("runs", "resume", 1).code == 0
        assert running.ended().code == 0
        assert taken(directory) == list(range(100))
        assert len(server.moves(X)) == 100


def test_abort_while_paused_and_the_rest_in_a_new_run(tmp_path):
    with beamline(tmp_path, "--instant") as server:
        with started(*SLOW, "--url", server.url, "--output", tmp_path / "a.csv") as running:
            directory = run_with_points(3)
            ask(directory, "pause")
            time.sleep(0.3)
            ask(directory, "abort")
            is_an_honest_stop(running.ended(), directory)
        done = scantrail("runs", "resume", 1)
        assert done.code == 0, done.err
        assert taken(directory) + taken(newest()) == list(range(100))
        assert start_of(newest())["scantrail"]["resumed_from"] == start_of(directory)["uid"]
        assert len(table(tmp_path / "a.csv")) == points(directory)
        assert len(table(tmp_path / "a-run-2.csv")) == 100
        again = scantrail("runs", "resume", 1)
        assert again.code == 1
        assert "run 1 was continued by run 2" in again.err


# --- killed -----------------------------------------------------------------------------------------------------------


def kill_in_the_middle(place: Path, seed: int) -> None:
    """Kill a scan at any moment and its server after it: at most the point in flight is lost, and it goes on."""
    delay = random.Random(seed).uniform(0.0, 3.0)
    with beamline(place) as server:
        with started(*SLOW, "--url", server.url) as running:
            directory = run_with_points(2)
            time.sleep(delay)
            seen = points(directory)
            running.process.kill()
            running.process.wait()
        done_moves = len(server.moves(X))
        address = server.port
    kept = points(directory)
    assert seen <= kept < 100
    assert done_moves - 1 <= kept <= done_moves
    assert summarize(directory).status == "interrupted"
    with beamline(place, "--instant", port=address) as server:
        done = scantrail("runs", "resume", 1)
        assert done.code == 0, done.err
        assert server.moves(X) == list(range(kept, 100))
    assert read(directory).stop["exit_status"] == "success"
    assert not held(directory)
    assert taken(directory) == list(range(100))
    assert setpoints(directory=directory) == list(range(100))


@pytest.mark.parametrize("nth", range(2))
def test_kill(tmp_path, nth):
    kill_in_the_middle(tmp_path, nth)


@pytest.mark.long
@pytest.mark.timeout(120)
@pytest.mark.parametrize("nth", range(2, 22))
def test_kill_many(tmp_path, nth):
    kill_in_the_middle(tmp_path, nth)


# --- servers that go wrong --------------------------------------------------------------------------------------------


def goes_on_against(server_options, tmp_path, port, directory):
    """Finish run 1 against a server started anew on the same port."""
    kept = points(directory)
    with beamline(tmp_path, "--instant", *server_options, port=port) as server:
        done = scantrail("runs", "resume", 1)
        assert done.code == 0, done.err
        assert server.moves(X) == list(range(kept, 100))
    assert taken(directory) + taken(newest()) == list(range(100))


def bench(tmp_path, **beamline_keys):
    return write_station(tmp_path / "station.toml", {"beamline": {"timeout": 0.5, **beamline_keys}})


@pytest.mark.parametrize("way", ["killed", "frozen"])
def test_a_server_that_goes(tmp_path, way):
    station = bench(tmp_path)
    with beamline(tmp_path, "--instant") as server:
        with started(*SLOW, "--url", server.url, "--config", station, "--output", tmp_path / "a.csv") as running:
            directory = run_with_points(4)
            server.process.send_signal(signal.SIGKILL if way == "killed" else signal.SIGSTOP)
            done = running.ended(within=8.0)
        port = server.port
    assert done.code == 1
    said = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert said[0].startswith(f"Error: point {points(directory) + 1} ({X} at {points(directory)}), ")
    assert server.url in said[0]
    assert read(directory).stop["exit_status"] == "fail"
    assert len(table(tmp_path / "a.csv")) == points(directory)
    assert f'{points(directory)} of 100 points are saved in run 1; "scantrail runs resume 1" goes on.' in done.err
    goes_on_against((), tmp_path, port, directory)


def test_a_server_that_falls_silent(tmp_path):
    with beamline(tmp_path, "--instant", "--silent", 60) as server:
        done = scantrail(*SLOW, "--url", server.url, "--config", bench(tmp_path))
    assert done.code == 1
    assert "no answer" in done.err
    directory = begun()
    assert 0 < points(directory) < 100
    goes_on_against((), tmp_path, server.port, directory)


def test_a_motor_that_sticks(tmp_path):
    motor = {"pv": X, "units": "um", "speed": 1000.0}
    station = write_station(tmp_path / "station.toml", {"motors.x": motor})
    with beamline(tmp_path, "--instant", "--stick", f"{X}=5.5") as server:
        scan = ("scan", "linear", "x", 0, 99, 100, *DETECTORS, "--dwell", 0.01)
        done = scantrail(*scan, "--url", server.url, "--config", station)
        assert server.moves(X)[-1] == 5.5  # stopped where it is
    assert done.code == 1
    assert f"{X} did not reach 6 um within 5." in done.err
    assert "last readback 5.5 um, still moving" in done.err
    assert "6 of 100 points are saved in run 1" in done.err


def test_a_limit_switch_that_nobody_knew_of(tmp_path):
    with beamline(tmp_path, "--instant", "--limit-switch", f"{X}=56.5") as server:
        done = scantrail(*SLOW, "--dwell", 0.01, "--url", server.url)
    assert done.code == 1
    assert "57 of 100 points are saved in run 1" in done.err
    assert "56.5" in done.err
    directory = newest()
    assert taken(directory) == list(range(57))
    goes_on_against((), tmp_path, server.port, directory)


def test_a_detector_that_fails_at_some_points(tmp_path):
    scan = ("scan", "linear", X, 0, 9, 10, *DETECTORS, "--dwell", 0.01)
    with beamline(tmp_path, "--instant", "--refuse", f"{I0}=4") as server:
        done = scantrail(*scan, "--url", server.url, "--output", tmp_path / "a.csv")
        assert done.code == 3
        assert f"{I0} gave no reading at 2 of 10 points" in done.err
        assert "run 1: linear, success, 10 of 10 points" in done.out
        assert [row[I0] for row in table(tmp_path / "a.csv")].count("nan") == 2
        retried = scantrail(*scan, "--url", server.url, "--on-error", "retry")
        assert retried.code == 0, retried.err
        ended = scantrail(*scan, "--url", server.url, "--on-error", "abort")
        assert ended.code == 1
        assert f"{I0} gave no reading at point" in ended.err
        assert read(newest()).stop["exit_status"] == "fail"


# --- refused ----------------------------------------------------------------------------------------------------------


def refused(code: int, *words: object) -> str:
    """Run a scan that must be refused before a run begins; return its one sentence."""
    done = scantrail("scan", *words)
    assert (done.code, done.out) == (code, "")
    (sentence,) = [line for line in done.err.splitlines() if line.startswith("Error: ")]
    assert done.err.splitlines()[-1] == sentence
    assert newest() is None
    return sentence


def test_what_only_the_server_knows(tmp_path):
    with beamline(tmp_path, "--instant") as server:
        end = ("--dwell", 0.01, "--url", server.url)
        assert f"Did you mean {X}" in refused(1, "linear", "BL02:SAMPLE:XX", 0, 1, 2, "--det", I0, *end)
        assert f"Did you mean {I0}" in refused(1, "linear", X, 0, 1, 2, "--det", "BL02:DETI0", *end)
        assert "BL02:HUTCH:TEMP" in refused(
            1, "linear", X, 0, 1, 2, "--det", I0, "--baseline", "BL02:HUTCH:TEMPE", *end
        )
        station = write_station(tmp_path / "s.toml", {"motors.x": {"pv": X, "units": "um", "limits": [-10, 10]}})
        said = refused(2, "linear", "x", 0, 20, 5, "--det", I0, *end, "--config", station)
        assert said == "Error: point 4 of 5 would send x to 15 um; its limits are -10 to 10 um"
        twins = write_station(tmp_path / "t.toml", {"detectors.i0": {"pv": I0}})
        said = refused(2, "time", 2, "--det", "i0", "--det", I0, *end, "--config", twins)
        assert said == f"Error: i0 and {I0} are the same detector; give it once"
        assert server.moves(X) == []


def test_what_cannot_be_reached(tmp_path):
    with beamline(tmp_path) as server:
        url = server.url
    words = ("linear", X, 0, 1, 2, "--det", I0)
    assert "nothing listens there" in refused(1, *words, "--url", url)
    assert 'the host "no.such.host.invalid" is not known' in refused(1, *words, "--url", "tcp://no.such.host.invalid")


# --- thresholds over TCP ----------------------------------------------------------------------------------------------


def channel_pvs(channel: int) -> dict[str, object]:
    prefix = f"BL02:DISC:CH{channel}"
    return {"threshold_pv": f"{prefix}:VTH", "rate_pv": f"{prefix}:RATE", "nsteps": 6, "step_size": 15}


def vth(server: Beamline, channel: int) -> float:
    return server.value(f"BL02:DISC:CH{channel}:VTH")


@pytest.mark.parametrize("kind", ["parallel", "serial"])
def test_a_threshold_scan_over_tcp(tmp_path, kind):
    sections = {"device": {"settle": 0.01}, **{f"sensors.ch{n}": channel_pvs(n) for n in (1, 2)}}
    station = write_station(tmp_path / "pvs.toml", sections)
    with beamline(tmp_path) as server:
        scan = ("threshold", kind, "--duration", 0.1, "--config", station, "--url", server.url)
        done = scantrail(*scan, "--thresholds", "1:300;2:308")
        assert done.code == 0, done.err
        assert (vth(server, 1), vth(server, 2)) == (350, 350)
        assert "channels 1 and 2 are back at 350 (as before the scan)" in done.out
        record = read(newest())
        assert len(record.stream("primary")) == (13 if kind == "parallel" else 26)
        mu = next(r for r in scantrail("runs", "show", 1, "--json").document["results"]["fit"] if r["name"] == "ch1 mu")
        assert mu["value"] == pytest.approx(300, abs=3)
        written = [float(order.rpartition(":")[2]) for order in server.asked("PUT") if ":CH1:" in order]
        assert written[:13] == list(range(210, 391, 15))


def test_a_url_without_pvs_is_refused(tmp_path):
    done = scantrail("threshold", "parallel", "--url", "tcp://localhost:1")
    assert done.code == 2
    assert "threshold_pv and rate_pv" in done.err
