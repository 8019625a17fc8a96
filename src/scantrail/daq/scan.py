"""Scan configurations and the engine that runs them, under the names that callers of this room know."""

from scantrail.daq.engine import ScanEngine
from scantrail.daq.plans import (
    GridScanConfig,
    LinearScanConfig,
    ListScanConfig,
    LockstepScanConfig,
    MeshScanConfig,
    PositionScanConfig,
    ScanConfig,
    TimeScanConfig,
    XAFSScanConfig,
    plan_from,
)

__all__ = [
    "GridScanConfig",
    "LinearScanConfig",
    "ListScanConfig",
    "LockstepScanConfig",
    "MeshScanConfig",
    "PositionScanConfig",
    "ScanConfig",
    "ScanEngine",
    "TimeScanConfig",
    "XAFSScanConfig",
    "plan_from",
]
