"""A run of a position scan as what was measured, with the runs that it goes on with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.columns import index_key, setpoint_key
from scantrail.daq.darks import darks_of
from scantrail.daq.derived import known_columns, with_derived
from scantrail.daq.measured import Edge, Floats, Measured, Quantity
from scantrail.daq.plans import plan_from
from scantrail.errors import RunError
from scantrail.runs import Record

PRIMARY = "primary"
HOW_ENDED = {"abort": "was aborted", "fail": "failed"}


def measured_of(records: Sequence[Record]) -> Measured:
    """Return what runs that go on with one another measured, oldest first; no point if nothing was.

    A reading that failed is NaN. Axes are setpoints, in role "setpoint"; readbacks have the role "axis" and the same
    names. Derived columns, dark readings and ceilings are those of the station that the run was taken on. Raises
    RunError for runs that are no position scans.
    """
    start = records[-1].start
    described = [one["data_keys"] for record in records for one in record.descriptors.get(PRIMARY, ())]
    units = {key: about.get("units") for data_keys in described for key, about in data_keys.items()}
    rows = [row for record in records for row in record.stream(PRIMARY).rows()]
    measured = measured_rows(start, units, rows)
    return replace(measured, notes=(*_shortfall(records[-1], len(rows)), *measured.notes))


def measured_rows(
    start: Mapping[str, Any], units: Mapping[str, str | None], rows: Sequence[Mapping[str, Any]]
) -> Measured:
    """Return what the rows of the primary stream below this start document hold so far; units by data key.

    Raises RunError for a run that is no position scan.
    """
    roles = {column["key"]: column["role"] for column in start["columns"]}
    axes = [key for key, role in roles.items() if role == "axis"]
    if not axes or any(setpoint_key(key) not in roles for key in axes):
        raise RunError(f"run {start['scan_id']} ({start['plan_name']}) tells of no axis and its setpoints")

    index = _indices(start, rows)
    dwell = _dwells(start, [row["point"] for row in rows])
    station = start["scantrail"]["station"]
    darks, detectors = darks_of(start, dwell), station.get("detectors", {})

    def quantity(key: str, name: str) -> Quantity:
        values = _numbers(row.get(key) for row in rows)
        ceiling = detectors.get(name, {}).get("ceiling")
        return Quantity(name, units.get(key) or "", roles[key], values, darks.get(key), ceiling)

    measured = Measured(
        kind=start["plan_name"],
        title=f"run {start['scan_id']}: {start['plan_name']}",
        axes=tuple(quantity(setpoint_key(key), key) for key in axes),
        readbacks=tuple(quantity(key, key) for key in axes),
        detectors=tuple(quantity(key, key) for key in start["detectors"]),
        shape=tuple(start["shape"]),
        index=index,
        edge=_edge(start),
        dwell=dwell,
        grid=_grid(start) if len(start["shape"]) > 1 else (),
    )
    return with_derived(measured, station.get("columns", {}), known_columns(station))


def _indices(start: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> NDArray[np.intp]:
    """Return the place of each row on the grid; along a single dimension it is the number of the point."""
    dimensions = start["hints"]["dimensions"]
    keys = [index_key(axes[0]) for axes, _ in dimensions] if len(dimensions) > 1 else ["point"]
    return np.array([[row[key] for key in keys] for row in rows], dtype=np.intp).reshape(len(rows), len(keys))


def _numbers(values: Iterable[Any]) -> Floats:
    return np.array([value if isinstance(value, int | float) else np.nan for value in values], dtype=float)


def _dwells(start: Mapping[str, Any], points: Sequence[int]) -> Floats | None:
    """Return the counting time of each point [s], as its plan says."""
    document = start["scantrail"]["plan"]
    if document["type"] != "xafs":
        return np.full(len(points), float(document["dwell_time"]))
    every = [point.dwell for point in plan_from(document).points()]
    return np.array([every[point] for point in points], dtype=float)


def _grid(start: Mapping[str, Any]) -> tuple[Floats, ...]:
    """Return the setpoints planned along each dimension; those of a relative scan count from its origin."""
    plan = plan_from(start["scantrail"]["plan"])
    firsts = [next(iter(track.items())) for track in plan.tracks]
    origin = dict(zip(plan.motors, getattr(plan, "origin", None) or (), strict=False))
    return tuple(positions + origin.get(name, 0.0) for name, positions in firsts)


def _edge(start: Mapping[str, Any]) -> Edge | None:
    told = start.get("xafs")
    if told is None:
        return None
    return Edge(told.get("element") or "", told.get("edge") or "", float(told["e0"]))


def _shortfall(last: Record, taken: int) -> tuple[str, ...]:
    """Say how a scan ended that did not reach its end."""
    planned = prod(last.start["shape"])
    if taken >= planned:
        return ()
    ended = "is not finished" if last.stop is None else HOW_ENDED.get(last.stop["exit_status"], "ended early")
    return (f"the scan {ended}: {taken} of {planned} points were measured",)
