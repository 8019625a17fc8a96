"""One scan of each kind, taken once with the simulated beamline."""

from pathlib import Path

import pytest
import sample_scans
from sample_scans import I0, IT, X, Y, Z

from scantrail.daq import (
    GridScanConfig,
    LinearScanConfig,
    ListScanConfig,
    LockstepScanConfig,
    MeshScanConfig,
    TimeScanConfig,
    XAFSScanConfig,
)

BOTH = ("i0", "it")
PLANS = {
    "linear": LinearScanConfig(motor="x", start=-20, stop=20, steps=9, detectors=BOTH, dwell_time=0.01),
    "list": ListScanConfig(motor=X, positions=(0, 5, 1), detectors=(I0,), dwell_time=0.01),
    "lockstep": LockstepScanConfig(axes=[(X, 0, 1), (Y, 2, 0)], steps=4, detectors=(I0,), dwell_time=0.01),
    "mesh": MeshScanConfig(motor1=(Y, 1, 0, 3), motor2=(X, 0, 20, 4), detectors=BOTH, dwell_time=0.01, snake=True),
    "grid": GridScanConfig(axes=[(X, 0, 1, 2), (Y, 0, 2, 3), (Z, 0, 2, 2)], detectors=(I0, IT), dwell_time=0.01),
    "time": TimeScanConfig(count=4, every=0.02, detectors=(I0,), dwell_time=0.01),
    "xafs": XAFSScanConfig(
        energy_pv="energy",
        edge="Fe K",
        regions=["-50:-20:10", "-20:20:2", "20:5k:0.1k"],
        detectors=("i0", "it", "if"),
        dwell_time=0.01,
    ),
}


@pytest.fixture(scope="session")
def scans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The directory of a scan of each kind."""
    root = tmp_path_factory.mktemp("scans")
    return {kind: sample_scans.take(root, plan) for kind, plan in PLANS.items()}
