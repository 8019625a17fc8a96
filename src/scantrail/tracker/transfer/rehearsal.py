"""Rehearsals: everything is tried, by the database too, and nothing of it stays."""

from collections.abc import Iterator
from contextlib import contextmanager


class _Rehearsed(Exception):
    """Undoes the transaction of a rehearsal."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """Go on behind the block when `end_rehearsal` has ended it."""
    try:
        yield
    except _Rehearsed:
        return


def end_rehearsal(is_rehearsal: bool) -> None:
    """End the block if this is but a rehearsal."""
    if is_rehearsal:
        raise _Rehearsed
