"""A simulated beamline in this process, behind its real protocol, with an account of every command."""

import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_client import FakeClient

from scantrail.daq import ScanEngine
from scantrail.links import LineClient
from scantrail.sim import BeamlineMachine, Bench, SimulationLog
from scantrail.station import Station

X, Y, Z, ENERGY = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:SAMPLE:Z", "BL02:MONO:ENERGY"
I0, IT = "BL02:DET:I0", "BL02:DET:IT"


class Beamline:
    """A machine, a client of it, and what the machine was asked; `engine(...)` scans on it."""

    def __init__(self, root: Path, url: str = "sim://test", **settings: object) -> None:
        self.root = root
        self.log = SimulationLog()
        self.machine = BeamlineMachine(**{"seed": 1, "instant": True, "log": self.log, **settings})
        self.bench = Bench(self.machine)
        self.client = LineClient(url, self.bench.dial, timeout=1.0)
        self.client.connect()

    def engine(self, station: Station | None = None, **settings: object) -> ScanEngine:
        return ScanEngine(self.client, station=station or Station(), root=self.root, **settings)

    def asked(self, verb: str) -> list[str]:
        """What followed this verb in every command, in order."""
        commands = [record["text"] for record in self.log.records if record["what"] == "command"]
        return [command.partition(":")[2] for command in commands if command.startswith(verb + ":")]

    def moves(self, motor: str = "") -> list[float] | list[tuple[str, float]]:
        """Where this motor was sent, in order; of all motors (name, position)."""
        pairs = [(pv, float(value)) for pv, _, value in (order.rpartition(":") for order in self.asked("MOVE"))]
        return [value for pv, value in pairs if pv == motor] if motor else pairs

    def value(self, pv: str) -> float:
        return self.client.get(pv)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "root"


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Keep the catalogue in a database of its own; return its URL."""
    monkeypatch.setenv("SCANTRAIL_DB", str(tmp_path / "runs.db"))
    return f"sqlite:///{tmp_path}/runs.db"


@pytest.fixture(autouse=True)
def without_catalogue(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the catalogue out, but where a test is about it: no scan depends on it, and making one takes time."""
    if "catalogue" not in request.fixturenames:
        monkeypatch.setattr(sys.modules["scantrail.daq.take"], "note_run", lambda url, directory: None)


@pytest.fixture
def make(root: Path) -> Iterator[Callable[..., Beamline]]:
    """`make(**settings)`: a simulated beamline; motors arrive at once unless `instant=False`."""
    made: list[Beamline] = []

    def beamline(**settings: object) -> Beamline:
        made.append(Beamline(root, **settings))
        return made[-1]

    yield beamline
    for each in made:
        each.client.disconnect()


@pytest.fixture
def beamline(make: Callable[..., Beamline]) -> Beamline:
    return make()


@pytest.fixture
def fake() -> FakeClient:
    return FakeClient()


@pytest.fixture
def later() -> Iterator[Callable[[float, Callable[[], object]], None]]:
    """`later(seconds, action)`: do something from another thread while a scan runs."""
    timers: list[threading.Timer] = []

    def call(seconds: float, action: Callable[[], object]) -> None:
        timers.append(threading.Timer(seconds, action))
        timers[-1].start()

    yield call
    for timer in timers:
        timer.cancel()
        timer.join()
