"""What the OSECHI detector answers: found by type, channel and value, never by position."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

_OBJECT = re.compile(rb"\{\s*\"")
_GLUED = 4  # pieces of torn lines that may stand before a reply; bounds the work on garbage
_STREAM_KEYS = ("stream", "streaming")
_LEGACY_REFUSAL = b"dame"
_BARE = {"type", "status", "command", "message", "error_code", "error_message"}


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: accepted or refused, its fields, its text, and what stood before it on the line (a torn line)."""

    ok: bool
    fields: Mapping[str, Any]
    text: str
    junk: bytes = b""

    @property
    def bare(self) -> bool:
        """Whether it says no more than yes or no, so that nothing in it tells which command it answers."""
        return self.fields.keys() <= _BARE

    @property
    def reason(self) -> str:
        """The detector's own words for a refusal, with its code where it gives one."""
        parts = [str(self.fields[key]) for key in ("error_code", "error_message", "message") if key in self.fields]
        return ": ".join(parts)


Match = Callable[[bytes], Reply | None]
"""Says whether a line is the awaited reply."""


def parse_object(line: bytes) -> tuple[dict[str, Any], int] | None:
    """Find the JSON object that ends a line and where it starts: a torn event may stand glued before a whole reply."""
    text = line.rstrip()
    if not text.endswith(b"}"):
        return None
    for found in islice(_OBJECT.finditer(text), _GLUED):
        try:
            fields = json.loads(text[found.start() :])
        except (ValueError, RecursionError):
            continue
        if isinstance(fields, dict):
            return fields, found.start()
    return None


def parse_reply(line: bytes) -> Reply | None:
    """Read a line as a reply; None for an event, a torn reply, anything else."""
    found = parse_object(line)
    if found is None:
        return None
    fields, start = found
    status = fields.get("status")
    if fields.get("type") != "response" or not isinstance(status, str):
        return None
    return Reply(status == "ok", fields, line[start:].decode("utf-8").strip(), line[:start])


def _same(found: object, wanted: int) -> bool:
    return type(found) is int and found == wanted


def stream_value(reply: Reply) -> object:
    """What the reply to SET_STREAM says of the stream, None where the firmware does not echo it."""
    return next((reply.fields[key] for key in _STREAM_KEYS if key in reply.fields), None)


def answers_stream(on: bool) -> Match:
    """Match the reply to SET_STREAM: it echoes this value, or says nothing that would make it another's."""

    def match(line: bytes) -> Reply | None:
        reply = parse_reply(line)
        if reply is None:
            return None
        value = stream_value(reply)
        return reply if reply.bare or (value is not None and value in (on, str(int(on)))) else None

    return match


def answers_threshold(channel: int, value: int) -> Match:
    """Match the reply to SET_THRESHOLD: this channel and, where it is echoed, this value; a bare refusal too."""

    def match(line: bytes) -> Reply | None:
        reply = parse_reply(line)
        if reply is None:
            return None
        fields = reply.fields
        if "channel" not in fields:
            return reply if reply.bare and not reply.ok else None
        echoed = "threshold" not in fields or _same(fields["threshold"], value)
        return reply if _same(fields["channel"], channel) and echoed else None

    return match


def answers_version() -> Match:
    """Match the reply to GET_VERSION, which says more than yes: older firmware is silent or refuses.

    A legacy board refuses it in its own way (`dame`), which matches too and is not ok.
    """

    def match(line: bytes) -> Reply | None:
        if line.strip() == _LEGACY_REFUSAL:
            return Reply(False, {}, _LEGACY_REFUSAL.decode())
        reply = parse_reply(line)
        if reply is None or not reply.ok or reply.bare:
            return None
        return reply if stream_value(reply) is None and "channel" not in reply.fields else None

    return match


def answers_buffer_stats() -> Match:
    """Match the reply to GET_BUFFER_STATS: it names the overflows of the detector's own queue."""

    def match(line: bytes) -> Reply | None:
        reply = parse_reply(line)
        return reply if reply is not None and type(reply.fields.get("queue_overflows")) is int else None

    return match


def answers_legacy(channel: int) -> Match:
    """Match the first of the three lines that answer a legacy write: the channel's number, or `dame` (refused)."""

    def match(line: bytes) -> Reply | None:
        word = line.strip()
        if word == _LEGACY_REFUSAL:
            return Reply(False, {}, word.decode())
        return Reply(True, {"channel": channel}, str(channel)) if word == str(channel).encode() else None

    return match
