"""Who sits where: the reference lets two components share a position, and one that was removed keep its open row."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.components import UNSEATED, Planned
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.remedies import seating
from scantrail.tracker.adopting.spelling import one_line
from scantrail.tracker.moments import stamp
from scantrail.tracker.workflow import NOT_INSTALLABLE

ROW_RULE = "a position holds one component, and a component sits in one position"
PAST_RULE = "a position held one component at a time, and a component sat in one position"
STATUS_RULE = "a component is installed while it sits in a position"


@dataclass(frozen=True, slots=True)
class Seat:
    """A stay of a component in a position; `removed` None: it still sits there."""

    row: Row
    component: str
    kind: str
    position: str
    installed: datetime
    removed: datetime | None = None
    outcome: str | None = None


def plan_seats(adoption: Adoption) -> list[Seat]:
    """Return the stays to keep; of several in one place, the one that its component confirms, else the last."""
    rows = adoption.ledger.pending(adoption.reference.tables["installation_history"])
    stays = [seat for row in rows if (seat := _stay(adoption, row)) is not None]
    kept = _closed(adoption, stays)
    for seat in sorted((seat for seat in stays if seat.removed is None), key=lambda seat: _claim(adoption, seat)):
        if _may_sit(adoption, seat):
            adoption.standing.seat(seat.component, adoption.standing.spelled(seat.position))
            kept.append(seat)
    _tell_overlaps(adoption, kept)
    return kept


def seat_by_status(adoption: Adoption, planned: Iterable[Planned]) -> list[Seat]:
    """Return the stays of components that are installed by their status alone; say of the others why they are not."""
    found: list[Seat] = []
    rows = adoption.reference.tables["installation_history"]
    told = {str(row.values.get("component_id")) for row in rows if _is_open(row)}
    for plan in planned:
        if plan.wanted != "installed" or plan.id in adoption.standing.seats:
            continue
        above = adoption.standing.chain(plan.id)
        if any(each in adoption.standing.seats for each in above) or str(plan.row.values.get("id")) in told:
            continue  # it is installed with the whole; or its own row says why it is not
        seat = None if above else _seat_of(adoption, plan)
        if seat is None:
            where = f" in {plan.row.text('installed_position')}" if plan.row.text("installed_position") else ""
            whole = f", being part of {above[0]}, which sits nowhere" if above else ""
            said = (
                f"{plan.id} has the status installed{where}, but no open installation{whole}; it is kept as {UNSEATED}"
            )
            top = above[-1] if above else plan.id
            command = partial(seating, adoption.standing, top, one_line(plan.row.text("installed_position")))
            adoption.ledger.find(plan.row, STATUS_RULE, said, command=command, component=plan.id)
            continue
        adoption.standing.seat(seat.component, adoption.standing.spelled(seat.position))
        said = f"{plan.id} has the status installed, but no open installation; one in {seat.position} was made of that"
        adoption.ledger.find(plan.row, STATUS_RULE, said, component=plan.id)
        found.append(seat)
    return found


def _stay(adoption: Adoption, row: Row) -> Seat | None:
    known = adoption.component(row)
    if known is None:
        return None
    position = adoption.line(row, "position", known.id)
    remedy = partial(seating, adoption.standing, known.id, position, run_period=one_line(row.text("run_period")))
    installed = adoption.moment(row, "installation_date", known.id, partial(remedy, since="DATE"))
    removed = None if _is_open(row) else adoption.moment(row, "removal_date", known.id)
    if installed is None or (removed is None and not _is_open(row)):
        return None
    if removed is not None and removed < installed:
        said = f"{known.id} was removed from {position} at {removed:%Y-%m-%d}, before it was installed there"
        adoption.ledger.find(row, "removed after installed", said, component=known.id)
        return None
    if why := (adoption.standing.misfit(known.type, position) if position else "position is empty"):
        command = partial(remedy, since=stamp(installed)) if removed is None else None
        adoption.ledger.find(row, "a position takes what fits", why, command=command, component=known.id)
        return None
    return Seat(row, known.id, known.type, position, installed, removed)


def _is_open(row: Row) -> bool:
    return not row.text("removal_date")


def _closed(adoption: Adoption, stays: Iterable[Seat]) -> list[Seat]:
    """The stays that are over; the last of each component ended with the status that it has."""
    closed = sorted((seat for seat in stays if seat.removed is not None), key=_end)
    last = {seat.component: seat for seat in closed}
    return [replace(seat, outcome=_outcome(adoption, seat, last[seat.component])) for seat in closed]


def _end(seat: Seat) -> float:
    return seat.removed.timestamp() if seat.removed is not None else 0.0


def _outcome(adoption: Adoption, seat: Seat, last: Seat) -> str:
    known = adoption.standing.find(seat.component)
    return known.status if seat is last and known is not None and known.status != "installed" else UNSEATED


def _tell_overlaps(adoption: Adoption, stays: Iterable[Seat]) -> None:
    """Say what was two at once in the past. All of it is kept: which of two stays is wrong, only a person can know."""
    together: dict[tuple[str, str], list[Seat]] = {}
    for seat in stays:
        together.setdefault(("position", adoption.standing.spelled(seat.position)), []).append(seat)
        together.setdefault(("component", seat.component), []).append(seat)
    for seats in together.values():
        seats.sort(key=lambda seat: seat.installed)
        longest = seats[0]
        for seat in seats[1:]:
            if longest.removed is None or seat.installed < longest.removed:
                until = f"until {longest.removed:%Y-%m-%d}" if longest.removed else "to this day"
                said = f"{longest.component} was in {longest.position} {until}, and by this row {seat.component} "
                said += f"was put into {seat.position} at {seat.installed:%Y-%m-%d}"
                adoption.ledger.find(seat.row, PAST_RULE, said, component=seat.component)
            if longest.removed is not None and (seat.removed is None or seat.removed > longest.removed):
                longest = seat


def _claim(adoption: Adoption, seat: Seat) -> tuple[bool, float]:
    claim = adoption.claims.get(seat.component)
    says_so = claim is not None and claim.status == "installed" and one_line(claim.position) == seat.position
    return not says_so, -seat.installed.timestamp()


def _may_sit(adoption: Adoption, seat: Seat) -> bool:
    standing, known = adoption.standing, adoption.standing.find(seat.component)
    claim = adoption.claims.get(seat.component)
    status = claim.status if claim is not None else "unknown"
    above = standing.chain(seat.component)
    elsewhere = standing.seats.get(seat.component)
    other = standing.occupants.get(standing.spelled(seat.position))
    rule, may = ROW_RULE, known is not None and known.status not in NOT_INSTALLABLE
    if status != "installed" or not may:
        rule = STATUS_RULE
        said = f"{seat.component} is {status}, but its installation in {seat.position} was never closed"
    elif above:
        rule = "a part of an assembly is not installed alone"
        said = f"{seat.component} is part of {above[0]}, and sits in {seat.position} by itself"
    elif elsewhere is not None:
        said = f"{seat.component} sits in {elsewhere}, and by this row in {seat.position}, too"
    elif other is not None:
        said = f"{other} sits in {seat.position}, and by this row {seat.component}, too, which is kept as {UNSEATED}"
    else:
        return True
    run_period = one_line(seat.row.text("run_period"))
    command = partial(
        seating, standing, seat.component, seat.position, since=stamp(seat.installed), run_period=run_period
    )
    adoption.ledger.find(seat.row, rule, said, command=command if may else None, component=seat.component)
    return False


def _seat_of(adoption: Adoption, plan: Planned) -> Seat | None:
    standing, position = adoption.standing, one_line(plan.row.text("installed_position"))
    taken = standing.spelled(position) in standing.occupants
    if not position or taken or standing.misfit(plan.values["type"], position):
        return None
    return Seat(plan.row, plan.id, plan.values["type"], position, plan.values["updated"].astimezone(UTC))
