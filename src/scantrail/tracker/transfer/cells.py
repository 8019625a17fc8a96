"""One value in one cell of a table: numbers, text and JSON there and back, and no cell that a spreadsheet would run."""

import json
import math
import re
from typing import Any, NoReturn

from scantrail.errors import InputError

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LEADING_ZERO = re.compile(r"[+-]?0\d", re.ASCII)
_COMMAS = re.compile(r"[+-]?[\d., '’]*,[\d., '’]*([eE][+-]?\d+)?", re.ASCII)
_WORDS = {"TRUE": True, "FALSE": False}
"""As spreadsheets write them."""


def guard(text: str) -> str:
    """Return a text as a cell that no spreadsheet takes for a formula; `unguard` gives it back.

    >>> guard("=1+1"), guard("-9.0"), guard("'=x"), guard("'tis")
    ("'=1+1", '-9.0', "''=x", "'tis")
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def unguard(cell: str) -> str:
    """Return the text of a cell.

    >>> unguard("'=1+1"), unguard("''=x"), unguard("'tis")
    ('=1+1', "'=x", "'tis")
    """
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell[1:]) else cell


def write_value(value: object) -> str:
    """Return a JSON value as text that `read_value` reads as the same value.

    >>> write_value(60.5), write_value("probe A"), write_value("60.5"), write_value([47, 128])
    ('60.5', 'probe A', '"60.5"', '[47, 128]')
    """
    if isinstance(value, str) and value:
        try:
            if read_value(value) == value:
                return value
        except InputError:
            pass
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def read_value(text: str) -> Any:  # noqa: ANN401 - a JSON value
    """Return the JSON value that a text stands for, else the text itself. Raises InputError for what may be either.

    >>> read_value("2.3E-06"), read_value("[47, 128]"), read_value("007"), read_value("FALSE")
    (2.3e-06, [47, 128], '007', False)
    """
    plain = text.strip()
    if plain in _WORDS:
        return _WORDS[plain]
    try:
        value = json.loads(plain, parse_constant=_refuse)
    except (ValueError, RecursionError):
        if _COMMAS.fullmatch(plain) and any(each.isdigit() for each in plain):
            _ambiguous(plain)
        if not _NUMBER.fullmatch(plain) or _LEADING_ZERO.match(plain):
            return text
        value = float(plain)
    if isinstance(value, float) and not math.isfinite(value):
        raise InputError(f"{plain!r} is too large for a number")
    return value


def read_number(text: str) -> float:
    """Return a number. Raises InputError, also for a decimal comma."""
    value = read_value(text)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(f"{text!r} is no number")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


def _ambiguous(text: str) -> NoReturn:
    if text.count(",") == 1:
        better = text.replace(".", "").replace(",", ".") if text.rfind(",") > text.rfind(".") else text.replace(",", "")
        raise InputError(f"{text!r} has a comma; write {better} for a number, [{text}] for a list")
    raise InputError(f"{text!r} has commas; write [{text}] for a list, and a number without them")
