"""Position scans on the simulated beamline in another process, against a bare pipelined socket loop doing the same.

Bars: at most 1.5 x the bare loop with the journal on, 1.15 x on a server with a tick of 1 ms; two round trips a point;
100,000 points grow the memory by less than 100 bytes a point.
"""

import logging
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from scantrail.daq import DeviceClient, LinearScanConfig, MeshScanConfig, ScanConfig, ScanEngine
from scantrail.station import Station

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"
DETECTORS = ["BL02:DET:I0", "BL02:DET:IT"]
DWELL = 1e-9
ROUNDS = 5


def main() -> None:
    logging.disable()
    os.environ.setdefault("SCANTRAIL_DB", tempfile.mkdtemp() + "/runs.db")
    linear = LinearScanConfig(motor=X, start=-1000, stop=1000, steps=1000, detectors=DETECTORS, dwell_time=DWELL)
    mesh = MeshScanConfig(motor1=(Y, -50, 50, 100), motor2=(X, -50, 50, 100), detectors=DETECTORS, dwell_time=DWELL)
    moving = LinearScanConfig(motor=X, start=0, stop=1000, steps=100, detectors=DETECTORS, dwell_time=DWELL)
    compare("linear 1000 x 2 detectors, instant motors", linear, "--instant", bar=1.5)
    compare("mesh 100 x 100 x 2 detectors, instant motors", mesh, "--instant", bar=1.5, rounds=3)
    compare("linear 100 x 2 detectors, tick of 1 ms, 10 um steps", moving, "--tick", "1ms", bar=1.15)
    run_engine(linear)
    memory()


def compare(title: str, plan: ScanConfig, *options: str, bar: float, rounds: int = ROUNDS) -> None:
    ours, bare = [], []
    with server(*options) as port, tempfile.TemporaryDirectory() as root:
        for _ in range(rounds):
            ours.append(engine(plan, port, Path(root)))
            bare.append(socket_loop(plan, port))
    a, b = statistics.median(ours), statistics.median(bare)
    print(f"{title}: {a * 1e6:.0f} us a point, bare loop {b * 1e6:.0f}: ratio {a / b:.2f} (bar {bar})")


def engine(plan: ScanConfig, port: int, root: Path) -> float:
    with DeviceClient("127.0.0.1", port) as client:
        times = ScanEngine(client, station=Station(), root=root).run(plan).timestamps
    return float(times[-1] - times[0]) / (len(times) - 1)


def socket_loop(plan: ScanConfig, port: int) -> float:
    """Seconds a point of the least that takes the same points: pipelined, nothing checked, nothing kept."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        read = b"".join(f"GET:{pv}\n".encode() for pv in (*plan.detectors, *(f"{pv}.RBV" for pv in plan.motors)))
        count = len(plan.detectors) + len(plan.motors)
        held: Mapping[str, float] = {}
        times = []
        for point in plan.points():
            moves = [(pv, value) for pv, value in point.setpoints.items() if held.get(pv) != value]
            ask = b"".join(b"STATUS:%s\n" % pv.encode() for pv, _ in moves)
            replies = exchange(
                sock, b"".join(f"MOVE:{pv}:{value!r}\n".encode() for pv, value in moves) + ask, 2 * len(moves)
            )
            while b"OK:MOVING" in replies[len(moves) :]:
                replies = [b""] * len(moves) + exchange(sock, ask, len(moves))
            held = point.setpoints
            exchange(sock, read, count)
            times.append(time.perf_counter())
    return (times[-1] - times[0]) / (len(times) - 1)


def run_engine(plan: LinearScanConfig) -> None:
    """Print what Bluesky's RunEngine needs for the same points over the same client, where it is installed."""
    if find_spec("bluesky") is None:
        print("Bluesky's RunEngine: not installed (extra: bluesky)")
        return
    from bluesky import RunEngine
    from bluesky.plans import scan

    times: list[float] = []
    with server("--instant") as port, DeviceClient("127.0.0.1", port) as client:
        engine = RunEngine(context_managers=[])
        devices = [Device(client, pv) for pv in plan.detectors]
        listen = {"event": [lambda name, document: times.append(time.perf_counter())]}
        engine(scan(devices, Device(client, plan.motor), plan.start, plan.stop, plan.steps), listen)
    per_point = (times[-1] - times[0]) / (len(times) - 1)
    print(f"the same linear scan by Bluesky's RunEngine, nothing kept: {per_point * 1e6:.0f} us a point")


class Done:
    """A status that is done, as Bluesky asks for one."""

    done = success = True

    def add_callback(self, callback) -> None:
        callback(self)

    def exception(self, timeout=0.0) -> None:
        return None


class Device:
    """The least that Bluesky takes as a motor or a detector."""

    parent = None

    def __init__(self, client: DeviceClient, pv: str) -> None:
        self.client, self.pv, self.name = client, pv, pv

    def set(self, value: float) -> Done:
        while self.client.move_many({self.pv: value}, 5.0):
            pass
        return Done()

    def trigger(self) -> Done:
        return Done()

    def read(self):
        return {self.name: {"value": self.client.get(self.pv), "timestamp": time.time()}}

    def describe(self):
        return {self.name: {"source": self.pv, "dtype": "number", "shape": []}}

    def read_configuration(self):
        return {}

    describe_configuration = read_configuration


def exchange(sock: socket.socket, data: bytes, count: int) -> Sequence[bytes]:
    sock.sendall(data)
    received = b""
    while received.count(b"\n") < count:
        received += sock.recv(4096)
    return received.splitlines()


def memory() -> None:
    def scan(steps: int) -> None:
        plan = LinearScanConfig(motor=X, start=-1000, stop=1000, steps=steps, detectors=DETECTORS, dwell_time=DWELL)
        engine(plan, port, Path(root))

    with server("--instant") as port, tempfile.TemporaryDirectory() as root:
        scan(1000)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        scan(100_000)
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
    print(f"100,000 points: memory grew by {grown / 100_000:.0f} bytes a point (bar 100)")


@contextmanager
def server(*options: str) -> Iterator[int]:
    command = [sys.executable, "-m", "scantrail", "sim", "beamline", "--port", "0", "--seed", "1", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            address = process.stdout.readline() if process.stdout else ""
            yield int(address.rpartition(":")[2])
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
