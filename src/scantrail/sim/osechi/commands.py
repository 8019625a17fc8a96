"""What the board does with a line it received: the commands of v1, v2 and the legacy firmware."""

import re
from collections.abc import Callable
from typing import NamedTuple

from scantrail.sim.osechi.board import Board
from scantrail.sim.osechi.dialects import HEADERS, LEGACY_REFUSAL, Dialect, legacy_reply, response
from scantrail.sim.osechi.faults import Faults
from scantrail.sim.osechi.physics import CHANNELS

HIGHEST = 1023
"""Largest threshold [DAC]; 0 is reserved."""
VERSION = "2.6.0"
MAC_ADDRESS = "24:6f:28:ae:52:7c"
COMMAND_QUEUE = 10

# the firmware's error codes
INVALID, OUT_OF_RANGE, HARDWARE = 1, 2, 3

_NUMBER = re.compile(r"-?[0-9]{1,12}")


class Outcome(NamedTuple):
    """What came of a command: the reply (empty: none), its effect in a word, and what the log says besides."""

    reply: bytes
    effect: str
    details: dict[str, int]


def execute(board: Board, line: bytes, now: float, faults: Faults) -> Outcome:
    """Carry out one received line (its line end removed) at `now` [s]; never raises, whatever the bytes."""
    if board.dialect == "legacy":
        return _legacy(board, line, faults)
    name, *words = line.decode("latin-1").split() or [""]
    handler = _HANDLERS[board.dialect].get(name)
    if handler is None:
        # older firmware is silent about what it does not know: that is how a client tells the dialects apart
        return Outcome(b"", "unknown", {}) if board.dialect == "v1" else _refusal(board, INVALID, "Invalid command")
    if not all(_NUMBER.fullmatch(word) for word in words):
        return _refusal(board, INVALID, "Invalid argument")
    return handler(board, [int(word) for word in words], now, faults)


def _refusal(board: Board, code: int, message: str, **details: int) -> Outcome:
    extra: dict[str, object] = {} if board.dialect == "v1" else {"error_code": code, "error_message": message}
    return Outcome(response("error", **details, **extra), "refused", details)


def _done(**fields: object) -> Outcome:
    return Outcome(response("ok", **fields), "ok", {})


def _write(board: Board, channel: int, value: int, faults: Faults, confirmed: bytes, refused: bytes) -> Outcome:
    board.writes += 1
    effect = faults.effect(channel, value, board.writes)
    if effect in ("applied", "corrupted"):
        board.thresholds[channel] = value
    replies = {"applied": confirmed, "refused": refused, "corrupted": confirmed[: len(confirmed) // 2] + b"\xfe\r\n"}
    return Outcome(replies.get(effect, b""), effect, {"channel": channel, "threshold": value})


def _set_threshold(board: Board, values: list[int], now: float, faults: Faults) -> Outcome:
    if len(values) != 2:
        return _refusal(board, INVALID, "Invalid argument")
    channel, value = values
    if channel not in CHANNELS:
        return _refusal(board, OUT_OF_RANGE, "Channel out of range (1-3)", channel=channel, threshold=value)
    if not 1 <= value <= HIGHEST:
        return _refusal(board, OUT_OF_RANGE, "Threshold out of range (1-1023)", channel=channel, threshold=value)
    confirmed = response("ok", channel=channel, threshold=value)
    refused = _refusal(board, HARDWARE, "Threshold not written", channel=channel, threshold=value)
    return _write(board, channel, value, faults, confirmed, refused.reply)


def _legacy(board: Board, line: bytes, faults: Faults) -> Outcome:
    if len(line) != 3 or line[0] not in CHANNELS or not 0x10 <= line[1] <= 0x1F or line[2] & 3:
        return Outcome(LEGACY_REFUSAL, "refused", {})
    channel, value = line[0], (line[1] - 0x10 << 6) + (line[2] >> 2)
    if not 1 <= value <= HIGHEST:
        return Outcome(LEGACY_REFUSAL, "refused", {"channel": channel, "threshold": value})
    return _write(board, channel, value, faults, legacy_reply(*line), LEGACY_REFUSAL)


def _set_stream(board: Board, values: list[int], now: float, faults: Faults) -> Outcome:
    if values not in ([0], [1]):
        return _refusal(board, INVALID, "Invalid argument")
    board.streaming = values == [1]
    board.window += board.streaming
    return Outcome(response("ok", stream=values[0]), "on" if board.streaming else "off", {"window": board.window})


def _set_rtc_time(board: Board, values: list[int], now: float, faults: Faults) -> Outcome:
    if len(values) != 1 or values[0] < 0:
        return _refusal(board, INVALID, "Invalid argument")
    board.epoch = values[0] - now
    return _done(rtc_time=values[0])


def _set_deadtime(board: Board, values: list[int], now: float, faults: Faults) -> Outcome:
    if len(values) != 1:
        return _refusal(board, INVALID, "Invalid argument")
    if not 0 <= values[0] <= 60000:
        return _refusal(board, OUT_OF_RANGE, "Dead time out of range (0-60000)")
    board.dead_time = values[0] / 1e3
    return _done(deadtime_ms=values[0])


def _set_poll_count(board: Board, values: list[int], now: float, faults: Faults) -> Outcome:
    if len(values) != 1:
        return _refusal(board, INVALID, "Invalid argument")
    if not 1 <= values[0] <= 10:
        return _refusal(board, OUT_OF_RANGE, "Poll count out of range (1-10)")
    board.poll_count = values[0]
    return _done(poll_count=values[0])


def _asks(answer: Callable[[Board, float], dict[str, object]]) -> "Handler":
    def handler(board: Board, values: list[int], now: float, faults: Faults) -> Outcome:
        return _refusal(board, INVALID, "Invalid argument") if values else _done(**answer(board, now))

    return handler


def _status(board: Board, now: float) -> dict[str, object]:
    return {
        "uptime_ms": round(now * 1e3),
        "streaming": int(board.streaming),
        "deadtime_ms": round(board.dead_time * 1e3),
        "poll_count": board.poll_count,
    }


def _buffer_stats(board: Board, now: float) -> dict[str, object]:
    return {
        "total_events": board.recorded,
        "queue_overflows": board.overflows,
        "current_depth": board.depth,
        "max_depth": board.deepest,
    }


Handler = Callable[[Board, list[int], float, Faults], Outcome]

_V1: dict[str, Handler] = {
    "SET_STREAM": _set_stream,
    "SET_THRESHOLD": _set_threshold,
    "SET_RTC_TIME": _set_rtc_time,
    "GET_HEADERS": _asks(lambda board, now: {"headers": list(HEADERS)}),
    "GET_MAC_ADDRESS": _asks(lambda board, now: {"mac_address": MAC_ADDRESS}),
}
_V2: dict[str, Handler] = {
    **_V1,
    "SET_DEADTIME": _set_deadtime,
    "SET_POLL_COUNT": _set_poll_count,
    "GET_VERSION": _asks(lambda board, now: {"version": VERSION}),
    "GET_STATUS": _asks(_status),
    "GET_BUFFER_STATS": _asks(_buffer_stats),
    # commands are carried out as they come: their queue is always empty
    "GET_QUEUE_STATS": _asks(lambda board, now: {"queue_depth": 0, "queue_capacity": COMMAND_QUEUE}),
}
_HANDLERS: dict[Dialect, dict[str, Handler]] = {"v1": _V1, "v2": _V2, "legacy": {}}
