"""Rows of a run, as they are recorded or read back, into ScanData: eight bytes a value while it grows."""

from array import array
from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import numpy as np

from scantrail.daq.columns import index_key, setpoint_key
from scantrail.daq.data import Array, Order, ScanData, on_grid
from scantrail.runs import Record

NAN = float("nan")


class Collector:
    """Gathers the rows of a run with this start document, and of runs that it goes on with."""

    def __init__(self, start: Mapping[str, Any]) -> None:
        self._start = start
        self._names = {column["key"]: column.get("name", column["key"]) for column in start["columns"]}
        self._axes: list[str] = [column["key"] for column in start["columns"] if column["role"] == "axis"]
        self._detectors: list[str] = list(start["detectors"])
        self._grid = [index_key(axes[0]) for axes, _ in start["hints"]["dimensions"]] if len(start["shape"]) > 1 else []
        keys = [*self._axes, *map(setpoint_key, self._axes), *self._detectors, *self._grid]
        self._columns = {key: array("d") for key in keys}
        self._times = array("d")
        self._values = itemgetter(*keys) if len(keys) > 1 else lambda row: (row[keys[0]],)

    def __len__(self) -> int:
        return len(self._times)

    def add(self, row: Mapping[str, Any], time: float) -> None:
        """Take one row of the primary stream; None is NaN."""
        for value, column in zip(self._values(row), self._columns.values(), strict=True):
            column.append(NAN if value is None else value)
        self._times.append(time)

    def add_record(self, record: Record) -> None:
        """Take all rows of a run that was read back."""
        table = record.stream("primary")
        for row, time in zip(table.rows(), table.time, strict=True):
            self.add(row, time)

    def missing(self) -> dict[str, int]:
        """Return at how many points a detector gave no reading, by its name; only those that failed."""
        counts = {self._names[key]: int(np.isnan(_view(self._columns[key])).sum()) for key in self._detectors}
        return {name: count for name, count in counts.items() if count}

    def data(self, more: Mapping[str, Any]) -> ScanData:
        """Return all that was gathered, with what the start document says, and `more`, as metadata."""
        order = self._order()
        arrays = {
            key: on_grid(_view(self._columns[key]), order, self._start["shape"])
            for key in self._columns
            if key not in self._grid
        }
        return ScanData(
            {self._names[key]: arrays[key] for key in self._axes},
            {self._names[key]: arrays[key] for key in self._detectors},
            _view(self._times),
            self._metadata(more),
            {self._names[key]: arrays[setpoint_key(key)] for key in self._axes},
            order,
        )

    def _order(self) -> Order | None:
        if not self._grid:
            return None
        indices = tuple(np.array(self._columns[key], dtype=np.int64) for key in self._grid)
        order: Order = np.ravel_multi_index(indices, tuple(self._start["shape"]))
        return order

    def _metadata(self, more: Mapping[str, Any]) -> dict[str, Any]:
        start = self._start
        ours = start["scantrail"]
        return {
            "scan_type": start["plan_name"],
            "run": start["scan_id"],
            "uid": start["uid"],
            "plan": ours["plan"],
            "started": start["time"],
            "operator": ours["operator"],
            "host": ours["host"],
            **more,
        }


def _view(column: "array[float]") -> Array:
    """The values where they are: a long scan is not copied."""
    return np.frombuffer(column) if column else np.empty(0)
