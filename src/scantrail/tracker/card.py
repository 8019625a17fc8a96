"""Everything that is known of one component, read in one consistent state."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.lookup import find
from scantrail.tracker.measured_by import runs_of
from scantrail.tracker.places import places
from scantrail.tracker.results import tests_of
from scantrail.tracker.store import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select


def detail(database: Database, component_id: str) -> dict[str, Any]:
    """Return a component with its place, parts, connections, tests, installations, logs; newest first.

    Times are datetimes in UTC. Raises ComponentNotFound.
    """
    with database.read() as connection:
        row = find(connection, component_id)
        place = places(connection, [row.id])[row.id]
        return {
            "id": row.id,
            "type": row.type,
            "status": row.status,
            "manufacturer": row.manufacturer or None,
            "serial": row.serial,
            "place": place.text or None,
            "position": place.position,
            "via": place.via,
            "part_of": place.parent,
            "notes": row.notes,
            "attributes": row.attributes,
            "version": row.version,
            "created": row.created,
            "updated": row.updated,
            "slots": _slots(connection, row),
            "connections": _connections(connection, row.id),
            "tests": tests_of(connection, row.id),
            "runs": runs_of(connection, row.id),
            "installations": _installations(connection, row.id),
            "logs": _logs(connection, row.id),
        }


def open_connections(database: Database, component_id: str | None = None) -> list[dict[str, Any]]:
    """Return what is connected today, all of it or that of a component. Raises ComponentNotFound."""
    with database.read() as connection:
        return _connections(connection, find(connection, component_id).id if component_id else None)


def _slots(connection: "Connection", row: "Row[Any]") -> list[dict[str, Any]]:
    slot, assembly = schema.slot, schema.assembly
    sitting = sa.and_(assembly.c.parent == row.id, assembly.c.slot == slot.c.name, schema.is_open(assembly))
    query = sa.select(
        slot.c.name.label("slot"), slot.c.child_type.label("takes"), assembly.c.child, assembly.c.attached
    )
    return _rows(
        connection,
        query.outerjoin_from(slot, assembly, sitting).where(slot.c.parent_type == row.type).order_by(slot.c.name),
    )


def _connections(connection: "Connection", component: str | None) -> list[dict[str, Any]]:
    table = schema.connection
    columns = (
        table.c.a,
        table.c.a_port,
        table.c.b,
        table.c.b_port,
        table.c.cable,
        table.c.connected,
        table.c.connected_by,
    )
    query = sa.select(*columns).where(schema.is_open(table)).order_by(table.c.id)
    if component is not None:
        query = query.where(sa.or_(table.c.a == component, table.c.b == component, table.c.cable == component))
    return _rows(connection, query)


def _installations(connection: "Connection", component: str) -> list[dict[str, Any]]:
    table, assembly = schema.installation, schema.assembly
    columns = [column for column in table.c if column.name not in {"id", "voided"}]
    query = sa.select(*columns).where(table.c.component == component, table.c.voided.is_(None))
    found = _rows(connection, query)
    # those of the assembly while this was a part of it
    overlap = sa.and_(
        assembly.c.parent == table.c.component,
        sa.or_(table.c.removed.is_(None), assembly.c.attached <= table.c.removed),
        sa.or_(assembly.c.detached.is_(None), assembly.c.detached >= table.c.installed),
    )
    via = sa.select(*columns).join(assembly, overlap)
    via = via.where(assembly.c.child == component, assembly.c.voided.is_(None), table.c.voided.is_(None))
    found += [{**row, "via": row["component"]} for row in _rows(connection, via.distinct())]
    return sorted(found, key=lambda row: row["installed"], reverse=True)


def _logs(connection: "Connection", component: str) -> list[dict[str, Any]]:
    table = schema.maintenance
    columns = [column for column in table.c if column.name not in {"voided", "component"}]
    query = sa.select(*columns).where(table.c.component == component, table.c.voided.is_(None))
    return _rows(connection, query.order_by(table.c.opened.desc(), table.c.id.desc()))


def _rows(connection: "Connection", query: "Select[Any]") -> list[dict[str, Any]]:
    return [row._asdict() for row in connection.execute(query)]
