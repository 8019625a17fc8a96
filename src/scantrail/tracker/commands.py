"""Adding, changing and moving components by their ids, for whoever has no object at hand."""

from collections.abc import Mapping
from typing import Any

from scantrail.errors import ComponentNotFound
from scantrail.tracker.change import Done, changing
from scantrail.tracker.editing import add, edit, relocate
from scantrail.tracker.locations import known_location
from scantrail.tracker.lookup import find
from scantrail.tracker.store import Database, using


def add_component(
    component_id: str, kind: str, fields: Mapping[str, Any], *, by: str | None = None, db: Database | None = None
) -> Done:
    """Add a component; fields: status, manufacturer, serial, location, notes, attributes.

    Raises AlreadyExists, InputError, Refused.
    """
    with using(db) as database, changing(database, "add", by) as change:
        add(change, component_id, kind, fields)
    return change.done


def update_component(
    component_id: str,
    fields: Mapping[str, Any],
    *,
    by: str | None = None,
    force: bool = False,
    reason: str | None = None,
    db: Database | None = None,
) -> Done:
    """Write the fields of a component that differ; an attribute that is None is taken away.

    Raises ComponentNotFound, InputError, Refused.
    """
    with using(db) as database, changing(database, "update", by) as change:
        edit(change, find(change.connection, component_id), fields, force=force, reason=reason)
    return change.done


def move_component(component_id: str, location: str, *, by: str | None = None, db: Database | None = None) -> Done:
    """Note that a component, with all its parts, is at another location now. Raises ComponentNotFound, Refused."""
    with using(db) as database, changing(database, "move", by) as change:
        row = find(change.connection, component_id)
        destination = known_location(change.connection, location)
        relocate(change, row.id, destination)
        change.said.append(f"moved {row.id} to {destination or 'an unknown place'}")
    return change.done


def known_id(component_id: str, db: Database | None = None) -> str | None:
    """Return the id of a component as it is spelled, None if there is none."""
    with using(db) as database, database.read() as connection:
        try:
            return str(find(connection, component_id).id)
        except ComponentNotFound:
            return None
