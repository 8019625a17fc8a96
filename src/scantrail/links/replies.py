"""Reply lines, read: numbers, states and refusals, or nothing of the kind."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, TypeVar

from scantrail.links.status import MotorStatus

_T = TypeVar("_T")

ACKNOWLEDGEMENTS = frozenset({"PONG", "PUT", "MOVING", "IDLE", "MONITORING", "STOPPED", "BYE"})
_STATES = {f"OK:{status.value}".encode(): status for status in MotorStatus}
_STATUS_WORDS = frozenset(status.value for status in MotorStatus).__contains__


class Refusal(NamedTuple):
    """An answer without a value: the server's error code, or "" and the text that is none of what was asked for."""

    code: str
    text: str = ""


class OutOfStep(Exception):
    """A line that cannot be the answer to its request: the answers and the requests no longer belong together."""


def parse(reply: str) -> tuple[str, str]:
    """Split a reply into ("OK", data) or ("ERR", code). Raises OutOfStep if it is neither."""
    status, _, data = reply.strip().partition(":")
    if status == "OK" or (status == "ERR" and data):
        return status, data
    raise OutOfStep(repr(reply[:80]))


def numbers(lines: Iterable[bytes]) -> list[float | Refusal]:
    """Read the answers to GETs. Raises OutOfStep."""
    found: list[float | Refusal] = []
    for line in lines:
        try:
            # float() would take 1_000
            found.append(float(line[3:]) if line.startswith(b"OK:") and b"_" not in line else _no_number(line))
        except ValueError:
            found.append(_no_number(line))
    return found


def _no_number(line: bytes) -> Refusal:
    return _read(line, lambda data: Refusal("", data), lambda data: data not in ACKNOWLEDGEMENTS)


def states(lines: Iterable[bytes]) -> list[MotorStatus | Refusal]:
    """Read the answers to STATUSes. Raises OutOfStep."""
    return [_STATES[line] if line in _STATES else _read(line, MotorStatus, _STATUS_WORDS) for line in lines]


def moves(lines: list[bytes]) -> tuple[list[str | Refusal], list[MotorStatus | Refusal]]:
    """Read the answers to so many MOVEs, then as many STATUSes. Raises OutOfStep."""
    count = len(lines) // 2
    return acknowledged("MOVING", lines[:count]), states(lines[count:])


def acknowledged(word: str, lines: Sequence[bytes]) -> list[str | Refusal]:
    """Read answers that say `word` and nothing else. Raises OutOfStep."""
    if lines.count(b"OK:" + word.encode()) == len(lines):
        return [word] * len(lines)
    return [_read(line, str, word.__eq__) for line in lines]


def texts(lines: Iterable[bytes]) -> list[str | Refusal]:
    """Read answers that may say anything. Raises OutOfStep."""
    return [_read(line, str, lambda _: True) for line in lines]


def _read(line: bytes, convert: Callable[[str], _T], fits: Callable[[str], bool]) -> _T | Refusal:
    status, data = parse(line.decode("utf-8", "backslashreplace"))
    if status == "ERR":
        return Refusal(data)
    if not fits(data):
        raise OutOfStep(repr(f"OK:{data}"))
    return convert(data)
