"""Rows of a run, as they are recorded or read back, into ScanData: eight bytes a value."""

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
        self._keys = [*self._axes, *map(setpoint_key, self._axes), *self._detectors, *self._grid]
        self._values = itemgetter(*self._keys)
        self._rows = array("d")
        """Of each point its time, then its values."""

    def __len__(self) -> int:
        return len(self._rows) // (1 + len(self._keys))

    def add(self, row: Mapping[str, Any], time: float) -> None:
        """Take one row of the primary stream; None is NaN."""
        values = [time, *self._values(row)]
        try:
            self._rows.fromlist(values)  # all of them or none
        except TypeError:
            self._rows.fromlist([NAN if value is None else value for value in values])

    def add_record(self, record: Record) -> None:
        """Take all rows of a run that was read back."""
        table = record.stream("primary")
        for row, time in zip(table.rows(), table.time, strict=True):
            self.add(row, time)

    def missing(self) -> dict[str, int]:
        """Return at how many points a detector gave no reading, by its name; only those that failed."""
        _, columns = self._table()
        counts = {self._names[key]: int(np.isnan(columns[key]).sum()) for key in self._detectors}
        return {name: count for name, count in counts.items() if count}

    def data(self, more: Mapping[str, Any]) -> ScanData:
        """Return all that was gathered, with what the start document says, and `more`, as metadata."""
        times, columns = self._table()
        order = self._order(columns)
        arrays = {
            key: on_grid(values, order, self._start["shape"])
            for key, values in columns.items()
            if key not in self._grid
        }
        return ScanData(
            {self._names[key]: arrays[key] for key in self._axes},
            {self._names[key]: arrays[key] for key in self._detectors},
            times,
            self._metadata(more),
            {self._names[key]: arrays[setpoint_key(key)] for key in self._axes},
            order,
        )

    def _table(self) -> tuple[Array, dict[str, Array]]:
        """Return the times and the values by key, as views: a long scan is not copied."""
        flat = np.frombuffer(self._rows) if self._rows else np.empty(0)
        times, *columns = flat.reshape(-1, 1 + len(self._keys)).T
        return times, dict(zip(self._keys, columns, strict=True))

    def _order(self, columns: Mapping[str, Array]) -> Order | None:
        if not self._grid:
            return None
        indices = tuple(columns[key].astype(np.int64) for key in self._grid)
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
