"""What runs that go on with one another recorded, as arrays with the meaning of each: what exporters start from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scantrail.runs.documents import Document
from scantrail.runs.reader import Record

PRIMARY = "primary"
OURS = "scantrail"
"""Source of what no instrument tells."""

Values: TypeAlias = NDArray[Any]
Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """One column: its key in the journal, what it stands for, its unit ("" if unknown), where it was read.

    values: float64 with NaN where there is none, int64 if all are integers, else text; one a row. What was not recorded
    but worked out of it may stand beside the columns of a run: in role "dwell" the counting time of each point [s], in
    role "dark" what the detector of the key in `source` reads without beam, in role "derived" what a formula gives.
    """

    key: str
    role: str
    unit: str
    source: str
    values: Values

    @property
    def is_number(self) -> bool:
        """Whether it holds numbers, and not text."""
        return self.values.dtype.kind in "if"

    @property
    def floats(self) -> Floats:
        """The numbers as float64."""
        return self.values.astype(np.float64)

    @property
    def constant(self) -> float | None:
        """The one number that it has at all points; None if it changes."""
        return float(self.values[0]) if len(self.values) and np.all(self.values == self.values[0]) else None


@dataclass(frozen=True, slots=True)
class Recording:
    """Runs that go on with one another as one, in the order of acquisition.

    start: of the newest, whose plan the others share; began, ended: unix time [s], None if nobody saw the end. time:
    unix time [s] of each row. dimensions: the axes' columns, those in lock step together, the slowest first.
    """

    start: Document
    stop: Document | None
    numbers: tuple[int, ...]
    uids: tuple[str, ...]
    began: float
    ended: float | None
    columns: Mapping[str, Recorded]
    time: Floats
    dimensions: tuple[tuple[Recorded, ...], ...]
    shape: tuple[int, ...]

    @property
    def kind(self) -> str:
        """Name of the kind of run."""
        return str(self.start["plan_name"])

    @property
    def name(self) -> str:
        """Number and kind, in words."""
        return f"run {self.numbers[-1]}: {self.kind.replace('_', ' ')}"

    @property
    def axes(self) -> tuple[Recorded, ...]:
        """What was stepped, read back, the slowest first."""
        return tuple(axis for axes in self.dimensions for axis in axes)

    @property
    def detectors(self) -> tuple[Recorded, ...]:
        """What was counted."""
        return tuple(self.columns[key] for key in self.start["detectors"] if key in self.columns)

    @property
    def others(self) -> tuple[Recorded, ...]:
        """Numbers that are no axis, setpoint, index or detector: derived columns, live times, a watched PV."""
        known = {column.key for column in (*self.axes, *self.detectors)}
        plain = (column for column in self.columns.values() if column.is_number and column.key not in known)
        return tuple(column for column in plain if column.role not in {"setpoint", "index", "point"})

    @property
    def changing(self) -> tuple[Recorded, ...]:
        """The others, but for dwells and darks that are the same at every point."""
        return tuple(column for column in self.others if column not in self.unchanging)

    @property
    def unchanging(self) -> tuple[Recorded, ...]:
        """Dwells and darks that are the same at every point, and better told once."""
        same = (column for column in self.others if column.constant is not None)
        return tuple(column for column in same if column.role in {"dwell", "dark"})

    def stepped(self, axis: Recorded) -> Recorded:
        """Return what to draw over: where an axis was sent; of time itself when it was, not when it was due."""
        return axis if axis.source == OURS else self.setpoint(axis) or axis

    def setpoint(self, axis: Recorded) -> Recorded | None:
        """Return where an axis was sent, None if that is not recorded."""
        return self.columns.get(f"{axis.key}_setpoint")

    def dark(self, detector: Recorded) -> Recorded | None:
        """Return what a detector reads without beam at each point, None if nobody knows."""
        return next((one for one in self.columns.values() if one.role == "dark" and one.source == detector.key), None)

    @property
    def dwell(self) -> Recorded | None:
        """The counting time of each point [s], None if nobody knows."""
        return next((one for one in self.columns.values() if one.role == "dwell"), None)

    def of_role(self, role: str) -> Recorded | None:
        """Return the first detector of this role."""
        return next((column for column in self.detectors if column.role == role), None)

    def flat_index(self) -> NDArray[np.intp] | None:
        """Return the place of each row on the grid, counted along its last dimension first; None without a grid."""
        if len(self.shape) < 2:
            return None
        places = [self.columns[f"{axes[0].key}_index"].values.astype(np.intp) for axes in self.dimensions]
        return np.asarray(np.ravel_multi_index(tuple(places), self.shape), dtype=np.intp)

    @property
    def planned(self) -> int:
        """Points of the whole plan."""
        return prod(self.shape)


def recording(records: Sequence[Record], worked_out: Sequence[Recorded] = ()) -> Recording:
    """Return what these runs recorded in their primary stream, oldest first; there may be no row.

    worked_out: columns beside those, as long as they; one whose key is taken is left out.
    """
    last = records[-1]
    columns, time = table(records, PRIMARY)
    roles = {column["key"]: column["role"] for column in last.start["columns"]}
    columns = {key: _with_role(column, roles) for key, column in columns.items()}
    columns = {column.key: column for column in worked_out} | columns
    return Recording(
        start=last.start,
        stop=last.stop,
        numbers=tuple(record.start["scan_id"] for record in records),
        uids=tuple(record.start["uid"] for record in records),
        began=records[0].start["time"],
        ended=last.stop["time"] if last.stop else None,
        columns=columns,
        time=time,
        dimensions=tuple(_axes(last.start, columns)),
        shape=tuple(last.start["shape"]),
    )


def table(records: Sequence[Record], stream: str) -> tuple[dict[str, Recorded], Floats]:
    """Return the columns of one stream by key, and the unix time [s] of its rows; rows that lack a column have NaN."""
    described: dict[str, Document] = {}
    for record in records:
        for descriptor in record.descriptors.get(stream, ()):
            described |= descriptor["data_keys"]
    rows = [row for record in records for row in record.stream(stream).rows()]
    time = np.array([moment for record in records for moment in record.stream(stream).time], dtype=np.float64)
    columns = {
        key: Recorded(
            key, about.get("role", ""), about.get("units") or "", about.get("source", ""), _values(key, about, rows)
        )
        for key, about in described.items()
    }
    return columns, time


def streams(records: Sequence[Record]) -> list[str]:
    """Return the names of all streams, in the order in which they began."""
    return list(dict.fromkeys(name for record in records for name in record.descriptors))


def _values(key: str, about: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Values:
    found = [row.get(key) for row in rows]
    if about.get("dtype") == "string":
        return np.array(["" if value is None else str(value) for value in found], dtype=object)
    if about.get("dtype") == "integer" and all(isinstance(value, int) for value in found):
        return np.array(found, dtype=np.int64)
    return np.array([value if isinstance(value, int | float) else np.nan for value in found], dtype=np.float64)


def _with_role(column: Recorded, roles: Mapping[str, str]) -> Recorded:
    role = roles.get(column.key, column.role)
    return Recorded(column.key, role, column.unit, column.source, column.values)


def _axes(start: Document, columns: Mapping[str, Recorded]) -> Iterator[tuple[Recorded, ...]]:
    for keys, _ in start["hints"]["dimensions"]:
        known = tuple(columns[key] for key in keys if key in columns)
        if known:
            yield known
