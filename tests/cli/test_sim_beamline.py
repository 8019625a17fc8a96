import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scantrail.errors import MotionError
from scantrail.links import DeviceClient, connect
from scantrail.sim import read_log

COMMAND = [sys.executable, "-c", "from scantrail.cli.main import scantrail; scantrail()", "sim", "beamline"]
X = "BL02:SAMPLE:X"


@contextmanager
def simulator(*options) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the address it printed; ended by SIGTERM unless it ended before."""
    with subprocess.Popen(
        [*COMMAND, "--port", "0", *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
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
def test_it_serves_until_a_signal_and_its_log_says_all(tmp_path, number):
    log = tmp_path / "log.jsonl"
    with simulator("--instant", "--seed", 5, "--log", log, "--tick", "1ms") as (process, address):
        assert address.startswith("127.0.0.1:")
        client = connect(f"tcp://{address}")
        client.move_many({X: 5.0}, 5.0)
        assert client.get(X) == 5.0
        # the log is read while the simulator lives
        assert [record["text"] for record in read_log(log)[3:]] == [f"MOVE:{X}:5", f"STATUS:{X}", f"GET:{X}"]
        process.send_signal(number)
        assert process.wait(20) == 0
        assert process.stdout.read() == ""
        assert process.stderr.read() == "the sample's mu rises most steeply at 7110.78 eV\n"
        client.close()
    records = read_log(log)
    assert (records[0]["seed"], records[0]["tick"], records[0]["instant"]) == (5, 0.001, True)
    assert records[-1]["commands"] == {"MOVE": 1, "STATUS": 1, "GET": 1}
    assert records[-1]["turns"] == 2


def test_faults():
    options = ["--instant", "--refuse", "BL02:DET:I0=2", "--limit-switch", f"{X}=40", "--stick", "BL02:SAMPLE:Y=7"]
    with simulator(*options, "--slow", "20ms", "--lose-beam", 0, "1000s") as (_, address):
        host, _, port = address.rpartition(":")
        with DeviceClient(host, int(port)) as client:
            assert [reading.value is None for reading in client.read(["BL02:DET:I0"] * 4, 5.0)] == [0, 1, 0, 1]
            with pytest.raises(MotionError, match="at 40"):
                client.move_many({X: 100.0}, 5.0)
            assert client.move_many({"BL02:SAMPLE:Y": 9.0}, 5.0) == {"BL02:SAMPLE:Y"}
            assert client.get("BL02:SAMPLE:Y.RBV") == 7.0
            assert client.get("BL02:RING:CURRENT") == 0.0
            assert client.ping() >= 0.02


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--tick", "soon"], '"soon" is no time: write 1ms or 0.5s.'),
        (["--cut", "0"], "fault cut = 0"),
        (["--refuse", f"{X}=0.5"], "a whole number is needed"),
        (["--stick", X], "write PV=NUMBER"),
        (["--limit-switch", "BL02:DET:I0=4"], "BL02:DET:I0 is no motor"),
        (["--port", "65536"], "65536"),
    ],
)
def test_wrong_usage(options, said):
    code, text = refused(*options)
    assert code == 2
    assert said in text


def test_what_cannot_be_opened(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, text = refused("--port", port)
        assert (code, text) == (1, f"Error: cannot listen on 127.0.0.1 port {port}: Address already in use\n")
    code, text = refused("--port", 0, "--log", tmp_path / "none" / "log")
    assert code == 1
    assert "cannot be written" in text
