"""Position scans on the simulated beamline in another process, against a bare pipelined socket loop doing the same.

Bars: at most 1.5 x the bare loop with the journal on, 1.15 x on a server with a tick of 1 ms; two round trips a point;
100,000 points grow the memory by less than 100 bytes a point.

Where scan and server share a core, what one does between two requests makes the other slower, too; on a core each, or
on two machines, waking up takes most of the time of both loops. So three ratios are printed: as the system places the
two, on one core, on a core each; of the lowest and of the medians, for other work on the machine falls on either side.
"""

import json
import logging
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from scantrail.daq import DeviceClient, LinearScanConfig, MeshScanConfig, ScanConfig, ScanEngine
from scantrail.station import Station

X, Y = "BL02:SAMPLE:X", "BL02:SAMPLE:Y"
DETECTORS = ["BL02:DET:I0", "BL02:DET:IT"]
DWELL = 1e-9
CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def main() -> None:
    logging.disable()
    os.environ.setdefault("SCANTRAIL_DB", tempfile.mkdtemp() + "/runs.db")
    linear = LinearScanConfig(motor=X, start=-1000, stop=1000, steps=1000, detectors=DETECTORS, dwell_time=DWELL)
    mesh = MeshScanConfig(motor1=(Y, -50, 50, 100), motor2=(X, -50, 50, 100), detectors=DETECTORS, dwell_time=DWELL)
    moving = LinearScanConfig(motor=X, start=0, stop=1000, steps=100, detectors=DETECTORS, dwell_time=DWELL)
    memory()  # first: what a process has grown by once, it does not show again
    scans = (("linear 1000 x 2 detectors", linear, 15), ("mesh 100 x 100 x 2 detectors", mesh, 5))
    for title, plan, rounds in scans:
        print(f"{title}, instant motors: {counted(plan)}")
        for where, (theirs, ours) in placements().items():
            compare(f"  {where}", plan, "--instant", bar=1.5, rounds=rounds, theirs=theirs, ours=ours)
    compare("linear 100 x 2 detectors, tick of 1 ms, 10 um steps", moving, "--tick", "1ms", bar=1.15, rounds=3)
    run_engine(linear)


def placements() -> Mapping[str, tuple[Set[int], Set[int]]]:
    """The cores of the server and of the scan, by what to call that."""
    anywhere = set(CORES)
    if len(CORES) < 2:
        return {"as the system places them": (anywhere, anywhere)}
    one, other = {CORES[-1]}, {CORES[0]}
    return {
        "as the system places them": (anywhere, anywhere),
        "both on one core": (one, one),
        "on a core each": (other, one),
    }


def compare(
    title: str,
    plan: ScanConfig,
    *options: str,
    bar: float,
    rounds: int,
    theirs: Set[int] = frozenset(CORES),
    ours: Set[int] = frozenset(CORES),
) -> None:
    engines, bares = [], []
    place(theirs)
    with server(*options) as port, tempfile.TemporaryDirectory() as root:
        place(ours)
        for _ in range(rounds):
            engines.append(engine(plan, port, Path(root)) * 1e6)
            bares.append(socket_loop(plan, port) * 1e6)
    place(frozenset(CORES))
    ratios = [summary(engines) / summary(bares) for summary in (min, statistics.median)]
    print(
        f"{title}: {min(engines):.0f} us a point, bare loop {min(bares):.0f}; "
        f"ratio {ratios[0]:.2f} of the lowest, {ratios[1]:.2f} of the medians (bar {bar})"
    )


def place(cores: Set[int]) -> None:
    """Run on these cores from now on, and so do processes that are started."""
    if cores:
        os.sched_setaffinity(0, cores)


def counted(plan: ScanConfig) -> str:
    """Say what the server counted of a scan, a point."""
    with tempfile.TemporaryDirectory() as root:
        log = Path(root) / "log.jsonl"
        with server("--instant", "--log", str(log)) as port:
            engine(plan, port, Path(root))
        end = json.loads(log.read_text().splitlines()[-1])
    points = sum(1 for _ in plan.points())
    commands = ", ".join(f"{count / points:.2f} {verb}" for verb, count in sorted(end["commands"].items()))
    return f"{end['turns'] / points:.2f} round trips a point ({commands})"


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
