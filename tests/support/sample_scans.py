"""Scans taken with the simulated beamline in this process, and records of scans made by hand."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from scantrail.daq import ScanConfig, ScanData, ScanEngine
from scantrail.links import LineClient
from scantrail.runs import Record, Table, read
from scantrail.sim import BeamlineMachine, Bench
from scantrail.station import Station

X, Y, Z, ENERGY = "BL02:SAMPLE:X", "BL02:SAMPLE:Y", "BL02:SAMPLE:Z", "BL02:MONO:ENERGY"
I0, IT, IF = "BL02:DET:I0", "BL02:DET:IT", "BL02:DET:IF"

STATION = Station.model_validate(
    {
        "beamline": {"name": "BL02", "facility": "Test ring", "source": "bending magnet"},
        "motors": {
            "x": {"pv": X, "units": "um"},
            "y": {"pv": Y, "units": "um"},
            "energy": {"pv": ENERGY, "units": "eV"},
        },
        "detectors": {
            "i0": {"pv": I0, "units": "counts/s"},
            "it": {"pv": IT, "units": "counts/s", "dark": 2.5},
            "if": {"pv": IF, "units": "counts/s"},
        },
        "columns": {"mu": "ln(i0 / it)"},
        "crystal": {"name": "Si 111", "d_spacing": 3.1356},
        "baseline": {"pvs": ["BL02:RING:CURRENT"]},
    }
)
"""A station with everything that files tell of one."""

Hook = Callable[..., None]


@contextmanager
def simulated_beamline() -> Iterator[LineClient]:
    """A client of a simulated beamline whose motors arrive at once."""
    client = LineClient("sim://test", Bench(BeamlineMachine(seed=1, instant=True)).dial, timeout=1.0)
    client.connect()
    try:
        yield client
    finally:
        client.disconnect()


def take(root: Path, plan: ScanConfig, *, station: Station = STATION, point: Hook | None = None) -> Path:
    """Take a scan below `root`, leave it out of the catalogue, and return its directory."""
    with simulated_beamline() as client, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["scantrail.daq.take"], "note_run", lambda url, directory: None)
        engine = ScanEngine(client, station=station, root=root, point=point)
        engine.run(plan)
    return engine.taken.run.directory


def data_of(directory: Path) -> ScanData:
    """What a scan measured, as its engine gave it."""
    return ScanData.from_run(directory)


def without(record: Record, key: str, points: Sequence[int]) -> Record:
    """The record as if a detector had failed at these points."""
    for point in points:
        record.stream("primary").columns[key][point] = None
    return record


def cut(record: Record, points: int) -> Record:
    """The record of a run whose process was killed after so many points."""
    table = record.stream("primary")
    short = Table(
        {key: values[:points] for key, values in table.columns.items()}, table.time[:points], table.seq[:points]
    )
    return Record(record.directory, record.start, None, record.descriptors, {**record.streams, "primary": short})


def read_cut(directory: Path, points: int) -> Record:
    """The first points of a run."""
    return cut(read(directory), points)


def scan_record(kind: str, columns: dict[str, tuple[str, list[Any]]], **start: Any) -> Record:
    """A record made by hand: columns are (role, values) by key; the axes are those of the role "axis"."""
    keys = {key: {"dtype": "number", "source": f"test/{key}", "role": role} for key, (role, _) in columns.items()}
    rows = len(next(iter(columns.values()))[1])
    axes = [key for key, (role, _) in columns.items() if role == "axis"]
    detectors = [key for key, (role, _) in columns.items() if role in {"i0", "itrans", "ifluor", "counts"}]
    document = {
        "uid": "0123abcd-0000-4000-8000-000000000000",
        "time": 1000.0,
        "scan_id": 7,
        "plan_name": kind,
        "detectors": detectors,
        "columns": [{"key": key, "role": role} for key, (role, _) in columns.items()],
        "hints": {"dimensions": [[axes, "primary"]]},
        "shape": [rows],
        "extents": [[0.0, 1.0]],
        "scantrail": {
            "version": "0.0",
            "kind": kind,
            "plan": {"type": kind, "dwell_time": 0.5, "regions": []},
            "station": {},
            "operator": "tester",
            "host": "here",
            "python": "3",
            "components": [],
        },
        **start,
    }
    table = Table(
        {key: values for key, (_, values) in columns.items()},
        [1000.0 + i for i in range(rows)],
        list(range(1, rows + 1)),
    )
    return Record(Path("run"), document, None, {"primary": [{"data_keys": keys}]}, {"primary": table})
