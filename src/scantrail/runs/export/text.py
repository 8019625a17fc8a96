"""Columns of numbers as text, for formats that know no NaN: complete rows only, with every digit."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import count
from typing import NamedTuple

import numpy as np

from scantrail.runs.export.recorded import Floats

EXACT = 1e15
"""Whole numbers below it are written without a fraction."""


class Complete(NamedTuple):
    """Columns by their names, without a gap; how many points they have, and what had to be left out, in words."""

    columns: dict[str, Floats]
    points: int
    notices: list[str]


def complete(columns: Mapping[str, Floats], needed: int) -> Complete:
    """Leave out columns without any number, but for the first `needed`, and then rows that lack one."""
    empty = [name for name, values in list(columns.items())[needed:] if not np.isfinite(values).any()]
    kept = {name: values for name, values in columns.items() if name not in empty}
    whole = np.all([np.isfinite(values) for values in kept.values()], axis=0)
    notices = [f"{name} has no value at any point and is left out" for name in empty]
    if missing := int((~whole).sum()):
        lacking = " or ".join(name for name, values in kept.items() if not np.isfinite(values).all())
        verbs = ("has", "is") if missing == 1 else ("have", "are")
        notices.append(f"{missing} of {whole.size} points {verbs[0]} no {lacking} and {verbs[1]} left out")
    return Complete({name: values[whole] for name, values in kept.items()}, int(whole.sum()), notices)


def rows(columns: Sequence[Floats]) -> Iterator[str]:
    """Yield a line for each row, the columns flush to the right; read back, every number is the same."""
    texts = [[number(value) for value in values.tolist()] for values in columns]
    widths = [max(map(len, column), default=0) for column in texts]
    for row in zip(*texts, strict=True):
        yield "  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True))


def fresh(name: str, taken: Collection[str]) -> str:
    """Return a name that is not taken, as near to `name` as can be."""
    return name if name not in taken else next(f"{name}_{i}" for i in count(2) if f"{name}_{i}" not in taken)


def one_line(text: object) -> str:
    """Return a text on one line, as a header takes it, without what cannot be printed."""
    return " ".join("".join(one if one.isprintable() else " " for one in str(text)).split())


def number(value: float) -> str:
    """Return a number with as many digits as it takes to read the same one back."""
    return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
