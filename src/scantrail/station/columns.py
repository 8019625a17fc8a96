"""[columns]: derived columns, NAME = "formula of columns", and which names a column may bear."""

import re
from collections.abc import Iterable

from scantrail.station.base import Text, refusal

ColumnFormulas = dict[str, Text]
"""Formula by the name of the column it gives; what a formula may contain, the room that evaluates it knows."""


def usable(names: Iterable[str]) -> None:
    """Refuse names that cannot stand in a formula or be a key of a journal: letters, digits and `_`, no digit first."""
    for name in names:
        if not re.fullmatch("[A-Za-z_][A-Za-z0-9_]*", name):
            raise refusal("must be named with letters, digits and _ only, no digit first", name)
