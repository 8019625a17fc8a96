"""Adding components and changing their fields: what the commands and the Python API both lead to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import AlreadyExists, ConflictError, InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.blocking import missing_tests
from scantrail.tracker.change import Change
from scantrail.tracker.locations import known_location
from scantrail.tracker.lookup import find_type, like
from scantrail.tracker.places import parts_of, places
from scantrail.tracker.texts import component_id, name, text
from scantrail.tracker.values import plain
from scantrail.tracker.workflow import known_status, starred

if TYPE_CHECKING:
    from sqlalchemy import Row

FIELDS = ("type", "status", "manufacturer", "serial", "location", "notes", "attributes")
"""What of a component can be changed; `attributes` one by one."""


def add(change: Change, given: str, kind: str, fields: Mapping[str, Any]) -> str:
    """Add a component and return its id. Raises AlreadyExists, InputError, Refused."""
    component = component_id(given)
    values: dict[str, Any] = {"status": "incoming", "manufacturer": "", "serial": None, "location": None, "notes": ""}
    values |= _checked(change, {"type": kind, **fields})
    values["attributes"] = _attributes(change, values["type"], fields.get("attributes", {}))
    if values["status"] == "installed":
        raise Refused(f"{component} is new, and so not installed; add it, then install it in a position")
    known = like(change.connection, component)
    if known is not None and known.voided is None:
        raise AlreadyExists(f"{known.id} exists already: a {known.type}, {known.status}")
    _serial_is_free(change, component, values)
    if known is not None:  # it was added before, and that was undone
        change.set(known.id, {**values, "voided": None})
        component = known.id
    else:
        change.create(component, values)
    change.said.append(f"added {component}, a {kind}, {values['status']}")
    return component


def edit(
    change: Change,
    row: "Row[Any]",
    fields: Mapping[str, Any],
    *,
    seen: Mapping[str, Any] | None = None,
    force: bool = False,
    reason: str | None = None,
) -> None:
    """Write the fields of a component that differ; `seen`: what they were when somebody read them.

    `force` with a `reason` takes a step that the policy `enforce` holds back. Raises ConflictError, InputError,
    Refused.
    """
    change.touch(row.id)
    wanted = _checked(change, fields)
    if "attributes" in fields:
        added = _attributes(change, row.type, fields["attributes"])
        wanted["attributes"] = {key: value for key, value in added.items() if value is not None}
    new = {field: value for field, value in wanted.items() if field != "attributes" and value != row._mapping[field]}
    attributes = _merged(row.attributes, wanted.get("attributes"), fields.get("attributes", {}))
    if seen is not None:
        _unchanged(change, row, new, fields.get("attributes", {}), seen)
    if attributes != row.attributes:
        new["attributes"] = attributes
    if "type" in new and row.status == "installed":
        raise Refused(f"{row.id} is installed; its type is frozen")
    if "status" in new:
        check_step(change, row, new["status"], force=force, reason=reason)
    if {"serial", "manufacturer", "type"} & set(new):
        _serial_is_free(change, row.id, {**row._mapping, **new})
    change.said.extend(_in_words(row, fields, new))
    if "location" in new:
        relocate(change, row.id, new.pop("location"))
    if new:
        change.set(row.id, new)


def relocate(change: Change, component: str, location: str | None) -> None:
    """Set where a component and every part of it is. Raises Refused for a part, or for what sits in a position."""
    place = places(change.connection, [component])[component]
    if place.position:
        where = place.position if not place.via else f"{place.position}, as part of {place.via}"
        raise Refused(f"{component} is installed in {where}; remove it from there (remove --location says where to)")
    if place.parent:
        raise Refused(f"{component} is part of {place.parent} and moves with it; move {place.parent} or disassemble it")
    family = (component, *parts_of(change.connection, component))
    change.touch(*family)
    for each in family:
        change.set(each, {"location": location})


def check_step(
    change: Change, row: "Row[Any]", target: str, *, force: bool, reason: str | None, sits_down: bool = False
) -> None:
    """Let a status follow, with the policy's say: a notice and a waiver, or a refusal. Raises Refused.

    sits_down: the component is put into a position, the only way to be installed.
    """
    if target == "installed" and not sits_down and row.status != "installed":
        raise Refused(f"{row.id} is {row.status}; what is installed sits in a position: svt install {row.id} POSITION")
    starred_step = starred(row.id, row.status, target)
    lacking = (
        missing_tests(change.connection, row.id, row.type, target) if starred_step or target == "qualified" else []
    )
    if target == "qualified":
        why = f"{row.id} lacks {', '.join(lacking)} to be qualified" if lacking else ""
    else:
        why = f"{row.id} goes from {row.status} to {target}" if starred_step else ""
    if not why:
        return
    if change.profile.policy == "enforce" and not (force and reason):
        raise Refused(
            f"{why}, which the profile {change.profile.name} refuses; --force --reason TEXT does it all the same"
        )
    change.notices.append(f"{why}; this is recorded as a waiver")
    change.waivers.append(f"{why}: {text(reason, 'the reason')}" if reason else why)


def _checked(change: Change, fields: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field, value in fields.items():
        match field:
            case "type":
                values[field] = value if value in change.profile.types else find_type(change.connection, value)
            case "status":
                values[field] = known_status(value)
            case "manufacturer":
                values[field] = text(value or "", "the manufacturer").strip()
            case "serial":
                values[field] = name(value, "the serial number") if value else None
            case "location":
                values[field] = known_location(change.connection, value)
            case "notes":
                values[field] = text(value or "", "the notes")
            case "attributes":
                continue
            case _:
                raise InputError(f"a component has no field {field!r}; it has {', '.join(FIELDS)}")
    return values


def _attributes(change: Change, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    declared = change.profile.types[kind].attributes if kind in change.profile.types else {}
    values: dict[str, Any] = plain(dict(given), "an attribute")
    for key in values:
        if key not in declared:
            change.notices.append(f"the attribute {key!r} is not declared for {kind}; it is kept all the same")
    return values


def _merged(present: dict[str, Any], added: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
    if added is None:
        return present
    taken = {key for key, value in given.items() if value is None}
    return {key: value for key, value in {**present, **added}.items() if key not in taken}


def _unchanged(
    change: Change, row: "Row[Any]", new: Mapping[str, Any], attributes: Mapping[str, Any], seen: Mapping[str, Any]
) -> None:
    for field in new:
        if field in seen and row._mapping[field] != seen[field]:
            raise ConflictError(_conflict(change, row.id, field, row._mapping[field]))
    before = seen.get("attributes", {})
    for key, value in attributes.items():
        present = row.attributes.get(key)
        if present not in (before.get(key), value):
            raise ConflictError(_conflict(change, row.id, f"attribute {key}", present))


def _conflict(change: Change, component: str, field: str, value: object) -> str:
    table, link = schema.event, schema.event_component
    query = (
        sa.select(table.c.person, table.c.time, table.c.changes)
        .join(link, link.c.event == table.c.number)
        .where(link.c.component == component)
        .order_by(table.c.number.desc())
    )
    column = "attributes" if field.startswith("attribute ") else field
    for event in change.connection.execute(query):
        if any(row["table"] == "component" and column in row["after"] for row in event.changes):
            when = event.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
            return f"{field} of {component} was changed to {value!r} by {event.person} at {when}; read it again"
    return f"{field} of {component} was changed to {value!r} since it was read; read it again"


def _serial_is_free(change: Change, component: str, values: Mapping[str, Any]) -> None:
    if not values["serial"]:
        return
    table = schema.component
    same = [table.c[field] == values[field] for field in ("type", "manufacturer", "serial")]
    query = sa.select(table.c.id).where(*same, table.c.voided.is_(None), table.c.key != sa.func.lower(component))
    if other := change.connection.execute(query).scalar():
        maker = f" of {values['manufacturer']}" if values["manufacturer"] else ""
        raise Refused(f"the serial number {values['serial']!r}{maker} is that of {other}")


def _in_words(row: "Row[Any]", fields: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    said = []
    for field in fields:
        if field == "status" and "status" in new:
            said.append(f"{row.id}: {row.status} to {new['status']}")
        elif field == "location" and "location" in new:
            said.append(f"{row.id}: moved to {new['location'] or 'an unknown place'}")
        elif field in new:
            said.append(f"{row.id}: {field} changed")
    return said
