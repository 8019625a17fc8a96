"""What the simulator's log says a perfect reader must have found."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from scantrail.sim.osechi.log import Record
from scantrail.sim.osechi.physics import CHANNELS


@dataclass(frozen=True, slots=True)
class Window:
    """One counting window, from SET_STREAM 1 to the next SET_STREAM.

    start, stop: simulated time of the commands [s], stop None while it is open. thresholds [DAC] at its opening.
    patterns: coincidence pattern -> events that a perfect reader counts. lost: reason -> events that nobody can read.
    """

    number: int
    start: float
    stop: float | None
    thresholds: Mapping[int, int]
    patterns: Mapping[int, int]
    lost: Mapping[str, int]

    @property
    def events(self) -> int:
        """Events that a perfect reader counts."""
        return sum(self.patterns.values())

    @property
    def channels(self) -> dict[int, int]:
        """Events per channel that a perfect reader counts."""
        return {c: sum(n for p, n in self.patterns.items() if p >> (c - 1) & 1) for c in CHANNELS}


def read_log(path: Path) -> list[Record]:
    """Read the whole lines of a log file, also while the simulator still writes it."""
    text = path.read_bytes().rpartition(b"\n")[0]
    return [json.loads(line) for line in text.splitlines()]


def thresholds(records: Iterable[Record]) -> dict[int, int]:
    """Thresholds [DAC] in force at the end of these records, by channel."""
    known: dict[int, int] = {}
    for record in records:
        if record["what"] == "start":
            known = {int(channel): value for channel, value in record["thresholds"].items()}
        elif record["what"] == "command" and record["effect"] in ("applied", "corrupted"):
            known[record["channel"]] = record["threshold"]
    return known


def windows(records: Iterable[Record]) -> list[Window]:
    """The counting windows in order, with exactly what a perfect reader must get from each."""
    records = list(records)
    numbers: list[int] = []
    start: dict[int, float] = {}
    stop: dict[int, float] = {}
    settings: dict[int, dict[int, int]] = {}
    for at, record in enumerate(records):
        if record["what"] != "command" or record["effect"] not in ("on", "off"):
            continue
        if numbers:
            stop.setdefault(numbers[-1], record["time"])
        if record["effect"] == "on":
            number = record["window"]
            numbers.append(number)
            start[number] = record["time"]
            settings[number] = thresholds(records[:at])
    seen, lost = _tallies(records)
    return [
        Window(n, start[n], stop.get(n), settings[n], dict(+seen.get(n, Counter())), dict(lost.get(n, Counter())))
        for n in numbers
    ]


def _tallies(records: Iterable[Record]) -> tuple[dict[int, Counter[int]], dict[int, Counter[str]]]:
    seen: dict[int, Counter[int]] = {}
    lost: dict[int, Counter[str]] = {}
    for record in records:
        if record["what"] == "events":
            seen.setdefault(record["window"], Counter()).update(record["patterns"])
        elif record["what"] in ("lost", "undelivered"):
            gone = {int(pattern): number for pattern, number in record["patterns"].items()}
            lost.setdefault(record["window"], Counter())[record.get("reason", "host")] += sum(gone.values())
            if record["what"] == "undelivered":
                seen.setdefault(record["window"], Counter()).subtract(gone)
    return seen, lost
