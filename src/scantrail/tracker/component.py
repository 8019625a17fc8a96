"""A component as an object: read, changed, saved; saving writes the changed fields alone."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from scantrail.errors import ComponentNotFound
from scantrail.tracker import schema
from scantrail.tracker.change import Done, changing
from scantrail.tracker.editing import add, edit
from scantrail.tracker.lookup import find
from scantrail.tracker.store import Database, using

if TYPE_CHECKING:
    from sqlalchemy import Row

_COLUMNS = {
    "type": "type",
    "installation_status": "status",
    "manufacturer": "manufacturer",
    "serial_number": "serial",
    "current_location": "location",
    "notes": "notes",
}


@dataclass
class Component:
    """One component. `id`, `type` and `version` are the database's once it is saved; `attributes` are JSON values."""

    id: str
    type: str
    installation_status: str = "incoming"
    serial_number: str | None = None
    manufacturer: str | None = None
    current_location: str | None = None
    notes: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    version: int | None = field(default=None, init=False)
    created: datetime | None = field(default=None, init=False, compare=False)
    updated: datetime | None = field(default=None, init=False, compare=False)
    _seen: dict[str, Any] | None = field(default=None, init=False, repr=False, compare=False)

    def save(
        self, db: Database | None = None, *, by: str | None = None, force: bool = False, reason: str | None = None
    ) -> Done:
        """Add this component if it is new, else write the fields changed since it was read.

        by: who did it, else the login; force with a reason takes a step that the policy holds back. Raises
        AlreadyExists, ConflictError (the same field changed by somebody else meanwhile), Refused, InputError.
        """
        command = "add" if self._seen is None else "update"
        with using(db) as database, changing(database, command, by) as change:
            if self._seen is None:
                saved = add(change, self.id, self.type, self._values())
            else:
                row = find(change.connection, self.id)
                edit(change, row, self._changed(), seen=self._seen, force=force, reason=reason)
                saved = row.id
        self._take(change.rows[saved])
        return change.done

    @classmethod
    def get(cls, component_id: str, db: Database | None = None) -> Self | None:
        """Return the component of this id, without regard to case; None if there is none."""
        with using(db) as database, database.read() as connection:
            try:
                return cls._of(find(connection, component_id))
            except ComponentNotFound:
                return None

    @classmethod
    def list_all(
        cls, component_type: str | None = None, status: str | None = None, db: Database | None = None
    ) -> list[Self]:
        """Return every component, or those of a type, in a status; ordered by id."""
        table = schema.component
        query = sa.select(table).where(table.c.voided.is_(None)).order_by(table.c.key)
        if component_type is not None:
            query = query.where(table.c.type == component_type)
        if status is not None:
            query = query.where(table.c.status == status)
        with using(db) as database, database.read() as connection:
            return [cls._of(row) for row in connection.execute(query)]

    @classmethod
    def _of(cls, row: "Row[Any]") -> Self:
        component = cls(row.id, row.type)
        component._take(row._mapping)
        return component

    def _take(self, row: Mapping[Any, Any]) -> None:
        self.id, self.version, self.created, self.updated = (row[it] for it in ("id", "version", "created", "updated"))
        for name, column in _COLUMNS.items():
            setattr(self, name, row[column])
        self.manufacturer = row["manufacturer"] or None
        self.attributes = row["attributes"]
        self._seen = {**self._values(), "type": row["type"], "attributes": deepcopy(row["attributes"])}

    def _values(self) -> dict[str, Any]:
        values = {column: getattr(self, name) for name, column in _COLUMNS.items() if name != "type"}
        return {**values, "manufacturer": self.manufacturer or "", "attributes": self.attributes}

    def _changed(self) -> Mapping[str, Any]:
        seen = self._seen if self._seen is not None else {}
        values = {**self._values(), "type": self.type}
        changed = {
            column: value for column, value in values.items() if column != "attributes" and value != seen[column]
        }
        before = seen.get("attributes", {})
        attributes = {key: self.attributes.get(key) for key in {**before, **self.attributes}}
        attributes = {key: value for key, value in attributes.items() if before.get(key) != value}
        return {**changed, "attributes": attributes} if attributes else changed
