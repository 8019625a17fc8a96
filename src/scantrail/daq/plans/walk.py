"""The order in which a grid is walked."""

from collections.abc import Iterator, Sequence
from math import prod


def walk(shape: Sequence[int], snake: bool = False) -> Iterator[tuple[int, ...]]:
    """Yield every grid index once, the last dimension fastest; `snake` turns round instead of flying back."""
    if len(shape) == 1:
        yield from zip(range(shape[0]), strict=True)
        return
    inner = [prod(shape[axis + 1 :]) for axis in range(len(shape))]
    for flat in range(prod(shape)):
        if not snake:
            yield tuple(flat // step % count for count, step in zip(shape, inner, strict=True))
        else:
            yield tuple(_turning(*divmod(flat // step, count), count) for count, step in zip(shape, inner, strict=True))


def _turning(passes: int, index: int, count: int) -> int:
    """Index on a way that runs backwards on every second pass."""
    return count - 1 - index if passes % 2 else index
