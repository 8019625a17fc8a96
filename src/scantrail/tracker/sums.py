"""Rows compared by sums: eight bytes a row, however much was told of it and however often it was changed.

Each field of a row has a mark; a row is as it was told if the marks of its fields and of what was told add up to
nothing. The marks follow from Python's hashes of texts, whose key is drawn anew by every process: whoever alters a row
cannot choose it to fit.
"""

from array import array
from collections.abc import Container, Iterator, Mapping

from scantrail.tracker.values import canonical

Key = int | str

_MASK = (1 << 64) - 1
_BITS = 12
_CHUNK = 1 << _BITS


def mark(field: str, value: object) -> int:
    """Return the mark of a field; 0 for None, so that what is not there needs no telling."""
    if value is None:
        return 0
    if isinstance(value, str):
        return hash((field, value))
    if isinstance(value, bool) or value in ({}, []):
        return hash((field, None, str(value)))
    if isinstance(value, float | int):
        return hash((field, None, repr(float(value) + 0.0)))
    return hash((field, None, _text(value)))


def marks(values: Mapping[str, object], skip: Container[str] = ()) -> int:
    """Return the sum of the marks of fields, but for some."""
    total = 0
    for field, value in values.items():
        if value is not None and field not in skip:
            # texts are most of what there is
            total += hash((field, value)) if type(value) is str else mark(field, value)
    return total


def _text(value: object) -> str:
    try:
        return canonical(value)
    except (ValueError, OverflowError):  # no finite number: nothing of ours is written so
        return repr(value)


class Sums:
    """A sum for each row of a table; rows are numbered, or named by a text."""

    def __init__(self) -> None:
        self._numbered: dict[int, array[int]] = {}
        self._named: dict[str, int] = {}

    def add(self, key: Key, sum_of: int) -> None:
        """Add to the sum of a row."""
        if isinstance(key, str):
            self._named[key] = (self._named.get(key, 0) + sum_of) & _MASK
            return
        chunk = self._numbered.get(key >> _BITS)
        if chunk is None:
            chunk = self._numbered[key >> _BITS] = array("Q", bytes(8 * _CHUNK))
        place = key & (_CHUNK - 1)
        chunk[place] = (chunk[place] + sum_of) & _MASK

    def rest(self) -> Iterator[Key]:
        """Yield the rows whose sum is not nothing, numbers in order."""
        for high in sorted(self._numbered):
            for low, sum_of in enumerate(self._numbered[high]):
                if sum_of:
                    yield (high << _BITS) + low
        yield from sorted(name for name, sum_of in self._named.items() if sum_of)
