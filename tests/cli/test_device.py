"""`scantrail device` against `scantrail sim beamline` in a process of its own."""

import io
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from commands import Done, started, until

from scantrail.cli import main
from scantrail.links import DeviceClient
from scantrail.sim import read_log

X, Z = "BL02:SAMPLE:X", "BL02:SAMPLE:Z"
STATION = """
[motors.x]
pv = "BL02:SAMPLE:X"
units = "um"
limits = [-500, 500]
speed = 1000
tolerance = 0.5
[motors.z]
pv = "BL02:SAMPLE:Z"
units = "um"
backlash = 10
[detectors.i0]
pv = "BL02:DET:I0"
units = "counts/s"
"""
Device = Callable[..., Done]


def called(*arguments: object) -> Done:
    """`scantrail device` with these arguments, in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.raises(SystemExit) as ended:
        main.run(main._root, ["device", *map(str, arguments)])
    return Done(ended.value.code, out.getvalue(), err.getvalue())


class Bench:
    """A simulated beamline in a process of its own, and `scantrail device` on it."""

    def __init__(self, place: Path, *options: object) -> None:
        self.log = place / "log.jsonl"
        self.station = place / "bench.toml"
        self.station.write_text(STATION)
        command = [sys.executable, "-m", "scantrail", "sim", "beamline", "--port", "0", "--seed", "5"]
        self.process = subprocess.Popen(
            [*command, "--log", str(self.log), *map(str, options)], stdout=subprocess.PIPE, text=True
        )
        self.port = int(self.process.stdout.readline().rpartition(":")[2])
        self.options = ("--url", f"tcp://127.0.0.1:{self.port}", "--config", self.station)

    def __call__(self, *arguments: object) -> Done:
        return called(*arguments, *self.options)

    def asked(self, verb: str) -> list[str]:
        """What the server was told, requests of this verb only."""
        return [record["text"] for record in read_log(self.log) if record.get("text", "").startswith(verb)]

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=20)


@pytest.fixture
def make(tmp_path) -> Iterator[Callable[..., Bench]]:
    made = []
    yield lambda *options: made.append(Bench(tmp_path, *options)) or made[-1]
    for bench in made:
        bench.close()


def test_list_names_pvs_with_what_the_station_knows(make):
    bench = make("--instant")
    rows = {row["pv"]: row for row in bench("list", "--json").document}
    assert rows[X] == {"pv": X, "name": "x", "units": "um", "limits": [-500.0, 500.0]}
    assert rows["BL02:RING:CURRENT"]["name"] is None
    done = bench("list", "BL02:DET:*")
    assert [line.split() for line in done.out.splitlines()] == [
        ["BL02:DET:I0", "i0", "counts/s"],
        ["BL02:DET:IT"],
        ["BL02:DET:IF"],
    ]
    done = bench("list", "BL02:DET:I9")
    assert done.code == 1
    assert "BL02:DET:I0" in done.err


def test_get_reads_names_and_pvs_in_one_round_trip(make):
    bench = make("--instant", "--refuse", "BL02:DET:IT")
    done = bench("get", "x", "x.RBV", "i0", "BL02:RING:CURRENT")
    assert done.code == 0
    assert [line.split()[0] for line in done.out.splitlines()] == ["x", "x.RBV", "i0", "BL02:RING:CURRENT"]
    assert done.out.splitlines()[0].split() == ["x", "0", "um"]
    assert bench.asked("GET") == [f"GET:{X}", f"GET:{X}.RBV", "GET:BL02:DET:I0", "GET:BL02:RING:CURRENT"]
    some = bench("get", "i0", "BL02:DET:IT", "--json")
    assert some.code == 3
    assert [row["value"] is None for row in some.document] == [False, True]
    assert "INTERNAL" in some.err
    assert bench("get", "BL02:DET:IT").code == 1


def test_put_writes_once_and_negative_numbers_parse(make):
    bench = make("--instant")
    assert bench("put", "x", "-20.5").out == "x was set to -20.5.\n"
    assert bench("put", "x", "-1e2", "--json").document["value"] == -100
    assert bench.asked("PUT") == [f"PUT:{X}:-20.5", f"PUT:{X}:-100"]
    for value in ("nan", "501"):
        assert bench("put", "x", value).code == 2
    done = bench("put", "BL02:RING:CURRENT", "-5")
    assert done.code == 1
    assert "read-only" in done.err
    assert len(bench.asked("PUT")) == 3


def test_move_waits_until_the_motor_is_there(make):
    bench = make()
    done = bench("move", "x", "-150.5", "--json")
    assert done.code == 0
    assert (done.document["position"], done.document["units"]) == (-150.5, "um")
    assert done.document["seconds"] >= 0.15
    assert bench("move", "x", "-140").out.startswith("x is at -140 um after ")
    done = bench("move", "x", "-501")
    assert (done.code, done.err) == (2, "Error: x takes -500 to 500 um, not -501; nothing was sent\n")
    done = bench("move", "i0", "3")
    assert done.code == 1
    assert "no motor" in done.err
    assert bench("move", "x", "3", "--timeout", "0").code == 2
    assert bench.asked("MOVE") == [f"MOVE:{X}:-150.5", f"MOVE:{X}:-140"]


def test_a_motor_with_backlash_is_approached_from_its_side(make):
    bench = make("--instant")
    assert bench("move", "z", "100").code == bench("move", "z", "50").code == 0
    assert bench.asked("MOVE") == [f"MOVE:{Z}:100", f"MOVE:{Z}:40", f"MOVE:{Z}:50"]


def test_a_move_that_takes_too_long_is_stopped(make):
    bench = make()
    done = bench("move", Z, "4000", "--timeout", "0.3")
    assert done.code == 1
    assert re.search(rf"{Z} did not reach 4000 within 0.3 s \(last readback \d+.*was stopped", done.err, re.DOTALL)
    with DeviceClient("127.0.0.1", bench.port) as client:
        until(lambda: not client.moving({Z}, 5.0), "the motor stands")
        assert client.get(f"{Z}.RBV") < 1000


def test_a_motor_that_hits_a_limit_switch(make):
    bench = make("--limit-switch", f"{X}=40")
    done = bench("move", "x", "100")
    assert done.code == 1
    assert "MOTOR_FAULT" in done.err
    done = bench("status", "x", "z", "--json")
    assert done.code == 3
    assert [(row["status"], row["position"]) for row in done.document] == [("FAULT", 40.0), ("IDLE", 0.0)]
    assert bench("move", "x", "0").code == 0
    assert re.fullmatch(r"x +IDLE +at 0 +um +sent to 0 +takes -500 to 500\n", bench("status", "x").out)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_stops_the_motor(make, number):
    bench = make()
    with (
        started("device", "move", Z, "4500", *bench.options) as moving,
        DeviceClient("127.0.0.1", bench.port) as client,
    ):
        until(lambda: client.get(f"{Z}.RBV") > 20, "the motor moves")
        moving.signal(number)
        done = moving.ended()
        assert done.code == 130
        assert f"{Z} was stopped" in done.err
        until(lambda: not client.moving({Z}, 5.0), "the motor stands")
        assert client.get(f"{Z}.RBV") < 4000


def test_a_terminal_shows_the_motor_on_its_way(make):
    bench = make()
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scantrail", "device", "move", Z, "500", *map(str, bench.options)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        shown = b""
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            while True:
                try:
                    shown += terminal.read(4096)
                except OSError:  # the last writer is gone
                    break
        assert process.stdout.read().startswith(f"{Z} is at 500 um after")
    assert re.search(rf"{Z} at \d+(\.\d+)? um, on its way to 500 um", shown.decode())


def test_monitor_prints_round_after_round(make):
    bench = make("--instant")
    done = bench("monitor", "x", "i0", "--interval", "0.1", "--count", "3")
    assert done.code == 0
    assert [line.split()[2] for line in done.out.splitlines()] == ["x", "i0"] * 3
    lines = bench("monitor", "x", "--interval", "0.1", "--count", "2", "--json").out.splitlines()
    assert [json.loads(line)["value"] for line in lines] == [0.0, 0.0]
    assert bench("monitor", "x", "--interval", "0").code == 2
    with started("device", "monitor", "x", "--interval", "0.1", *bench.options) as running:
        until(lambda: running.said()[0].count("\n") > 2, "three updates")
        running.signal(signal.SIGINT)
        assert running.ended().code == 130


def test_the_shutter_is_moved_and_verified(make):
    bench = make()
    assert bench("shutter", "close").out == "The shutter is closed.\n"
    assert bench("shutter", "status", "--json").document["status"] == "closed"
    assert bench("shutter", "open").out == "The shutter is open.\n"
    assert bench("shutter", "status").out == "The shutter is open.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["get", "BL02:DET:I9", "--sim"], 1, "Did you mean BL02:DET:I"),
        (["get", "i00", "--sim", "--config", "bench.toml"], 1, "The station file has i0."),
        (["get", X, "--url", "tcp://127.0.0.1:1"], 1, "nothing listens there"),
        (["get", X, "--url", "tcp://no.such.host.invalid"], 1, '"no.such.host.invalid" is not known'),
        (["get", X, "--url", "localhost"], 2, 'an address like "tcp://host:5064"'),
        (["get", X, "--url", "tcp://localhost", "--sim"], 2, "give one of them"),
        (["status", "BL02:DET:I0", "--sim"], 1, "is no motor"),
        (["move", X, "far", "--sim"], 2, "far"),
        (["get"], 2, "PV"),
    ],
)
def test_what_is_wrong_is_told_in_a_sentence(arguments, code, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bench.toml").write_text(STATION)
    done = called(*arguments)
    assert done.code == code
    assert said in done.err
    assert done.out == ""


def test_a_simulated_beamline_needs_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = called("move", X, "-3", "--sim")
    assert done.code == 0
    assert done.out.startswith(f"{X} is at -3 after")
