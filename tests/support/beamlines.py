"""A simulated beamline as a user starts it: a process of its own, and its account of every command."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from commands import until

from scantrail.links import connect
from scantrail.runs import directories, read
from scantrail.sim import read_log
from scantrail.station import data_root

X, Y, ENERGY = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:MONO:ENERGY"
I0, IT = "BL02:DET:I0", "BL02:DET:IT"
SHUTTER_CMD, SHUTTER = "BL02:SHUTTER:CMD", "BL02:SHUTTER:STATUS"


@dataclass(frozen=True)
class Beamline:
    """A server that listens at `address`, host:port."""

    address: str
    log: Path
    process: subprocess.Popen[str]

    @property
    def url(self) -> str:
        """Its address as clients take it."""
        return f"tcp://{self.address}"

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.address.rpartition(":")[2])

    def asked(self, verb: str) -> list[str]:
        """What followed this verb in every command, in order."""
        commands = [record["text"] for record in read_log(self.log) if record["what"] == "command"]
        return [command.partition(":")[2] for command in commands if command.startswith(verb + ":")]

    def moves(self, motor: str) -> list[float]:
        """Where this motor was sent, in order."""
        orders = [order.rpartition(":") for order in self.asked("MOVE")]
        return [float(value) for pv, _, value in orders if pv == motor]

    def value(self, pv: str) -> float:
        """What a PV says now, over a connection of its own."""
        client = connect(self.url)
        try:
            return client.get(pv)
        finally:
            client.close()

    def put(self, pv: str, value: float) -> None:
        """Write a PV, over a connection of its own."""
        client = connect(self.url)
        try:
            client.put(pv, value)
        finally:
            client.close()


@contextmanager
def beamline(place: Path, *options: object, port: int = 0) -> Iterator[Beamline]:
    """`scantrail sim beamline --log …` with further options, on a free port unless told."""
    log = place / "beamline.jsonl"
    command = [
        sys.executable,
        "-m",
        "scantrail",
        "sim",
        "beamline",
        "--port",
        port,
        "--log",
        log,
        "--seed",
        7,
        *options,
    ]
    with subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            assert address
            yield Beamline(address, log, process)
        finally:
            if process.poll() is None:
                process.kill()


def taken(directory: Path) -> list[int]:
    """Indices of the points in a run's journal."""
    return read(directory).stream("primary").columns.get("point", [])


def begun() -> Path:
    """Wait until there is a run, and return its directory."""

    def found() -> Path | None:
        directory = next(iter(directories(data_root())), None)
        return directory if directory and (directory / "journal.jsonl").exists() else None

    return until(found, "a run")


def start_of(directory: Path) -> dict[str, Any]:
    """The start document of a run."""
    return read(directory).start
