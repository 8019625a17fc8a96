"""The simulator's own account of what happened: JSON lines, in memory or in a file.

Each record has `what` and `time` [s of simulated time]:
- `start`: dialect, seed, baudrate, dead_time [s], thresholds, truth ({} for a recording). `end`: why.
- `port`: name, speed, unix (time of simulated 0) of a pseudo-terminal.
- `command`: text (hexadecimal for legacy), effect (ok, on, off, applied, refused, ignored, dropped, corrupted, unknown,
  frozen), and where they are known channel, threshold, window (the counting window that SET_STREAM opened or closed).
- `events`: window, times [s], patterns: events whose whole line was handed over, in byte order.
- `lost`: window, reason (queue, half line, bytes dropped, never sent, dead time), patterns {pattern: number}: events of
  the window that nobody can read. Half lines and dropped bytes leave a torn line in the output.
- `undelivered`: window, patterns: events named in `events` that the host had no room for after all.
"""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from scantrail.errors import OutputError

Record = dict[str, Any]

LONGEST = 4096
"""Events in one record."""


class SimulationLog:
    """Collects records; `flush` puts all of them where a reader of the file sees them.

    With `path` they go to that file (made anew) and are not kept in memory; else they stand in `records`, unless
    `keep` is False. Raises OutputError if the file cannot be written. A context manager.
    """

    def __init__(self, path: Path | None = None, *, keep: bool = True) -> None:
        self.records: list[Record] = []
        self._path = path
        self._keep = keep and path is None
        self._file: IO[str] | None = None
        self._window = 0
        self._times: list[float] = []
        self._patterns: list[int] = []
        self._lost: dict[tuple[int, str], Counter[int]] = {}
        if path is not None:
            with self._told():
                self._file = path.open("w", encoding="utf-8")

    def note(self, what: str, time: float, **fields: object) -> None:
        """Add one record behind the events and losses so far."""
        self._settle(time)
        self._add({"what": what, "time": round(time, 6), **fields})

    def event(self, window: int, time: float, pattern: int, now: float) -> None:
        """Count one event, of that `time` [s], as handed over at `now` [s]."""
        if window != self._window or len(self._times) >= LONGEST:
            self._settle(now)
            self._window = window
        self._times.append(round(time, 6))
        self._patterns.append(pattern)

    def lost(self, window: int, reason: str, pattern: int) -> None:
        """Count one event that no reader can get."""
        patterns = self._lost.get((window, reason))
        if patterns is None:
            patterns = self._lost[window, reason] = Counter()
        patterns[pattern] += 1

    def flush(self, time: float) -> None:
        """Write everything up to now [s] to the file. Raises OutputError."""
        self._settle(time)
        if self._file is not None:
            with self._told():
                self._file.flush()

    def close(self) -> None:
        """Close the file; what was flushed is there. Harmless when done twice. Raises OutputError."""
        file, self._file = self._file, None
        if file is not None:
            with self._told():
                file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _settle(self, time: float) -> None:
        if self._times:
            self._add(
                {
                    "what": "events",
                    "time": round(time, 6),
                    "window": self._window,
                    "times": self._times,
                    "patterns": self._patterns,
                }
            )
            self._times, self._patterns = [], []
        for (window, reason), patterns in self._lost.items():
            numbers = {str(pattern): number for pattern, number in sorted(patterns.items())}
            self._add({"what": "lost", "time": round(time, 6), "window": window, "reason": reason, "patterns": numbers})
        self._lost.clear()

    def _add(self, record: Record) -> None:
        if self._keep:
            self.records.append(record)
        if self._file is not None:
            with self._told():
                self._file.write(json.dumps(record, separators=(",", ":")) + "\n")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise OutputError(f"the simulator's log {self._path} cannot be written: {error.strerror}") from error
