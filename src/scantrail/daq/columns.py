"""The columns of a position scan's streams, and what its start document says of them."""

from typing import Any

from scantrail.daq.plans import ELAPSED, ScanConfig
from scantrail.daq.rig import Rig
from scantrail.readings import Column

OURS = "scantrail"
"""Source of what no instrument tells."""

POINT = Column(OURS, None, "integer", "point")
INDEX = Column(OURS, None, "integer", "index")
WORD = Column(OURS, None, "string", "word")
SECONDS = Column(OURS, "s", "number", "elapsed")

FAILURES = {"point": POINT, "detector": WORD, "pv": WORD, "error": WORD}
"""Stream `failures`: detectors that gave no reading at a point."""
_LATER = {"axis": 0, "setpoint": 2, "point": 3, "index": 3}
"""Where a column of this role stands among the others, which have 1."""
HOOKS = {"hook": WORD, "moment": WORD, "duration": SECONDS}
"""Stream `hooks`: what the caller's hooks before and after the scan were, and how long they took."""


def setpoint_key(key: str) -> str:
    """Return the key of a motor's setpoint, beside that of its readback."""
    return f"{key}_setpoint"


def index_key(key: str) -> str:
    """Return the key of the grid index along the dimension of this axis."""
    return f"{key}_index"


def dimensions(plan: ScanConfig, rig: Rig) -> list[list[str]]:
    """Return the data keys of the axes along each dimension, the slowest first."""
    keys = {axis.place: axis.key for axis in rig.axes}
    return [[keys.get(place, place) for place in places] for places in plan.dimensions]


def primary(plan: ScanConfig, rig: Rig) -> dict[str, Column]:
    """Return the columns of the primary stream: point, each readback and setpoint, each reading, the grid index."""
    columns = {"point": POINT}
    for axis in rig.axes:
        columns[axis.key] = axis.column
        columns[setpoint_key(axis.key)] = axis.column._replace(
            source=_setpoint_source(axis.column.source), role="setpoint"
        )
    if paced(plan):
        columns[ELAPSED] = SECONDS._replace(role="axis")
        columns[setpoint_key(ELAPSED)] = SECONDS._replace(role="setpoint")
    columns |= {source.key: source.column for source in rig.read_at_points}
    if len(plan.shape) > 1:
        columns |= {index_key(axes[0]): INDEX for axes in dimensions(plan, rig)}
    return columns


def told(plan: ScanConfig, rig: Rig) -> list[dict[str, Any]]:
    """Return the start document's word on each column: key, role, and for devices their name in the plan.

    Readbacks stand first, then what was read, for tables show as many columns as there is room for.
    """
    names = {axis.key: axis.name for axis in rig.axes} | {source.key: source.name for source in rig.read_at_points}
    return [
        {"key": key, "role": column.role} | ({"name": names[key]} if key in names else {})
        for key, column in sorted(primary(plan, rig).items(), key=lambda item: _LATER.get(item[1].role, 1))
    ]


def paced(plan: ScanConfig) -> bool:
    """Tell whether the time itself is an axis of this plan."""
    return plan.dimensions == ((ELAPSED,),)


def _setpoint_source(readback: str) -> str:
    return readback.removesuffix(".RBV")
