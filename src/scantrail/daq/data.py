"""What a scan measured, as arrays: ScanData."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from math import prod
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from scantrail.daq import csvfile
from scantrail.daq.plans import plan_from
from scantrail.errors import InputError, RunError
from scantrail.runs import read

Array: TypeAlias = NDArray[np.float64]
Order: TypeAlias = NDArray[np.int64]


@dataclass
class ScanData:
    """Container for scan data with metadata.

    motor_positions: readbacks by motor; setpoints: where each was sent; detector_readings: by detector, NaN where one
    failed. One value a point, in the order of acquisition; over a grid arrays of the grid's shape, by grid index, NaN
    where nothing was measured. timestamps: unix time [s] of each point in the order of acquisition, strictly
    increasing. order: over a grid, the flat grid index of each point in the order of acquisition; else None.
    """

    motor_positions: dict[str, Array] = field(default_factory=dict)
    detector_readings: dict[str, Array] = field(default_factory=dict)
    timestamps: Array = field(default_factory=lambda: np.array([]))
    metadata: dict[str, Any] = field(default_factory=dict)
    setpoints: dict[str, Array] = field(default_factory=dict)
    order: Order | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of every array but the timestamps."""
        return next((values.shape for values in self._arrays().values()), self.timestamps.shape)

    def to_csv(self, path: Path | str, delimiter: str = ",", *, overwrite: bool = False, header: bool = False) -> None:
        """Export scan data to CSV file: timestamp, readback of each motor, each detector; one row per scan point.

        Rows stand in the order of acquisition; `header` puts the metadata above them as `# key: JSON` lines.
        Raises InputError if the file exists and `overwrite` is not set, or the arrays do not fit each other;
        OutputError if it cannot be written.
        """
        self._fitting()
        csvfile.write(
            Path(path),
            [csvfile.TIMESTAMP, *self.motor_positions, *self.detector_readings],
            self._rows(),
            self._block() if header else {},
            delimiter=delimiter,
            overwrite=overwrite,
            saved=self._saved(),
        )

    @classmethod
    def read_csv(cls, path: Path | str, delimiter: str = ",", *, motors: Sequence[str] | None = None) -> "ScanData":
        """Read back what `to_csv` wrote.

        motors: which columns are motors, by default those of the header block, else the first one. A grid comes back as
        one where the header block holds its plan. Raises InputError naming the line that does not fit, OutputError.
        """
        metadata, (_, *names), (timestamps, *columns) = csvfile.read(Path(path), delimiter)
        chosen = list(metadata.get("motors", names[:1]) if motors is None else motors)
        if missing := [name for name in chosen if name not in names]:
            raise InputError(f"{path} has no column {missing[0]}; it has {', '.join(names)}")
        order = _order(metadata, len(timestamps))
        shape = tuple(metadata["shape"]) if order is not None else ()
        arrays = {name: on_grid(np.array(values), order, shape) for name, values in zip(names, columns, strict=True)}
        return cls(
            {name: arrays[name] for name in chosen},
            {name: values for name, values in arrays.items() if name not in chosen},
            np.array(timestamps),
            metadata,
            order=order,
        )

    @classmethod
    def from_run(cls, directory: Path | str) -> "ScanData":
        """Read what a run recorded, whether it reached its end or not. Raises RunNotFound, JournalError, RunError."""
        from scantrail.daq.collect import Collector  # it fills what this module describes

        record = read(Path(directory))
        collector = Collector(record.start)
        collector.add_record(record)
        status = record.stop["exit_status"] if record.stop else "interrupted"
        return collector.data({"status": status, "directory": str(directory)})

    def validate(self, allow_missing: bool = False) -> None:
        """Validate data consistency.

        All arrays have one shape, timestamps are strictly increasing, no value is NaN or infinite; `allow_missing`
        accepts NaN where a detector failed or a grid was not finished. Raises InputError, which is a ValueError.
        """
        self._fitting()
        if not np.all(np.isfinite(self.timestamps)) or np.any(np.diff(self.timestamps) <= 0):
            raise InputError("timestamps must be finite and increase from point to point")
        for name, values in self._arrays().items():
            bad = np.isinf(values) if allow_missing else ~np.isfinite(values)
            if np.any(bad):
                where = int(np.flatnonzero(bad)[0])
                raise InputError(f"{name} holds {values.flat[where]} at point {where}, {int(np.sum(bad))} in all")

    def _arrays(self) -> dict[str, Array]:
        named = chain(self.motor_positions.items(), self.detector_readings.items())
        return dict(named) | {f"{name} setpoint": values for name, values in self.setpoints.items()}

    def _fitting(self) -> None:
        for name, values in self._arrays().items():
            if values.shape != self.shape:
                raise InputError(f"{name} has the shape {values.shape} and not {self.shape} as the others")
        rows = prod(self.shape) if self.order is None else len(self.order)
        if self.timestamps.shape != (rows,):
            raise InputError(f"there are {self.timestamps.size} timestamps for {rows} points")

    def _rows(self) -> Iterator[tuple[float, ...]]:
        arrays = [*self.motor_positions.values(), *self.detector_readings.values()]
        flat = [values.ravel() if self.order is None else values.ravel()[self.order] for values in arrays]
        return zip(self.timestamps.tolist(), *(values.tolist() for values in flat), strict=True)

    def _block(self) -> dict[str, Any]:
        return {**self.metadata, "motors": list(self.motor_positions), "shape": list(self.shape)}

    def _saved(self) -> str:
        run, directory = self.metadata.get("run"), self.metadata.get("directory")
        return "" if run is None else f"; the data are kept in run {run}, {directory}"


def on_grid(values: Array, order: Order | None, shape: Sequence[int]) -> Array:
    """Put values, in the order of acquisition, where they belong on a grid, NaN elsewhere; without a grid as is."""
    if order is None:
        return values
    grid = np.full(prod(shape), np.nan)
    grid[order] = values
    return grid.reshape(shape)


def _order(metadata: Mapping[str, Any], rows: int) -> Order | None:
    """Return where on its grid each of the first `rows` points of a plan lies; None without a grid."""
    plan, shape = metadata.get("plan"), metadata.get("shape", ())
    if plan is None or len(shape) < 2:
        return None
    grids = [point.grid for point, _ in zip(plan_from(plan).points(), range(rows), strict=False)]
    if len(grids) < rows:
        raise RunError(f"the plan in the header block has {len(grids)} points, fewer than the {rows} rows")
    order: Order = np.ravel_multi_index(tuple(np.array(grids, dtype=int).reshape(-1, len(shape)).T), tuple(shape))
    return order
