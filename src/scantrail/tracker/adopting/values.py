"""Values of the reference as they can be kept: JSON that may be broken, numbers that may be text, verdicts in words."""

import json
import math
from typing import Any

from scantrail.tracker.values import DEEPEST

PASS = {"1", "true", "t", "yes", "y", "pass", "passed", "ok", "good"}
FAIL = {"0", "false", "f", "no", "n", "fail", "failed", "bad"}


def document(given: object) -> tuple[dict[str, Any], object]:
    """Return the table that a JSON column holds, and whatever it holds instead of one (None: nothing).

    >>> document('{"a": 1}'), document("[1]"), document("{broken")
    (({'a': 1}, None), ({}, [1]), ({}, '{broken'))
    """
    if given in (None, ""):
        return {}, None
    try:
        value = json.loads(given) if isinstance(given, str) else given
    except (ValueError, RecursionError):
        return {}, given
    if value is None:
        return {}, None
    kept = keepable(value)
    return (kept, None) if isinstance(kept, dict) else ({}, kept)


def keepable(value: object, depth: int = 0) -> Any:  # noqa: ANN401 - a JSON value
    """Return a JSON value that every database takes: what is no number for it, or nested too deep, becomes text."""
    if depth == DEEPEST and isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=True)
    match value:
        case str():
            return value.encode("utf-8", "replace").decode().replace("\0", "\u2400")
        case bool() | None:
            return value
        case int() | float():
            return value if _is_finite(value) else str(value)
        case list():
            return [keepable(each, depth + 1) for each in value]
        case dict():
            return {str(keepable(str(key))): keepable(each, depth + 1) for key, each in value.items()}
    return str(value)


def number(given: object) -> float | str | None:
    """Return a number, the text that stands in place of one, or None for nothing.

    >>> number("2.3e-6"), number("60 V"), number(" ")
    (2.3e-06, '60 V', None)
    """
    if isinstance(given, bool) or given is None or (isinstance(given, str) and not given.strip()):
        return None if not isinstance(given, bool) else float(given)
    try:
        value = float(given) if isinstance(given, int | float | str) else math.nan
    except (ValueError, OverflowError):
        return str(given)
    return value if math.isfinite(value) else str(given)


def verdict(given: object) -> tuple[bool | None, bool]:
    """Return a verdict, and whether it was understood.

    >>> verdict(1), verdict("FAIL"), verdict(None), verdict("maybe")
    ((True, True), (False, True), (None, True), (None, False))
    """
    text = "" if given is None else str(given).strip().lower().removesuffix(".0")
    if text in PASS | FAIL:
        return text in PASS, True
    return None, not text


def _is_finite(value: float) -> bool:
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False
