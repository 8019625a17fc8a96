"""Many rows at once within a command: written in batches, each one part of the command's event."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from scantrail.tracker.change import Change, image_of

if TYPE_CHECKING:
    from sqlalchemy import Table


def insert_many(change: Change, table: "Table", rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Add rows that name the same columns; return their numbers in order."""
    if not rows:
        return []
    query = table.insert().returning(table.c.id, sort_by_parameter_order=True)
    numbers = [int(number) for number in change.connection.execute(query, list(rows)).scalars()]
    for number, row in zip(numbers, rows, strict=True):
        change.seal(table, number, image_of(row))
    return numbers
