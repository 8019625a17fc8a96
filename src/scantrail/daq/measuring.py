"""A run of a position scan as what was measured, with the runs that it goes on with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scantrail.daq.columns import index_key, setpoint_key
from scantrail.daq.measured import Edge, Floats, Measured, Quantity
from scantrail.errors import RunError
from scantrail.runs import Record

PRIMARY = "primary"
HOW_ENDED = {"abort": "was aborted", "fail": "failed"}


def measured_of(records: Sequence[Record]) -> Measured:
    """Return what runs that go on with one another measured, oldest first; no point if nothing was.

    A reading that failed is NaN. Axes are setpoints, in role "setpoint"; readbacks have the role "axis" and the same
    names. Raises RunError for runs that are no position scans.
    """
    start = records[-1].start
    described = [one["data_keys"] for record in records for one in record.descriptors.get(PRIMARY, ())]
    units = {key: about.get("units") for data_keys in described for key, about in data_keys.items()}
    rows = [row for record in records for row in record.stream(PRIMARY).rows()]
    return replace(measured_rows(start, units, rows), notes=_shortfall(records[-1], len(rows)))


def measured_rows(
    start: Mapping[str, Any], units: Mapping[str, str | None], rows: Sequence[Mapping[str, Any]]
) -> Measured:
    """Return what the rows of the primary stream below this start document hold so far; units by data key.

    Raises RunError for a run that is no position scan.
    """
    roles = {column["key"]: column["role"] for column in start["columns"]}
    axes = [key for key, role in roles.items() if role == "axis"]
    if not axes or any(setpoint_key(key) not in roles for key in axes):
        raise RunError(f"run {start['scan_id']} is a {start['plan_name']}, no scan of positions")

    def quantity(key: str, name: str) -> Quantity:
        return Quantity(name, units.get(key) or "", roles[key], _numbers(row.get(key) for row in rows))

    return Measured(
        kind=start["plan_name"],
        title=f"run {start['scan_id']}: {start['plan_name']}",
        axes=tuple(quantity(setpoint_key(key), key) for key in axes),
        readbacks=tuple(quantity(key, key) for key in axes),
        detectors=tuple(quantity(key, key) for key in start["detectors"]),
        shape=tuple(start["shape"]),
        index=_indices(start, rows),
        edge=_edge(start),
    )


def _indices(start: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> NDArray[np.intp]:
    """Return the place of each row on the grid; along a single dimension it is the number of the point."""
    dimensions = start["hints"]["dimensions"]
    keys = [index_key(axes[0]) for axes, _ in dimensions] if len(dimensions) > 1 else ["point"]
    return np.array([[row[key] for key in keys] for row in rows], dtype=np.intp).reshape(len(rows), len(keys))


def _numbers(values: Iterable[Any]) -> Floats:
    return np.array([value if isinstance(value, int | float) else np.nan for value in values], dtype=float)


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
