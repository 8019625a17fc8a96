"""Recorded events from the lines of the detector itself, as a run keeps them in `events.raw`, dialects v1 and v2.

Such a file has no times of ours. Those of the detector are taken where its events carry them: detected_us (unix time of
its clock), else uptime_ms (since its start). Every reply to SET_STREAM ends a part: between two of them nothing was
sent. Lines that are no event, torn on the way, are left out and counted, however many they are.
"""

import math
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from scantrail.errors import InputError
from scantrail.station import CHANNELS
from scantrail.threshold.event_table import Clock, Row, Table, table_of
from scantrail.threshold.osechi.events import HUGE, MOST_HITS, is_text_event, json_air, json_event
from scantrail.threshold.osechi.replies import parse_reply, stream_value

RAW_SUFFIX = ".raw"
HEAD = 4
"""Fields of a text event before the optional ones: three hits and the ADC value."""
AIR = 3
JSON_FIELDS = -1
"""Stands for the number of fields of an event in JSON."""


class _Event(NamedTuple):
    """One event, its number of fields, the clock of its time, and the part it belongs to."""

    row: Row
    fields: int
    clock: Clock
    part: int


def read_lines(path: Path) -> Table:
    """Read the events in a file of the detector's own lines. Raises InputError if it cannot be read."""
    events, strange = _events(path)
    # a firmware prints all its events alike: one of another kind has lost or gained bytes
    kinds = Counter((event.fields, event.clock) for event in events)
    fields, clock = max(kinds, key=kinds.__getitem__, default=(0, "none"))
    whole = [event for event in events if (event.fields, event.clock) == (fields, clock)]
    strange += len(events) - len(whole)
    notices = []
    if strange:
        notices.append(f"{path}: {strange} of {len(whole) + strange} lines are no whole event and were left out.")
    if whole:
        notices.append(_about_clock(path, clock))
    table = table_of([event.row for event in whole], [event.part for event in whole], clock, notices)
    return _continued(path, table) if clock == "uptime" else table


def _events(path: Path) -> tuple[list[_Event], int]:
    """Return the events in `path` and how many lines are nothing that a detector says."""
    found: list[_Event] = []
    part = strange = 0
    try:
        with path.open("rb") as file:
            for line in file:
                event = _event(line.rstrip(b"\r\n"), part)
                if event is not None:
                    found.append(event)
                elif (reply := parse_reply(line)) is not None:
                    strange += bool(reply.junk.strip())
                    part += stream_value(reply) is not None
                elif line.strip() and not line.startswith(b"DEBUG"):
                    strange += 1
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}.") from error
    return found, strange


def _event(line: bytes, part: int) -> _Event | None:
    if is_text_event(line):
        return _text_event(line.replace(b",", b" ").split(), part)
    found = json_event(line)
    return None if found is None else _json_event(found, part)


def _text_event(words: list[bytes], part: int) -> _Event | None:
    hits, adc, tail = [float(word) for word in words[:3]], _real(float(words[3])), words[HEAD:]
    if max(hits) > MOST_HITS:
        return None
    air = [math.nan] * AIR
    if len(tail) >= AIR and b"." in tail[1]:  # uptime and delta times are whole numbers
        air, tail = [_real(float(word)) for word in tail[:AIR]], tail[AIR:]
    # [uptime_ms delta_us] [detected_us]
    detected = _real(float(tail[-1])) if len(tail) in (1, 3) else math.nan
    uptime = _real(float(tail[0])) if len(tail) == 2 else math.nan
    time, clock = _time(detected, uptime)
    return _Event((time, *hits, adc, *air), len(words), clock, part)


def _json_event(event: Mapping[str, Any], part: int) -> _Event:
    pattern = event["hit_type"]
    hits = [_pulses(event.get(f"hit{channel}")) if pattern >> (channel - 1) & 1 else 0 for channel in CHANNELS]
    adc, air = _real(event.get("adc_raw", event.get("adc"))), map(_real, json_air(event))
    time, clock = _time(_real(event.get("detected_us")), _real(event.get("uptime_ms")))
    return _Event((time, *hits, adc, *air), JSON_FIELDS, clock, part)


def _pulses(value: object) -> int:
    return value if type(value) is int and 1 <= value <= MOST_HITS else 1


def _real(value: object) -> float:
    """Return a number as such, nan for anything else."""
    sound = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < HUGE
    return float(value) if sound else math.nan  # type: ignore[arg-type]  # a number, as just seen


def _time(detected: float, uptime: float) -> tuple[float, Clock]:
    if detected >= 0.0:
        return detected / 1e6, "unix"
    if uptime >= 0.0:
        return uptime / 1e3, "uptime"
    return math.nan, "none"


def _about_clock(path: Path, clock: Clock) -> str:
    return {
        "unix": f"{path}: the times are those of the detector's own clock.",
        "uptime": f"{path}: the times count from the detector's start.",
        "none": f"{path} holds no times: the detector sent none with its events.",
    }[clock]


def _continued(path: Path, table: Table) -> Table:
    """Let a clock that began anew go on where it had stopped, in a part of its own."""
    time = table.values[:, 0]
    steps = np.diff(time, prepend=time[:1])
    restarts = steps < 0.0
    if not np.any(restarts):
        return table
    values = table.values.copy()
    values[:, 0] = time - np.cumsum(np.where(restarts, steps, 0.0))
    said = f"{path}: the detector was started anew {np.count_nonzero(restarts)} x; how long it was off is not known."
    return Table(values, table.part + np.cumsum(restarts), table.clock, (*table.notices, said))
