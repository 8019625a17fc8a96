"""Components of the reference: ids, types and statuses that are known here, everything else of them as an attribute."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from scantrail.errors import InputError
from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import Adoption, Claim
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.spelling import fitting_id, svt
from scantrail.tracker.adopting.values import document
from scantrail.tracker.locations import known_location
from scantrail.tracker.standing import Known
from scantrail.tracker.workflow import STATUSES

UNSEATED = "spare"
"""What a component that was installed is counted as while it sits nowhere."""

_KEPT_AS = ("asset_tag", "manufacture_date")


@dataclass(slots=True)
class Planned:
    """A component to be added: its row there, its columns here, and the status that it should have.

    `revived`: it was added before, and that was undone.
    """

    row: Row
    id: str
    wanted: str
    values: dict[str, Any]
    revived: bool = False


def plan_components(adoption: Adoption) -> list[Planned]:
    """Return the components to add, and learn the id that each has here."""
    rows = adoption.reference.tables["components"]
    pending = {row.uuid for row in adoption.ledger.pending(rows)}
    planned: list[Planned] = []
    for row in rows:
        kept = adoption.ledger.keeper(row)
        if kept is not None:
            _meet(adoption, row, kept.key)
        elif row.uuid in pending and (plan := _plan(adoption, row)) is not None:
            planned.append(plan)
    return planned


def write_components(adoption: Adoption, planned: Iterable[Planned]) -> None:
    """Add the components."""
    change, plans = adoption.change, list(planned)
    _name_locations(adoption, plans)
    change.touch(*(plan.id for plan in plans))
    if new := [{"id": plan.id, "version": 1, **plan.values} for plan in plans if not plan.revived]:
        change.connection.execute(schema.component.insert(), new)
    for plan in plans:
        if plan.revived:
            change.set(plan.id, {"voided": None, **plan.values})
        adoption.ledger.adopt(plan.row, "component", plan.id)


def _name_locations(adoption: Adoption, plans: Sequence[Planned]) -> None:
    """Make the locations; a text that cannot be one is kept as an attribute."""
    known: dict[str, str | None] = {}
    for plan in plans:
        given = plan.values["location"]
        if given is None:
            continue
        try:
            plan.values["location"] = known[given] = known.get(given) or known_location(
                adoption.change.connection, given
            )
        except InputError as error:
            plan.values["location"] = None
            plan.values["attributes"].setdefault("current_location", given)
            adoption.ledger.find(plan.row, "current_location is a location", str(error), component=plan.id)


def _plan(adoption: Adoption, row: Row) -> Planned | None:
    standing, ledger = adoption.standing, adoption.ledger
    kind = _type(adoption, row)
    given = row.text("id")
    known = standing.find(given) if given else None
    if known is not None and known.type == kind and known.id not in adoption.claims:
        _meet(adoption, row, known.id)
        command = partial(svt, "update", known.id, **_as_options(row)) if _as_options(row) else None
        said = f"{known.id} was here before; what the row says of it is left out"
        ledger.find(row, "an id names one component", said, command=command, component=known.id)
        return None
    component = fitting_id(given, lambda key: _is_taken(adoption, key, kind))
    again = standing.components.get(component.lower())
    component = again.id if again is not None else component
    added = standing.components[component.lower()] = Known(component, kind, UNSEATED)
    _meet(adoption, row, component)
    if component != given:
        ledger.find(
            row,
            "an id is one line without slashes, unique without regard to case",
            f"the id {given!r} is kept as {component}",
            component=component,
        )
    plan = _filled(adoption, row, component, kind)
    plan.revived = again is not None
    added.status = plan.values["status"]
    return plan


def _is_taken(adoption: Adoption, key: str, kind: str) -> bool:
    """Whether an id is another component's; one whose addition was undone may come back with the type it had."""
    known = adoption.standing.components.get(key)
    return known is not None and not (known.voided and known.type == kind)


def _filled(adoption: Adoption, row: Row, component: str, kind: str) -> Planned:
    if kind not in adoption.change.profile.types:
        said = f"the type {kind!r} is none of the profile {adoption.change.profile.name}; it is kept all the same"
        adoption.ledger.find(row, "a type is one of the profile", said, component=component)
    status = _status(adoption, row, component)
    manufacturer = row.text("manufacturer")
    created = _moment(adoption, row, "created_at", component) or adoption.change.time
    values = {
        "type": kind,
        "status": UNSEATED if status == "installed" else status,
        "manufacturer": manufacturer,
        "serial": _serial(adoption, row, component, (kind, manufacturer)),
        "location": adoption.line(row, "current_location", component) or None,
        "notes": str(row.values.get("notes") or ""),
        "attributes": _attributes(adoption, row, component),
        "created": created,
        "updated": _moment(adoption, row, "updated_at", component) or created,
    }
    return Planned(row, component, status, values)


def _meet(adoption: Adoption, row: Row, component: str) -> None:
    adoption.ids.setdefault(str(row.values.get("id")), component)
    claim = Claim(row, row.text("installation_status").lower(), row.text("installed_position"))
    adoption.claims.setdefault(component, claim)


def _type(adoption: Adoption, row: Row) -> str:
    given = adoption.line(row, "type") or "other"
    kind = next((name for name in adoption.change.profile.types if name.lower() == given.lower()), given)
    if kind not in adoption.standing.types:
        values = {"name": kind, "description": "", "attributes": {}}
        adoption.change.connection.execute(sa.insert(schema.component_type).values(**values))
        adoption.standing.types.add(kind)
    return kind


def _status(adoption: Adoption, row: Row, component: str) -> str:
    given = row.text("installation_status")
    if given.lower() in STATUSES:
        return given.lower()
    said = f"the status is {given!r}; {component} is kept as incoming"
    command = partial(svt, "update", component, status="incoming")
    adoption.ledger.find(row, f"a status is one of {', '.join(STATUSES)}", said, command=command, component=component)
    return "incoming"


def _serial(adoption: Adoption, row: Row, component: str, of: tuple[str, str]) -> str | None:
    serial = adoption.line(row, "serial_number", component)
    if not serial:
        return None
    other = adoption.standing.serials.setdefault((*of, serial), component)
    if other == component:
        return serial
    said = f"the serial number {serial!r} is that of {other}, too; {component} is kept without"
    command = partial(svt, "update", component, serial=f"{serial}-2")
    rule = "a serial number is unique for a manufacturer and type"
    adoption.ledger.find(row, rule, said, command=command, component=component)
    return None


def _attributes(adoption: Adoption, row: Row, component: str) -> dict[str, Any]:
    found, instead = document(row.values.get("attributes_json"))
    if instead is not None:
        found = {"attributes_json": instead}
        said = f"attributes_json is no JSON table; {component} keeps it as the attribute attributes_json"
        command = partial(svt, "update", component, attribute=("NAME=VALUE", "attributes_json=null"))
        adoption.ledger.find(row, "attributes_json is a JSON table", said, command=command, component=component)
    for column in _KEPT_AS:
        if row.text(column):
            found.setdefault(column, row.values[column])
    return found


def _moment(adoption: Adoption, row: Row, column: str, component: str) -> datetime | None:
    return adoption.moment(row, column, component) if row.text(column) else None


def _as_options(row: Row) -> dict[str, str]:
    columns = {
        "status": "installation_status",
        "manufacturer": "manufacturer",
        "serial": "serial_number",
        "location": "current_location",
        "notes": "notes",
    }
    found = {option: row.text(column) for option, column in columns.items()}
    return {option: value for option, value in found.items() if value not in ("", "installed")}
