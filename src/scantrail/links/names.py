"""The names most like one that does not exist."""

import difflib
from collections.abc import Iterable


def nearest(name: str, names: Iterable[str], most: int = 3) -> tuple[str, ...]:
    """Return up to `most` of `names` that look like `name`, the best first; case does not count."""
    folded = {known.casefold(): known for known in names}
    return tuple(folded[match] for match in difflib.get_close_matches(name.casefold(), folded, most, 0.6))
