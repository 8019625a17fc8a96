import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import serial

from scantrail.sim import read_log, thresholds, windows

COMMAND = [sys.executable, "-c", "from scantrail.cli.main import scantrail; scantrail()", "sim", "osechi"]


@contextmanager
def simulator(*options) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the port it printed; ended by SIGTERM unless it ended before."""
    with subprocess.Popen(
        [*COMMAND, *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process, process.stdout.readline().strip()
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait(20)


def refused(*options) -> tuple[int, str]:
    done = subprocess.run([*COMMAND, *map(str, options)], capture_output=True, text=True, timeout=30, check=False)
    assert not done.stdout
    return done.returncode, done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_a_signal_and_leaves_nothing(tmp_path, number):
    link, log = tmp_path / "osechi", tmp_path / "log.jsonl"
    with simulator("--link", link, "--log", log, "--seed", 5, "--speed", 20) as (process, name):
        assert name.startswith("/dev/")
        assert str(link.readlink()) == name
        with serial.Serial(str(link), timeout=10.0) as port:
            port.write(b"SET_THRESHOLD 1 310\nSET_STREAM 1\n")
            port.read_until(b'"stream":1}\r\n')
            time.sleep(0.1)
            port.write(b"SET_STREAM 0\n")
            events = port.read_until(b'"stream":0}\r\n').count(b"\r\n") - 1
            # the log is read while the simulator lives
            records = read_log(log)
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stdout.read() == process.stderr.read() == ""
    assert [window.events for window in windows(records)] == [events]
    assert thresholds(records)[1] == 310
    assert records[0]["seed"] == 5
    assert not link.is_symlink()
    assert read_log(log)[-1]["why"] == "stopped"


def test_it_takes_dialect_faults_and_physics(tmp_path):
    station = tmp_path / "bench.toml"
    station.write_text("[device]\ndead_time = 0.002\n[mocker]\nspeed = 20.0\nseed = 9\n[mocker.ch2]\nmu = 333.0\n")
    log = tmp_path / "log.jsonl"
    options = ["--config", station, "--log", log, "--dialect", "v2", "--refuse", "2:300", "--drop-writes", 1]
    with simulator(*options) as (_, name), serial.Serial(name, timeout=10.0) as port:
        port.write(b"SET_STREAM 0\n")
        port.read_until(b'"stream":0}\r\n')
        port.write(b"SET_THRESHOLD 2 301\nSET_THRESHOLD 2 300\n")
        assert b'"status":"error"' in port.read_until(b"\n")
        start = read_log(log)[0]
    assert start["truth"]["2"]["mu"] == 333.0
    assert start["dead_time"] == 0.002
    assert (start["dialect"], start["seed"]) == ("v2", 9)


def test_it_replays_a_recording_until_its_end(tmp_path):
    recording, station = tmp_path / "events.csv", tmp_path / "bench.toml"
    recording.write_text("".join(f"{i},0,{1 + i % 2},0,{1000 + i},27.0,100000.0,40.0\n" for i in range(40)))
    station.write_text(f"[mocker]\ncsv_path = '{recording}'\nloop = false\nspeed = 20.0\n")
    with (
        simulator("--config", station, "--log", tmp_path / "log.jsonl") as (_, name),
        serial.Serial(name, timeout=10.0) as port,
    ):
        port.write(b"SET_STREAM 1\n")  # opening the port threw away what was sent before
        port.read_until(b'"stream":1}\r\n')
        lines = port.read_until(b" 1039 27.00 100000.00 40.00\r\n").splitlines()
        port.write(b"SET_STREAM 0\n")
        assert port.read_until(b"\n").startswith(b'{"type":"response"')  # no event came after the last one
        assert read_log(tmp_path / "log.jsonl")[0]["truth"] == {}
    first = 40 - len(lines)
    assert lines == [b"0 %d 0 %d 27.00 100000.00 40.00" % (1 + i % 2, 1000 + i) for i in range(first, 40)]


def test_a_recording_without_times_is_refused(tmp_path):
    recording, station = tmp_path / "events.raw", tmp_path / "bench.toml"
    recording.write_bytes(b"2 0 0 1136\n")
    station.write_text(f"[mocker]\ncsv_path = '{recording}'\n")
    code, said = refused("--config", station)
    assert code == 2
    assert "no times" in said


def test_an_unplugged_simulator_ends():
    with simulator("--unplug", 2, "--speed", 20) as (process, _):
        assert process.wait(20) == 0


def test_a_link_over_a_file_is_refused(tmp_path):
    (tmp_path / "data").write_text("precious")
    code, said = refused("--link", tmp_path / "data")
    assert code == 2
    assert said.count("\n") == 1
    assert (tmp_path / "data").read_text() == "precious"


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (["--refuse", "4"], 2, "channel:threshold"),
        (["--drop-bytes", "2"], 2, "drop_bytes"),
        (["--speed", "0"], 2, "above 0"),
        (["--speed", "nan"], 2, "above 0"),
        (["--unplug", "-1"], 2, "unplug"),
        (["--dialect", "v3"], 2, "v3"),
        (["--config", "missing.toml"], 2, "missing.toml"),
        (["--log", str(Path("nowhere") / "log.jsonl")], 1, "nowhere"),
    ],
)
def test_bad_options_are_refused_in_words(tmp_path, monkeypatch, options, code, words):
    monkeypatch.chdir(tmp_path)
    done, said = refused(*options)
    assert done == code
    assert words in said
    assert "Traceback" not in said
