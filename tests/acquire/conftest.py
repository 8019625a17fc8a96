"""Orders of small scans, and the simulated detector behind a port."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scantrail.acquire import Order, RigOptions
from scantrail.runs import Record, find, read
from scantrail.sim import Faults, OsechiMachine, PtyServer
from scantrail.station import Station, data_root, read_station
from scantrail.threshold import HaniwersConfig, parallel_plan, serial_plan

SPEED = 100.0


@pytest.fixture
def board() -> Iterator[Callable[..., tuple[OsechiMachine, PtyServer]]]:
    """`board(faults=...)`: a simulated board behind a pseudo-terminal, and its server."""
    servers = []

    def serve(faults: Faults | None = None, *, speed: float = SPEED) -> tuple[OsechiMachine, PtyServer]:
        machine = OsechiMachine(faults=faults, seed=3)
        servers.append(PtyServer(machine, speed=speed))
        servers[-1].__enter__()
        return machine, servers[-1]

    yield serve
    for server in servers:
        server.__exit__(None, None, None)


@pytest.fixture
def station() -> Callable[..., Station]:
    """`station(port, more)`: a station of three channels with 5 points each, at rates for a busy machine."""

    def make(port: str = "auto", more: str = "") -> Station:
        sensors = "".join(f"[sensors.ch{channel}]\ncenter = 325\nnsteps = 2\nstep_size = 5\n" for channel in (1, 2, 3))
        device = f'[device]\nport = "{port}"\ndialect = "v1"\nopen_wait = 0.0\ntimeout = 10.0\n'
        return read_station(f"{device}[sampler]\nduration = 2.0\n{sensors}{more}")

    return make


@pytest.fixture
def ordered(station: Callable[..., Station]) -> Callable[..., Order]:
    """`ordered(kind, port=None, ...)`: an order of a scan, of the detector on `port` or the mock one."""
    plans = {"serial": serial_plan, "parallel": parallel_plan}

    def make(kind: str = "parallel", port: str | None = None, *, more: str = "", **given: object) -> Order:
        at = station(port or "auto", more)
        options = RigOptions(mock=port is None, speed=SPEED, seed=1)
        return Order(plans[kind](HaniwersConfig.from_station(at)), at, options, **given)

    return make


@pytest.fixture
def record() -> Callable[[int], Record]:
    """`record(number)`: a run as its journal tells it."""
    return lambda number: read(find(data_root(), str(number)))


@pytest.fixture
def directory() -> Callable[[int], Path]:
    """`directory(number)`: where a run lies."""
    return lambda number: find(data_root(), str(number))


@pytest.fixture
def known():
    """`known(id)`: add a component to the default database, of the profile that knows scans, and return its id."""
    from scantrail.tracker import add_component, get_default_db

    def add(component):
        with get_default_db(profile="osechi") as database:
            add_component(component, "detector", {}, db=database)
        return component

    return add
