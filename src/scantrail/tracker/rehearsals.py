"""Commands that are tried and not done: everything is checked and said as if they were, and nothing is written."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_rehearsing: ContextVar[bool] = ContextVar("rehearsing", default=False)


class RehearsalOver(Exception):
    """Ends the transaction of a command that was only tried, so that the database takes it back."""


@contextmanager
def rehearsal() -> Iterator[None]:
    """Only try every command within the block: it returns or raises as it would, and its rows are taken back.

    Attached files are copied before their rows are, and so stay; leave them out of what is tried.
    """
    before = _rehearsing.set(True)
    try:
        yield
    finally:
        _rehearsing.reset(before)


def is_rehearsal() -> bool:
    """Tell whether the present command is only tried."""
    return _rehearsing.get()
