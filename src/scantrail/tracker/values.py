"""JSON values: which may be kept, and how they read when hashed, the same on every database."""

import json
import math
from typing import Any

from scantrail.errors import InputError
from scantrail.tracker.texts import text

DEEPEST = 32
"""Lists and tables within one another: more are no measurement, and some readers of JSON take no more."""


_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def plain(value: object, what: str, depth: int = 0) -> Any:  # noqa: ANN401 - a JSON value
    """Return `value` if it is JSON that every database keeps alike. Raises InputError, naming `what`."""
    if depth > DEEPEST:
        raise InputError(f"{what} is nested more than {DEEPEST} deep")
    match value:
        case None | bool():
            return value
        case str():
            return text(value, what)
        case int() | float():
            return _finite(value, what)
        case list() | tuple():
            return [plain(each, what, depth + 1) for each in value]
        case dict():
            return {text(key, f"a name in {what}"): plain(each, what, depth + 1) for key, each in value.items()}
    if hasattr(value, "tolist"):  # numbers and arrays of numpy
        return plain(value.tolist(), what, depth)
    raise InputError(f"{what} is {value!r}; it must be a number, text, true, false, a list or a table of these")


def _finite(value: float, what: str) -> float:
    try:
        finite = math.isfinite(float(value))
    except OverflowError as error:
        raise InputError(f"{what} is larger than any number that can be kept") from error
    if not finite:
        raise InputError(f"{what} is {value}; it must be a finite number")
    return value


def canonical(value: object) -> str:
    """Return JSON with sorted names, each number as the double it is: PostgreSQL hands 1e300 back as an integer."""
    return _CANONICAL.encode(_doubles(value))


def _doubles(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value) + 0.0  # minus zero reads as zero
    if isinstance(value, dict):
        return {key: _doubles(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_doubles(each) for each in value]
    return value
