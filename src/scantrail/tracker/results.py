"""The tests of a component as they are read."""

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.quantities import declared_name

if TYPE_CHECKING:
    from sqlalchemy import Connection


def tests_of(connection: "Connection", component: str, *, limit: int | None = None) -> list[dict[str, Any]]:
    """Return the tests of a component, newest first, each with its measurements and files."""
    table = schema.test
    query = sa.select(table).where(table.c.component == component, table.c.voided.is_(None))
    rows = list(connection.execute(query.order_by(table.c.tested.desc(), table.c.id.desc()).limit(limit)))
    replaced = {row.supersedes for row in rows}
    found = {
        row.id: {
            "id": row.id,
            "uuid": row.uuid,
            "component_id": row.component,
            "test_type": row.type,
            "tested": row.tested,
            "tested_by": row.tested_by,
            "pass_fail": row.stated,
            "measured": row.measured,
            "superseded": row.id in replaced,
            "notes": row.notes,
            "run_uid": row.run_uid,
            "limits": row.limits or [],
            "measurements": {},
            "files": [],
        }
        for row in rows
    }
    units = units_of(connection)
    numbers = _run_numbers(connection, [row.run_uid for row in rows if row.run_uid is not None])
    for test in found.values():
        test["run"] = numbers.get(test["run_uid"])
    values, files = schema.measurement, schema.file
    for value in connection.execute(sa.select(values).where(values.c.test.in_(list(found)))):
        found[value.test]["measurements"][value.name] = value.number if value.other is None else value.other
    for test in found.values():
        declared = units.get(test["test_type"], {})
        named = {name: declared.get(name, declared.get(declared_name(name))) for name in test["measurements"]}
        test["units"] = {name: unit for name, unit in named.items() if unit}
    query = sa.select(files).where(files.c.test.in_(list(found)), files.c.voided.is_(None)).order_by(files.c.id)
    for file in connection.execute(query):
        found[file.test]["files"].append(
            {"kind": file.kind, "path": file.path, "name": file.name, "size": file.size, "sha256": file.sha256}
        )
    return list(found.values())


def units_of(connection: "Connection") -> dict[str, dict[str, str]]:
    """Return test type -> quantity -> unit."""
    table = schema.test_type
    return {row.name: dict(row.quantities) for row in connection.execute(sa.select(table.c.name, table.c.quantities))}


def _run_numbers(connection: "Connection", uids: "list[str]") -> dict[str, int]:
    """The numbers of runs, as far as this catalogue knows them."""
    if not uids:
        return {}
    from scantrail.runs import run_table

    query = sa.select(run_table.c.uid, run_table.c.number).where(run_table.c.uid.in_(uids))
    return {row.uid: row.number for row in connection.execute(query)}
