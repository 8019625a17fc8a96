"""Reply lines, read: numbers, states and refusals, or nothing of the kind."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from operator import itemgetter, methodcaller
from typing import NamedTuple, TypeVar

from scantrail.links.status import MotorStatus

_T = TypeVar("_T")

ACKNOWLEDGEMENTS = frozenset({"PONG", "PUT", "MOVING", "IDLE", "MONITORING", "STOPPED", "BYE"})
_SAYING = {word: f"OK:{word}".encode() for word in ACKNOWLEDGEMENTS}
_STATES = {f"OK:{status.value}".encode(): status for status in MotorStatus}
_UNDERSCORE = ord("_")
_SAYS_OK = methodcaller("startswith", b"OK:")
_DATA = itemgetter(slice(3, None))
_TAKEN, _ARRIVED = [b"OK:MOVING"], [b"OK:IDLE"]
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


def numbers(lines: Sequence[bytes]) -> list[float | Refusal]:
    """Read the answers to GETs. Raises OutOfStep."""
    if all(map(_SAYS_OK, lines)) and _UNDERSCORE not in b"".join(lines):  # float() would take 1_000
        try:
            return [*map(float, map(_DATA, lines))]
        except ValueError:  # one is none
            pass
    return [_number(line) for line in lines]


def _number(line: bytes) -> float | Refusal:
    if line.startswith(b"OK:") and _UNDERSCORE not in line:
        with suppress(ValueError):
            return float(line[3:])
    return _read(line, lambda data: Refusal("", data), lambda data: data not in ACKNOWLEDGEMENTS)


def states(lines: Iterable[bytes]) -> list[MotorStatus | Refusal]:
    """Read the answers to STATUSes. Raises OutOfStep."""
    return [_STATES[line] if line in _STATES else _read(line, MotorStatus, _STATUS_WORDS) for line in lines]


def moves(lines: Sequence[bytes]) -> tuple[list[Refusal | None], list[MotorStatus | Refusal]]:
    """Read the answers to so many MOVEs, then as many STATUSes; none if all were taken and have arrived.

    Raises OutOfStep.
    """
    count = len(lines) // 2
    if lines == _TAKEN * count + _ARRIVED * count:
        return [], []
    return acknowledged("MOVING", lines[:count]), states(lines[count:])


def acknowledged(word: str, lines: Iterable[bytes]) -> list[Refusal | None]:
    """Read answers that say `word` and nothing else; None for each that does. Raises OutOfStep."""
    saying = _SAYING[word]
    return [None if line == saying else _read(line, lambda data: None, word.__eq__) for line in lines]


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
