"""What a spectrum does not tell."""

from typing import NamedTuple


class Missing(NamedTuple):
    """A quantity that is not available, and why; no reason if it is one that another one is missing, which says it."""

    reason: str = ""
