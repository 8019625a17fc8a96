"""The numbers of a test as its card shows them: each with its error and unit, long lists in short."""

from collections.abc import Iterator, Mapping
from math import floor, isfinite, log10
from typing import Any, NamedTuple, TypeGuard

from scantrail.runs import cell
from scantrail.tracker import error_of, in_words

LONGEST = 6
"""Numbers of a list that are written out."""


class Measured(NamedTuple):
    """One measured quantity in words; limit: what it must lie between by the limits that judged it, or empty."""

    name: str
    text: str
    unit: str
    limit: str


def measured(test: Mapping[str, Any]) -> Iterator[Measured]:
    """Yield what a test measured, an error beside its value."""
    values: Mapping[str, Any] = test["measurements"]
    errors = {error_of(name) for name in values} & set(values)
    units = test["units"]
    limits = {one["quantity"]: in_words(one["low"], one["high"], None) for one in test["limits"] if one["quantity"]}
    for name, value in values.items():
        if name not in errors:
            text = with_error(value, values.get(error_of(name)))
            yield Measured(name, text, units.get(name, ""), limits.get(name.partition(" ")[0], ""))


def with_error(value: object, error: object = None) -> str:
    """Write a value to the second digit of its error; of a long list how many and between which.

    >>> with_error(300.0899, 0.10276), with_error(1508.0), with_error([1.0, 4.0, 2.0] * 9)
    ('300.09 ± 0.10', '1508', '27 values, 1 to 4')
    """
    if isinstance(value, list) and len(value) > LONGEST:
        return _in_short(value)
    if isinstance(value, list):
        return ", ".join(map(cell, value))
    if not (_is_number(value) and _is_number(error)) or error <= 0.0:
        return cell(value)
    places = 1 - floor(log10(error))
    if not 0 <= places <= 9:
        return f"{cell(float(value))} ± {error:.2g}"
    return f"{value:.{places}f} ± {error:.{places}f}"


def _in_short(values: list[Any]) -> str:
    numbers = [value for value in values if _is_number(value)]
    between = f", {min(numbers):.6g} to {max(numbers):.6g}" if numbers else ""
    return f"{len(values)} values{between}"


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
