"""Rows that changed in the reference since they were adopted: what a person may want to do about each."""

from functools import partial
from uuid import UUID, uuid5

from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.ledger import Command, Kept
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.spelling import svt
from scantrail.tracker.moments import stamp
from scantrail.tracker.values import canonical

RULE = "a row is adopted once"

_OPTIONS = {
    "installation_status": "status",
    "manufacturer": "manufacturer",
    "serial_number": "serial",
    "current_location": "location",
    "notes": "notes",
}


def tell_changes(adoption: Adoption) -> None:
    """Make a finding of every row that says something else now; each state of a row is found once."""
    for row, kept in adoption.ledger.changed:
        columns = [column for column, value in row.values.items() if value != kept.document.get(column)]
        said = "; ".join(f"{column} was {kept.document.get(column)!r}, is {row.values[column]!r}" for column in columns)
        changed = Row(row.table, row.number, row.values, str(uuid5(UUID(row.uuid), canonical(row.values))))
        component = _component(adoption, row)
        command = _command(adoption, row, kept, columns, component)
        adoption.ledger.find(changed, RULE, f"since it was adopted, {said}", command=command, component=component)


def _component(adoption: Adoption, row: Row) -> str | None:
    given = row.values.get("id" if row.table == "components" else "component_id")
    return adoption.ids.get(str(given))


def _command(adoption: Adoption, row: Row, kept: Kept, columns: list[str], component: str | None) -> Command | None:
    if component is None:
        return None
    if row.table == "components":
        options = {_OPTIONS[column]: row.text(column) for column in columns if column in _OPTIONS}
        options = {option: value for option, value in options.items() if value != "installed"}
        return partial(svt, "update", component, **options) if any(options.values()) else None
    if row.table == "installation_history" and "removal_date" in columns:
        removed = adoption.told(row, "removal_date").moment
        date = stamp(removed) if removed else None
        told = {"reason": row.text("removal_reason"), "removed_by": row.text("removed_by")}
        return partial(svt, "remove", component, date=date, **told)
    if row.table == "maintenance_log" and "resolved_date" in columns:
        return partial(svt, "log", row.text("resolution") or "resolved", resolve=kept.key)
    return None
