"""Putting components into positions and taking them out again."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.editing import check_step
from scantrail.tracker.locations import known_location
from scantrail.tracker.lookup import find, near_positions
from scantrail.tracker.places import parts_of, places
from scantrail.tracker.store import Database, using
from scantrail.tracker.texts import name, text
from scantrail.tracker.workflow import OUTCOMES, default_outcome

if TYPE_CHECKING:
    from sqlalchemy import Row


def install_component(
    component_id: str,
    position: str,
    *,
    run_period: str | None = None,
    installed_by: str | None = None,
    notes: str = "",
    date: datetime | None = None,
    force: bool = False,
    reason: str | None = None,
    db: Database | None = None,
) -> Done:
    """Put a component into a position; `date`: when, now if not given; `installed_by`: who, else the login.

    Raises ComponentNotFound; Refused with the reason and the occupant: a position that is taken, does not exist or does
    not take it, a component that is installed, a part, or in a status that forbids it.
    """
    with using(db) as database, changing(database, "install", installed_by) as change:
        row = find(change.connection, component_id)
        _may_sit(change, row)
        check_step(change, row, "installed", force=force, reason=reason, sits_down=True)
        place = _free_position(change, row, position)
        moment = _moment(date, change)
        _nobody_since(change, row, place, moment)
        family = (row.id, *parts_of(change.connection, row.id))
        change.touch(*family)
        for each in family:
            change.set(each, {"location": None})
        change.insert(
            schema.installation,
            component=row.id,
            position=place,
            run_period=name(run_period, "the run period") if run_period else None,
            installed=moment,
            installed_by=change.person,
            prior=row.status,
            notes=text(notes, "the notes"),
        )
        change.said.append(f"installed {row.id} in {place}" + (f" for {run_period}" if run_period else ""))
    return change.done


def remove_component(
    component_id: str,
    *,
    reason: str | None = None,
    removed_by: str | None = None,
    location: str | None = None,
    outcome: str | None = None,
    date: datetime | None = None,
    db: Database | None = None,
) -> Done:
    """Take a component out of its position; `outcome`: its status from then on, `location`: where it goes.

    Without an outcome: spare if it was qualified or spare before, else testing, with a notice. Raises Refused.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise InputError(f"the outcome {outcome!r} is none of {', '.join(OUTCOMES)}")
    with using(db) as database, changing(database, "remove", removed_by) as change:
        row = find(change.connection, component_id)
        sits = _open_row(change, row)
        moment = _moment(date, change)
        if moment < sits.installed:
            raise Refused(f"{row.id} was installed at {sits.installed.isoformat()}; it is not removed before that")
        status = outcome or default_outcome(sits.prior)
        if outcome is None and status == "testing":
            change.notices.append(
                f"{row.id} was {sits.prior} before it was installed, so it is testing now (--outcome)"
            )
        destination = known_location(change.connection, location)
        parts = parts_of(change.connection, row.id)
        change.touch(row.id, *parts)
        change.update(
            schema.installation,
            sits.id,
            removed=moment,
            removed_by=change.person,
            reason=text(reason, "the reason") if reason else None,
            outcome=status,
        )
        for each in (row.id, *parts):
            change.set(each, {"location": destination})
        change.said.append(
            f"removed {row.id} from {sits.position}; it is {status} now" + (f" ({reason})" if reason else "")
        )
    return change.done


def _may_sit(change: Change, row: "Row[Any]") -> None:
    place = places(change.connection, [row.id])[row.id]
    if place.parent:
        raise Refused(f"{row.id} is part of {place.parent}; install {place.parent}, or disassemble it first")
    if row.status == "installed":
        raise Refused(f"{row.id} is already installed in {place.position}; remove it from there first")


def _free_position(change: Change, row: "Row[Any]", given: str) -> str:
    place = _position(change, row, name(given, "the position"))
    table = schema.installation
    taken = change.connection.execute(
        sa.select(table.c.component, table.c.installed).where(table.c.position == place, schema.is_open(table))
    ).first()
    if taken is not None:
        since = taken.installed.astimezone().strftime("%Y-%m-%d %H:%M")
        raise Refused(f"{place} is taken: {taken.component} sits there since {since}")
    return place


def _nobody_since(change: Change, row: "Row[Any]", place: str, moment: datetime) -> None:
    """A date in the past is no way into the time of somebody else, nor into another position at the same time."""
    table = schema.installation
    same = sa.or_(table.c.position == place, table.c.component == row.id)
    query = sa.select(table).where(same, table.c.voided.is_(None), table.c.removed > moment)
    sat = change.connection.execute(query.order_by(table.c.removed.desc()).limit(1)).first()
    if sat is not None:
        until = sat.removed.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        raise Refused(
            f"{sat.component} sat in {sat.position} until {until}; {row.id} is installed in {place} after that"
        )


def _position(change: Change, row: "Row[Any]", given: str) -> str:
    """Return the name of a position that takes a component; one of an open pattern, or free, is made on first use."""
    table, accepts = schema.position, schema.position_accepts
    connection = change.connection
    known = connection.execute(sa.select(table.c.name).where(table.c.key == sa.func.lower(given))).scalar()
    takers = change.profile.takers(given)
    own_pattern = row.type in change.profile.types and change.profile.types[row.type].positions
    if takers and row.type not in takers:
        raise Refused(f"{known or given} takes a {' or '.join(takers)}; {row.id} is a {row.type}")
    if not takers and own_pattern:
        hint = near_positions(connection, given)
        raise Refused(f"there is no position {given!r} for a {row.type} ({', '.join(own_pattern)}){hint}")
    if known is None:
        known = change.profile.spelled(given)
        connection.execute(table.insert().values(name=known))
    pair = {"position": known, "type": row.type}
    taken = sa.select(accepts).where(accepts.c.position == known, accepts.c.type == row.type)
    if connection.execute(taken).first() is None:
        connection.execute(accepts.insert().values(**pair))
    return str(known)


def _open_row(change: Change, row: "Row[Any]") -> "Row[Any]":
    table = schema.installation
    sits = change.connection.execute(sa.select(table).where(table.c.component == row.id, schema.is_open(table))).first()
    if sits is not None:
        return sits
    place = places(change.connection, [row.id])[row.id]
    if place.via:
        raise Refused(f"{row.id} is installed via {place.via}; remove {place.via}")
    raise Refused(f"{row.id} is not installed; it is {row.status}" + (f", at {place.text}" if place.text else ""))


def _moment(date: datetime | None, change: Change) -> datetime:
    if date is None:
        return change.time
    if date.tzinfo is None:
        date = date.astimezone()
    if date > change.time:
        raise InputError(f"{date.isoformat()} has not come yet; give a date in the past, or none for now")
    return date
