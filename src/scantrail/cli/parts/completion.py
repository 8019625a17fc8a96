"""What a shell completes: ids, types, statuses, positions, locations, test types."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scantrail.tracker import Named

Completion = Callable[[click.Context, click.Parameter, str], list[str]]


def of(named: "Named") -> Completion:
    """Return what completes a name that the database holds."""

    def complete(context: click.Context, parameter: click.Parameter, start: str) -> list[str]:
        from scantrail.tracker import complete as names

        return names(_database(context), named, start)

    return complete


def statuses(context: click.Context, parameter: click.Parameter, start: str) -> list[str]:
    """Complete a status."""
    from scantrail.tracker import STATUSES

    return [status for status in STATUSES if status.startswith(start)]


def _database(context: click.Context | None) -> str | None:
    """Return --db-path: while a word is completed, no command has been called."""
    while context is not None:
        if "db_path" in context.params:
            given: str | None = context.params["db_path"]
            return given
        context = context.parent
    return None
