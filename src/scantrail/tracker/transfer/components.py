"""Components from a table: new ones are added; of those that exist, the fields that are given are changed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import Refused
from scantrail.tracker import schema
from scantrail.tracker.editing import add, edit
from scantrail.tracker.locations import known_location
from scantrail.tracker.lookup import nearest
from scantrail.tracker.texts import component_id, name
from scantrail.tracker.transfer.cells import read_value
from scantrail.tracker.transfer.intake import Intake
from scantrail.tracker.transfer.kinds import Entry
from scantrail.tracker.values import plain
from scantrail.tracker.workflow import known_status

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

_BATCH = 500
_TOGETHER = (("manufacturer", "serial"), ("status",), ("notes",), ("attributes",))
"""Fields that one rule looks at together, so that a refusal names its column."""


def import_components(intake: Intake, entries: Sequence[Entry]) -> None:
    """Add or change components."""
    change = intake.change
    ids = [entry.cell("id").lower() for entry in entries]
    present = _present(change.connection, ids)
    change.touch(*(row.id for row in present.values()))
    lines: dict[str, int] = {}
    for entry in entries:
        component = intake.read(entry, "id", component_id, entry.cell("id"))
        if component is None:
            continue
        if (line := lines.setdefault(component.lower(), entry.line)) != entry.line:
            intake.refuse(entry, "id", f"{component} stands in line {line} already")
            continue
        fields = _fields(intake, entry)
        if not intake.is_good(entry):
            continue
        row = present.get(component.lower())
        if row is None:
            _add(intake, entry, component, fields)
        else:
            _edit(intake, entry, row, fields)


def _present(connection: "Connection", ids: Sequence[str]) -> "dict[str, Row[Any]]":
    table = schema.component
    found: dict[str, Row[Any]] = {}
    for start in range(0, len(ids), _BATCH):
        some = table.c.key.in_(ids[start : start + _BATCH])
        query = sa.select(table).where(some, table.c.voided.is_(None))
        found.update((row.key, row) for row in connection.execute(query))
    return found


def _fields(intake: Intake, entry: Entry) -> dict[str, Any]:
    """The fields that are given: an empty cell says nothing."""
    fields: dict[str, Any] = {}
    for column, cell in entry.cells.items():
        if column == "id" or not cell.strip():
            continue
        match column:
            case "type":
                fields[column] = intake.read(entry, column, _type, intake, cell.strip())
            case "status":
                fields[column] = intake.read(entry, column, known_status, cell.strip().lower())
            case "serial" | "location":
                fields[column] = intake.read(entry, column, name, cell, f"the {column}")
            case "manufacturer":
                fields[column] = cell.strip()
            case _:
                fields[column] = cell
    attributes = {key: intake.read(entry, key, _attribute, cell) for key, cell in entry.values.items() if cell.strip()}
    return {**fields, "attributes": attributes} if attributes else fields


def _attribute(cell: str) -> Any:  # noqa: ANN401 - a JSON value
    return plain(read_value(cell), "the value")


def _type(intake: Intake, given: str) -> str:
    types = intake.standing.types
    if given in types:
        return given
    near = nearest(given, sorted(types))
    raise ValueError(
        f"there is no component type {given!r}; {'nearest' if near else 'known'}: {', '.join(near or sorted(types))}"
    )


def _add(intake: Intake, entry: Entry, component: str, fields: dict[str, Any]) -> None:
    if "type" not in fields:
        intake.refuse(entry, "type", f"there is no component {component} yet; a new one needs a type")
        return
    if fields.get("status") == "installed":
        said = f"{component} is new, and so not installed; import it with another status, then its installation"
        intake.refuse(entry, "status", said)
        return
    given = {field: value for field, value in fields.items() if field != "type"}
    if intake.read(entry, "serial", add, intake.change, component, fields["type"], given) is not None:
        intake.done(entry, component, "added")


def _relocate(intake: Intake, component: str, location: str) -> None:
    """Move a component with its parts, as `svt move` does, without a query for each."""
    standing = intake.standing
    whole = standing.chain(component)
    if place := standing.seats.get([component, *whole][-1]):
        raise Refused(f"{component} is installed in {place}; it is there until it is removed")
    if whole:
        raise Refused(f"{component} is part of {whole[0]} and moves with it; move {whole[0]}")
    known = known_location(intake.change.connection, location)
    family = standing.family(component)
    intake.change.touch(*family)
    for each in family:
        intake.change.set(each, {"location": known})


def _edit(intake: Intake, entry: Entry, row: "Row[Any]", fields: dict[str, Any]) -> None:
    wanted = {field: value for field, value in fields.items() if value != row._mapping[field]}
    if "attributes" in wanted:
        given = wanted["attributes"]
        wanted["attributes"] = {key: value for key, value in given.items() if row.attributes.get(key, ...) != value}
        if not wanted["attributes"]:
            del wanted["attributes"]
    if "type" in wanted:
        said = (
            f'{row.id} is a {row.type}; "svt update {row.id} --type {wanted["type"]}" changes a type as long as it may'
        )
        intake.refuse(entry, "type", said)
        return
    for group in _TOGETHER:
        some = {field: wanted[field] for field in group if field in wanted}
        if some:
            intake.read(entry, next(iter(some)), edit, intake.change, row, some)
    if "location" in wanted:
        intake.read(entry, "location", _relocate, intake, row.id, wanted["location"])
    if intake.is_good(entry):
        intake.done(entry, row.id, "changed" if wanted else "unchanged")
