"""Plans of position scans: configurations that work their points out before anything moves."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from scantrail.daq.plans.base import PositionScanConfig, ScanConfig, Track, data_key
from scantrail.daq.plans.grid import GridScanConfig, MeshScanConfig
from scantrail.daq.plans.linear import LinearScanConfig, LockstepScanConfig
from scantrail.daq.plans.listed import ListScanConfig
from scantrail.daq.plans.refusals import refused
from scantrail.daq.plans.timed import ELAPSED, DarkScanConfig, TimeScanConfig
from scantrail.daq.plans.xafs import XAFSScanConfig
from scantrail.daq.plans.xafs_edges import edge_named
from scantrail.daq.plans.xafs_regions import Region, region_in
from scantrail.errors import InputError

__all__ = [
    "ELAPSED",
    "PLANS",
    "DarkScanConfig",
    "GridScanConfig",
    "LinearScanConfig",
    "ListScanConfig",
    "LockstepScanConfig",
    "MeshScanConfig",
    "PositionScanConfig",
    "Region",
    "ScanConfig",
    "TimeScanConfig",
    "Track",
    "XAFSScanConfig",
    "data_key",
    "edge_named",
    "plan_from",
    "region_in",
]

_KINDS: tuple[type[ScanConfig], ...] = (
    LinearScanConfig,
    MeshScanConfig,
    XAFSScanConfig,
    ListScanConfig,
    LockstepScanConfig,
    GridScanConfig,
    TimeScanConfig,
    DarkScanConfig,
)
PLANS: dict[str, type[ScanConfig]] = {kind.model_fields["scan_type"].default: kind for kind in _KINDS}
"""Every kind of scan that this version knows, by the name of its kind."""


def plan_from(document: Mapping[str, Any]) -> ScanConfig:
    """Bring a plan of any kind back from its document, or make one of a `[scan]` table with its `type`.

    Raises InputError for a kind that is not known, and for fields that do not fit.
    """
    kind = document.get("type")
    if kind is None:
        raise InputError(f"type is missing; there are {', '.join(PLANS)}")
    if not isinstance(kind, str) or kind not in PLANS:
        raise InputError(f"there is no scan of the type {kind!r}; there are {', '.join(PLANS)}")
    try:
        return PLANS[kind].from_document(document)
    except ValidationError as error:
        raise refused(error, PLANS[kind]) from None
