"""The commands as a user runs them: processes of their own, a simulated detector behind a pseudo-terminal."""

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from scantrail.runs import Record, directories, find, read
from scantrail.sim import Window, read_log, thresholds, windows
from scantrail.station import data_root

BIN = Path(sys.executable).parent
PATIENCE = 30.0
"""Seconds after which a state that a test waits for is held to be never reached."""

T = TypeVar("T")


# --- commands ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What --json printed."""
        return json.loads(self.out)


class Running:
    """A command that runs; its output goes to files, so that it never waits for a reader."""

    def __init__(self, arguments: list[str], preexec: Callable[[], None] | None = None) -> None:
        self._out, self._err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - closed by `ended`
        self.process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=self._out,
            stderr=self._err,
            preexec_fn=preexec,
        )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def ended(self, within: float = PATIENCE) -> Done:
        """Wait until it has ended by itself; what it wrote must hold no traceback."""
        try:
            code = self.process.wait(within)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {within:g} s: {self.said()}") from None
        out, err = self.said()
        assert "Traceback" not in out + err, err
        return Done(code, out, err)

    def said(self) -> tuple[str, str]:
        """What it has written so far, to stdout and to stderr."""
        files = (self._out.fileno(), self._err.fileno())
        return tuple(os.pread(file, os.fstat(file).st_size, 0).decode() for file in files)  # type: ignore[return-value]

    def close(self) -> None:
        """Kill it unless it has ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self._out.close()
        self._err.close()


@contextmanager
def started(*arguments: object, preexec: Callable[[], None] | None = None) -> Iterator[Running]:
    """`scantrail` with these arguments, running while the block does."""
    running = Running([sys.executable, "-m", "scantrail", *map(str, arguments)], preexec)
    try:
        yield running
    finally:
        running.close()


def scantrail(*arguments: object, preexec: Callable[[], None] | None = None) -> Done:
    """Run `scantrail` to its end."""
    with started(*arguments, preexec=preexec) as running:
        return running.ended()


def haniwers(*arguments: object) -> Done:
    """Run `haniwers-v1`, the script as installed, to its end."""
    running = Running([str(BIN / "haniwers-v1"), *map(str, arguments)])
    try:
        return running.ended()
    finally:
        running.close()


def until(condition: Callable[[], T], what: str) -> T:
    """Wait until `condition()` holds and return its value."""
    deadline = time.monotonic() + PATIENCE
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {PATIENCE:g} s"
        time.sleep(0.01)
    return value


# --- what they leave on disk ------------------------------------------------------------------------------------------


def newest() -> Path | None:
    """Directory of the newest run, None if there is none."""
    return next(iter(directories(data_root())), None)


def run_numbered(number: int) -> Path:
    """Directory of the run with this number."""
    return find(data_root(), str(number))


def run_with_points(number: int, after: Path | None = None) -> Path:
    """Wait until the newest run, another than `after`, holds so many points, and return its directory."""

    def found() -> Path | None:
        directory = newest()
        if directory == after:
            return None
        begun = directory is not None and (directory / "journal.jsonl").exists()
        return directory if directory and begun and points(directory) >= number else None

    return until(found, f"a run with {number} points")


def points(directory: Path) -> int:
    """Points in a run's journal."""
    return len(read(directory).stream("primary"))


def table(path: Path) -> list[dict[str, str]]:
    """Rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def scan_files(directory: Path) -> dict[int, list[dict[str, str]]]:
    """Rows of every `scan_results_chN.csv` by channel."""
    return {n: table(path) for n in (1, 2, 3) if (path := directory / f"scan_results_ch{n}.csv").exists()}


# --- the detector -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Detector:
    """A simulated detector on a port, and the station file that describes it."""

    station: Path
    link: Path
    log: Path
    process: subprocess.Popen[str]

    @property
    def thresholds(self) -> dict[int, int]:
        """In force now, as the board itself knows."""
        return thresholds(read_log(self.log))

    @property
    def windows(self) -> list[Window]:
        """Counting windows, as a perfect reader sees them."""
        return windows(read_log(self.log))

    @property
    def pid(self) -> int:
        """Of the simulator."""
        return self.process.pid


def write_station(path: Path, sections: Mapping[str, Mapping[str, object]]) -> Path:
    """Write a station file from its sections."""
    blocks = (
        f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())
        for name, keys in sections.items()
    )
    path.write_text("\n".join(blocks))
    return path


@contextmanager
def detector(
    place: Path, *options: object, speed: float = 20.0, device: Mapping[str, object] | None = None
) -> Iterator[Detector]:
    """`scantrail sim osechi --link … --log …` with further options, and a station file for it in `place`."""
    link, log = place / "osechi", place / "osechi.jsonl"
    quick = {"label": "bench", "port": str(link), "timeout": 1.0, "open_wait": 0.05, "settle": 0.1}
    station = write_station(
        place / "bench.toml",
        {"device": {**quick, **(device or {})}, "mocker": {"speed": speed, "seed": 11}},
    )
    command = [sys.executable, "-m", "scantrail", "sim", "osechi", "--config", station, "--link", link, "--log", log]
    with subprocess.Popen([*map(str, command), *map(str, options)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().startswith("/dev/")
            yield Detector(station, link, log, process)
        finally:
            process.terminate()


def agrees_with_the_log(record: Record, bench: Detector) -> None:
    """Every point of the journal holds exactly the events of its window in the simulator's log.

    Of what a busy host had no room for, a line that lacks its end alone is counted though it was not wholly delivered.
    """
    rows = list(record.stream("primary").rows())
    assert rows
    seen = {tuple(window.thresholds.values()): window for window in bench.windows}
    for row in rows:
        window = seen[tuple(row[f"ch{n}_threshold"] for n in (1, 2, 3))]
        counts = [row[f"ch{n}_counts"] for n in (1, 2, 3)]
        off = [abs(count - window.channels[n]) for n, count in zip((1, 2, 3), counts, strict=True)]
        assert max(off) <= window.lost.get("host", 0), (row, window)
