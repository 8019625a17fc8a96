"""500,000 event lines at 100,000/s into a pty while the driver counts them in a scan's window.

Bars on an idle machine: the feeder at most 0.1 s late, every line counted and in the raw file, the reader under 25 %
of a core. The floor takes the same flood with os.read in a loop and keeps nothing.
"""

import os
import select
import subprocess
import sys
import tempfile
import threading
import time
import tty
from pathlib import Path

from scantrail.station import DeviceConfig
from scantrail.threshold.detector import Command
from scantrail.threshold.osechi import Device

LINES, RATE, BURST = 500_000, 100_000, 500
LINE = b"2 0 1 1136 27.37 100594.35 41.43\r\n"
YES = b'{"type":"response","status":"ok","stream":%s}\r\n'

# A program of its own, so that it shares no interpreter with the driver: `feed` writes the flood on a schedule, reports
# how late it ran at worst, and as a board answers SET_STREAM.
FEEDER = f"""
import os, sys, time
LINES, RATE, BURST, LINE, YES = {LINES}, {RATE}, {BURST}, {LINE!r}, {YES!r}

def feed(master):
    start, late = time.perf_counter(), 0.0
    for sent in range(0, LINES, BURST):
        due = start + sent / RATE
        while (left := due - time.perf_counter()) > 0:
            time.sleep(left)
        burst = LINE * BURST
        while burst:
            burst = burst[os.write(master, burst):]
        late = max(late, time.perf_counter() - due)
    print(f"{{late:.6f}}", flush=True)

def obey(master):
    rest = b""
    while True:
        *commands, rest = (rest + os.read(master, 4096)).split(b"\\n")
        for command in commands:
            value = command.split()[1]
            os.write(master, YES % value)
            if value == b"1":
                feed(master)

if sys.argv[2] == "feed":
    feed(int(sys.argv[1]))
else:
    obey(int(sys.argv[1]))
"""


def main() -> None:
    floor_late, floor_share = bare_reads()
    late, share, counted, raw = driver()
    print(f"feeder late     {late * 1e3:7.1f} ms          bare os.read {floor_late * 1e3:7.1f} ms   (bar: 100 ms)")
    print(f"reader's share  {share:7.1%} of a core   bare os.read {floor_share:7.1%}      (bar: 25 %)")
    print(f"lines counted {counted:,}, in the raw file {raw:,}, of {LINES:,}")
    print(f"ratio of the reader to the floor {share / floor_share:.1f}")


def bare_reads() -> tuple[float, float]:
    """Worst lateness of the feeder [s] and the reader's share of a core."""
    with Terminal("feed") as terminal:
        spent, began, left = time.thread_time(), time.perf_counter(), LINES * len(LINE)
        while left:
            left -= len(os.read(terminal.slave, 65536))
        share = (time.thread_time() - spent) / (time.perf_counter() - began)
        return terminal.lateness(), share


def driver() -> tuple[float, float, int, int]:
    """Worst lateness of the feeder [s], the intake thread's share of a core, lines counted, lines in the raw file."""
    with Terminal("obey") as terminal, tempfile.TemporaryDirectory() as place:
        raw = Path(place) / "raw.txt"
        config = DeviceConfig(port=terminal.port, dialect="v1", open_wait=0.0, timeout=10.0)
        with Device(config) as device:
            device.record(raw)
            spent, began = intake_time(), time.perf_counter()
            counts = device.count(LINES / RATE, work)
            share = (intake_time() - spent) / (time.perf_counter() - began)
        return terminal.lateness(), share, counts.patterns.get(5, 0), raw.read_bytes().count(LINE)


def work(seconds: float) -> Command:
    """Wait as a scan loop does, and keep the interpreter as busy as one with a live table: a tenth of the time."""
    until = time.perf_counter() + seconds / 10
    while time.perf_counter() < until:
        str(sum(range(50)))
    time.sleep(seconds * 0.9)
    return "go"


def intake_time() -> float:
    """Processor time of the intake thread so far [s]."""
    intake = next(thread for thread in threading.enumerate() if thread.name.startswith("intake"))
    return time.clock_gettime(time.pthread_getcpuclockid(intake.ident or 0))


class Terminal:
    """A raw pty whose other end is the feeder."""

    def __init__(self, task: str) -> None:
        self._master, self.slave = os.openpty()
        tty.setraw(self.slave)
        self.port = os.ttyname(self.slave)
        self._feeder = subprocess.Popen(
            [sys.executable, "-c", FEEDER, str(self._master), task], pass_fds=[self._master], stdout=subprocess.PIPE
        )

    def lateness(self) -> float:
        """Worst lateness of the feeder [s], once it is done."""
        select.select([self._feeder.stdout], [], [], 60)
        return float(self._feeder.stdout.readline())

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_: object) -> None:
        self._feeder.terminate()
        self._feeder.communicate()
        os.close(self._master)
        os.close(self.slave)


if __name__ == "__main__":
    main()
