"""What a spectrum does not tell."""

from typing import NamedTuple


class Missing(NamedTuple):
    """A quantity that is not available, and the reason, as it continues "not available: "."""

    reason: str
