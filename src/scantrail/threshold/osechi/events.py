"""Event lines into counts: which channels fired, how often, and what the air was like."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from scantrail.station import CHANNELS
from scantrail.threshold.osechi.replies import parse_object, parse_reply

MOST_HITS = 10
"""Hits of a channel in one text event: 0 (did not fire) to 10."""
HUGE = 1e17
"""No number that a detector sends is as large."""

DIGITS = 4  # of a mean of readings that have two
ENVIRONMENT = ("temperature_C", "pressure_Pa", "humidity_pct")
_PLAUSIBLE = ((-60.0, 100.0), (30e3, 120e3), (0.0, 100.0))  # a sensor that is not fitted reads zero or nan
_V2_PREFIXES = (("temp", "tmp"), ("press", "atm"), ("hum", "hmd"))

_NUMBER = rb"-?(?:\d+(?:\.\d*)?|nan|inf)"
_TEXT_EVENT = re.compile(
    rb"[ \t]*(\d{1,2})[ \t,]+(\d{1,2})[ \t,]+(\d{1,2})[ \t,]+" + _NUMBER + rb"((?:[ \t,]+" + _NUMBER + rb")*)[ \t,]*\r?"
)


class Totals(NamedTuple):
    """Sum of many lines: events by coincidence pattern (bit 0 = channel 1), broken and DEBUG lines, mean air."""

    patterns: Mapping[int, int]
    unparsable: int
    debug: int
    environment: Mapping[str, float]


@dataclass(slots=True)
class _Layout:
    """The events of one number of fields: a firmware prints all its events alike."""

    hits: Counter[tuple[bytes, ...]] = field(default_factory=Counter)
    patterns: Counter[int] = field(default_factory=Counter)
    air: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    aired: int = 0

    def breathe(self, values: Iterable[float]) -> None:
        """Add one reading of temperature [C], pressure [Pa] and humidity [%], unless no sensor gave it."""
        reading = tuple(values)
        if all(low <= value <= high for value, (low, high) in zip(reading, _PLAUSIBLE, strict=True)):
            self.air = [total + value for total, value in zip(self.air, reading, strict=True)]
            self.aired += 1

    def settle(self) -> int:
        """Turn hits into patterns; return the lines whose hits cannot be."""
        impossible = 0
        for hits, lines in self.hits.items():
            numbers = [int(hit) for hit in hits]
            if max(numbers) > MOST_HITS:
                impossible += lines
            else:
                self.patterns[sum(1 << bit for bit, number in enumerate(numbers) if number)] += lines
        self.hits.clear()
        return impossible


class Tally:
    """Counts lines as they come, in any portions.

    A line that is neither an event nor a reply is unparsable. A firmware prints every event with the same number of
    fields; an event that differs from the most frequent number lost or gained bytes on the way and is unparsable too.
    """

    def __init__(self) -> None:
        self.lines = 0
        self.bytes = 0
        self._layouts: dict[int, _Layout] = {}
        self._unparsable = 0
        self._debug = 0

    def add(self, lines: Iterable[bytes]) -> None:
        """Count lines, each without its newline."""
        for line in lines:
            self.lines += 1
            self.bytes += len(line) + 1
            event = _TEXT_EVENT.fullmatch(line)
            if event is None:
                self._add_other(line)
                continue
            *hits, tail = event.groups()
            fields = tail.replace(b",", b" ").split()
            layout = self._layout(len(fields))
            layout.hits[tuple(hits)] += 1
            if len(fields) >= len(ENVIRONMENT) and b"." in fields[1]:  # uptime and delta times are whole numbers
                layout.breathe(map(float, fields[:3]))

    def _layout(self, fields: int) -> _Layout:
        found = self._layouts.get(fields)
        if found is None:
            found = self._layouts[fields] = _Layout()
        return found

    def _add_other(self, line: bytes) -> None:
        if line.startswith(b"DEBUG"):
            self._debug += 1
        elif not line.strip():
            return
        elif (reply := parse_reply(line)) is not None:
            self._unparsable += bool(reply.junk.strip())
        elif (event := json_event(line)) is not None:
            layout = self._layout(-1)
            layout.patterns[event["hit_type"]] += 1
            layout.breathe(json_air(event))
        else:
            self._unparsable += 1

    def totals(self) -> Totals:
        """Sum up; adding more afterwards is allowed."""
        self._unparsable += sum(layout.settle() for layout in self._layouts.values())
        sizes = {fields: layout.patterns.total() for fields, layout in self._layouts.items()}
        if not sizes:
            return Totals({}, self._unparsable, self._debug, {})
        usual = max(sizes, key=lambda fields: (sizes[fields], fields))
        layout = self._layouts[usual]
        air = {
            name: round(total / layout.aired, DIGITS)
            for name, total in zip(ENVIRONMENT, layout.air, strict=True)
            if layout.aired
        }
        odd = sum(sizes.values()) - sizes[usual]
        return Totals(dict(sorted(layout.patterns.items())), self._unparsable + odd, self._debug, air)


def by_channel(patterns: Mapping[int, int]) -> dict[int, int]:
    """Events in which each channel fired, whichever others did."""
    return {
        channel: sum(events for pattern, events in patterns.items() if pattern >> (channel - 1) & 1)
        for channel in CHANNELS
    }


def is_text_event(line: bytes) -> bool:
    """Whether a line reads as an event in text: with it the legacy dialect tells its replies from its events."""
    return _TEXT_EVENT.fullmatch(line) is not None


def json_event(line: bytes) -> dict[str, Any] | None:
    """Return the fields of an event in JSON, with a `hit_type` that can be; None for any other line."""
    found = parse_object(line)
    if found is None or found[1] != 0:
        return None
    event = found[0]
    pattern = event.get("hit_type")
    return (
        event if event.get("type") == "event" and type(pattern) is int and 0 <= pattern < 1 << len(CHANNELS) else None
    )


def json_air(event: Mapping[str, Any]) -> list[float]:
    """Return temperature [C], pressure [Pa] and humidity [%] of an event in JSON, nan where it has none."""
    found = (
        next(
            (
                v
                for key, v in event.items()
                if key.startswith(prefixes) and isinstance(v, int | float) and abs(v) < HUGE
            ),
            None,
        )
        for prefixes in _V2_PREFIXES
    )
    return [math.nan if value is None else float(value) for value in found]
