"""Recorded events, a column each, from the files that a data taking left.

Two kinds of files are read: CSV with one event a line (see `event_rows`), and the bytes as the detector sent them, in a
file named `*.raw` such as the `events.raw` beside a run's journal (see `event_lines`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from scantrail.errors import InputError
from scantrail.threshold.event_lines import RAW_SUFFIX, read_lines
from scantrail.threshold.event_rows import read_rows
from scantrail.threshold.event_table import COLUMNS, Clock, Table

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Recorded events in order of time; nan where a column was not recorded.

    time [events]: s, on the `clock`: unix seconds, the detector's uptime, or nan without any. hits [events, 3]: 0-10 of
    channels 1-3, 0 did not fire. adc [events]. temperature [degrees C], pressure [Pa], humidity [%], [events] each.
    part [events]: number of the file or counting window that an event comes from: between two parts nothing was
    recorded. notices: what a reader must know, a sentence each.
    """

    time: Floats
    hits: Whole
    adc: Floats
    temperature: Floats
    pressure: Floats
    humidity: Floats
    part: Whole
    clock: Literal["unix", "uptime", "none"] = "unix"
    notices: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.time)

    @property
    def patterns(self) -> Whole:
        """Coincidence pattern of each event: bit 0 is channel 1; 0 if no channel fired."""
        fired: Whole = (self.hits > 0) @ np.array([1, 2, 4])
        return fired

    def check_times(self, purpose: str) -> None:
        """Raise InputError if the events have no times, which `purpose` needs."""
        if self.clock == "none":
            raise InputError(
                f"these events hold no times, which {purpose} needs: the detector sent neither detected_us nor "
                "uptime_ms with them."
            )


def read_events(files: Iterable[Path | str]) -> Events:
    """Read the events in `files`, which together are one recording.

    Raises InputError naming file, line and what would be right: for a file that cannot be read, none with an event, a
    file given twice, several files whose clocks cannot be compared.
    """
    paths = [Path(file) for file in files]
    _check_distinct(paths)
    notices: list[str] = []
    tables: list[tuple[Path, Table]] = []
    for path in paths:
        table = read_lines(path) if path.suffix == RAW_SUFFIX else read_rows(path)
        notices += table.notices
        if len(table.values):
            tables.append((path, table))
        else:
            notices.append(f"{path} holds no events.")
    if not tables:
        raise InputError(f"no events in {', '.join(map(str, paths)) or 'no files'}; give a file with at least one.")
    clock = _clock(tables)
    if clock != "none":
        tables.sort(key=lambda pair: float(pair[1].values[:, 0].min()))
        notices += _about_order(tables)
    return _joined([table for _, table in tables], clock, notices)


def _joined(tables: Sequence[Table], clock: Clock, notices: Sequence[str]) -> Events:
    values = np.concatenate([table.values for table in tables])
    first = np.cumsum([0, *(int(table.part[-1]) + 1 for table in tables[:-1])])
    part = np.concatenate([table.part + start for table, start in zip(tables, first, strict=True)])
    if clock != "none":
        order = np.argsort(values[:, 0], kind="stable")
        values, part = values[order], part[order]
    time, _, _, _, adc, temperature, pressure, humidity = (np.ascontiguousarray(column) for column in values.T)
    hits = values[:, 1:4].astype(np.int64)
    return Events(time, hits, adc, temperature, pressure, humidity, part, clock, tuple(notices))


def _check_distinct(paths: Sequence[Path]) -> None:
    seen: set[Path] = set()
    for path in paths:
        if path.resolve() in seen:
            raise InputError(f"{path} is given twice; its events would be counted twice.")
        seen.add(path.resolve())


def _clock(tables: Sequence[tuple[Path, Table]]) -> Clock:
    clocks: set[Clock] = {table.clock for _, table in tables}
    if "none" in clocks:
        return "none"
    if len(tables) > 1 and clocks != {"unix"}:
        path = next(path for path, table in tables if table.clock == "uptime")
        raise InputError(f"{path} tells time from the detector's start alone: it cannot be joined to other files.")
    return clocks.pop()


def _about_order(tables: Sequence[tuple[Path, Table]]) -> Iterator[str]:
    for path, table in tables:
        if back := int(np.count_nonzero(np.diff(table.values[:, COLUMNS.index("timestamp")]) < 0.0)):
            yield f"{path}: times go back {back} {'time' if back == 1 else 'times'}; its events were sorted by time."
    for (before, earlier), (path, later) in pairwise(tables):
        if later.values[:, 0].min() < earlier.values[:, 0].max():
            yield f"{before} and {path} overlap in time; where they do, their events were counted together."
