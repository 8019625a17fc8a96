"""The stays of components in positions, and where everything else is, as they are written."""

from collections.abc import Sequence
from typing import Any

from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.assemblies import Joined
from scantrail.tracker.adopting.components import UNSEATED, Planned
from scantrail.tracker.adopting.seats import Seat
from scantrail.tracker.bulk import insert_many


def settle_locations(adoption: Adoption, planned: Sequence[Planned]) -> None:
    """Give each part the location of its whole, and none to what sits in a position; what is lost is an attribute."""
    standing, plans = adoption.standing, {plan.id: plan for plan in planned}
    own = {plan.id: plan.values["location"] for plan in planned}
    for plan in planned:
        top = [plan.id, *standing.chain(plan.id)][-1]
        known = standing.find(top)
        above = own[top] if top in plans else known.location if known else None
        location = None if top in standing.seats else above
        given = own[plan.id]
        if given not in (None, location, standing.seats.get(top)):
            plan.values["attributes"].setdefault("current_location", given)
        plan.values["location"] = location


def write_stays(
    adoption: Adoption, stays: Sequence[Seat], planned: Sequence[Planned], joined: Sequence[Joined]
) -> None:
    """Write the stays, and move the components that were here before to where they are now."""
    change, standing = adoption.change, adoption.standing
    change.touch(*(seat.component for seat in stays))
    new = {plan.id for plan in planned}
    for component in (each for each in standing.parents if each in {one.child for one in joined} - new):
        whole = standing.find(standing.chain(component)[-1])
        change.set(component, {"location": whole.location if whole is not None else None})
    for seat in stays:
        if seat.removed is None and seat.component not in new:
            change.set(seat.component, {"location": None})
    names = standing.name_position(change.connection, [(seat.position, seat.kind) for seat in stays])
    rows = [_row(adoption, seat, names[seat.position, seat.kind]) for seat in stays]
    for seat, number in zip(stays, insert_many(change, schema.installation, rows), strict=True):
        if seat.row.table == "installation_history":
            adoption.ledger.adopt(seat.row, "installation", number)


def _row(adoption: Adoption, seat: Seat, position: str) -> dict[str, Any]:
    row = seat.row
    by_status = row.table != "installation_history"
    is_open = seat.removed is None
    return {
        "component": seat.component,
        "position": position,
        "run_period": adoption.line(row, "run_period", seat.component) or None,
        "installed": seat.installed,
        "installed_by": adoption.person(row, "installed_by"),
        "prior": UNSEATED,
        "notes": "" if by_status else str(row.values.get("notes") or ""),
        "removed": seat.removed,
        "removed_by": None if is_open else adoption.person(row, "removed_by"),
        "reason": None if is_open else row.text("removal_reason") or None,
        "outcome": seat.outcome,
    }
