"""Small scans: their configuration, the simulated detector, and ways to read what they left."""

import csv
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scantrail.db import database_url
from scantrail.runs import Record, find, read
from scantrail.station import data_root
from scantrail.threshold import (
    DeviceConfig,
    HaniwersConfig,
    MockerConfig,
    RandomMocker,
    SensorConfig,
    Setting,
    parallel_plan,
    serial_plan,
)

SPEED = 100.0


@pytest.fixture
def scan_config(tmp_path: Path) -> Callable[..., HaniwersConfig]:
    """`scan_config({1: 300, 2: 308}, nsteps=2, ...)`: a configuration of fast scans, files in `tmp_path/scan`."""

    def make(
        centers: dict[int, int] | None = None,
        *,
        nsteps: int = 2,
        step: int = 5,
        duration: float = 2.0,
        rest: dict[int, int] | None = None,
        workspace: str = "scan",
        timeout: float = 2.0,
        **mocker: object,
    ) -> HaniwersConfig:
        centers = centers or {1: 300, 2: 308, 3: 292}
        sensors = {
            f"ch{channel}": SensorConfig(
                id=channel, center=center, nsteps=nsteps, step_size=step, threshold=(rest or {}).get(channel)
            )
            for channel, center in centers.items()
        }
        config = HaniwersConfig(
            device=DeviceConfig(timeout=timeout, settle=0.1),
            sensors=sensors,
            mocker=MockerConfig.model_validate({"seed": 5, "speed": SPEED, **mocker}),
        )
        return config.with_options(duration=duration, workspace=tmp_path / workspace)

    return make


@pytest.fixture
def mock() -> Iterator[Callable[..., RandomMocker]]:
    """`mock(config, faults=...)`: the simulated detector, connected."""
    made: list[RandomMocker] = []

    def connect(config: HaniwersConfig, faults: object = None) -> RandomMocker:
        made.append(RandomMocker(config))
        made[-1].connect()
        if faults is not None:
            made[-1].machine.faults = faults
        return made[-1]

    yield connect
    for one in made:
        one.disconnect()


@pytest.fixture
def plan_of() -> Callable[..., object]:
    """`plan_of("serial" | "parallel", config)`: its plan, without pauses between attempts."""
    from dataclasses import replace

    makers = {"serial": serial_plan, "parallel": parallel_plan}
    return lambda kind, config, **options: replace(makers[kind](config, **options), retry_spacing=0.0)


@pytest.fixture
def setting(tmp_path: Path) -> Callable[..., Setting]:
    """`setting(**changes)`: what surrounds a scan whose files go to `tmp_path/scan`."""

    def make(**changes: object) -> Setting:
        given = {"workspace": tmp_path / "scan", **changes}
        return Setting(data_root(), database_url(None, None), **given)

    return make


@pytest.fixture
def rows() -> Callable[[Path], list[dict[str, str]]]:
    """`rows(path)`: the rows of a CSV file by column."""

    def read_rows(path: Path) -> list[dict[str, str]]:
        with Path(path).open(newline="") as file:
            return list(csv.DictReader(file))

    return read_rows


@pytest.fixture
def record() -> Callable[[int], Record]:
    """`record(number)`: a run as its journal tells it."""
    return lambda number: read(find(data_root(), str(number)))
