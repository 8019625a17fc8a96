"""Installations from a table: stays that are over go into the history, open ones install, a new end removes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.bulk import insert_many
from scantrail.tracker.moments import stamp
from scantrail.tracker.standing import Known
from scantrail.tracker.texts import name
from scantrail.tracker.transfer.intake import Intake, past
from scantrail.tracker.transfer.kinds import Entry
from scantrail.tracker.transfer.overlaps import Span, Spans
from scantrail.tracker.workflow import NOT_INSTALLABLE, OUTCOMES, default_outcome, starred

if TYPE_CHECKING:
    from sqlalchemy import Row

PAST = "spare"
"""What a component is taken to have been before a stay that is over, if nobody says."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay as a row gives it; a time that is not given is None."""

    entry: Entry
    known: Known
    position: str
    installed: datetime | None
    removed: datetime | None
    texts: dict[str, str | None]


def import_installations(intake: Intake, entries: Sequence[Entry]) -> None:
    """Write stays in positions. Ends come first: who takes a place may stand above who leaves it."""
    stays = [stay for entry in entries if (stay := _stay(intake, entry)) is not None]
    kept = _kept(intake)
    ended: dict[int, datetime | None] = {}
    new: list[Stay] = []
    for stay in stays:
        there = _there(kept, stay)
        if there is None and stay.installed is None and stay.removed is not None:
            said = f"{stay.known.id} does not sit in {stay.position}; a stay that is over needs its beginning, too"
            intake.refuse(stay.entry, "installed", said)
        elif there is None:
            new.append(stay)
        elif there.removed is None and stay.removed is not None:
            _close(intake, stay, there)
            ended[there.id] = stay.removed
        else:
            _compare(intake, stay, there)
    opened = [stay for stay in new if stay.removed is None and _opens(intake, stay)]
    closed = [stay for stay in new if stay.removed is not None]
    spans = Spans()
    for row in (row for rows in kept.values() for row in rows):
        spans.add(Span(row.component, row.position, row.installed, ended.get(row.id, row.removed)))
    _write(
        intake,
        [stay for stay in closed if _is_alone(intake, spans, stay)],
        [stay for stay in opened if _is_alone(intake, spans, stay)],
    )


def _stay(intake: Intake, entry: Entry) -> Stay | None:
    known = intake.standing.find(entry.cell("component"))
    if known is None:
        intake.refuse(entry, "component", f"there is no component {entry.cell('component')!r}")
    position = intake.read(entry, "position", name, entry.cell("position"), "the position")
    times = {
        column: intake.read(entry, column, past, entry.cell(column), intake.change.time) if entry.cell(column) else None
        for column in ("installed", "removed")
    }
    installed, removed = times["installed"], times["removed"]
    if removed is not None and installed is not None and removed < installed:
        intake.refuse(entry, "removed", f"{entry.cell('removed')} is before it was installed")
    texts = {
        column: intake.read(entry, column, name, entry.cell(column), f"the {column}") if entry.cell(column) else None
        for column in ("run_period", "installed_by", "removed_by")
    }
    statuses = {column: intake.read(entry, column, _status, entry.cell(column)) for column in ("outcome", "prior")}
    if known is not None and position is not None and (why := intake.standing.misfit(known.type, position)):
        intake.refuse(entry, "position", why)
    if not intake.is_good(entry) or known is None or position is None:
        return None
    texts |= statuses | {"reason": entry.cells.get("reason") or None, "notes": entry.cells.get("notes", "")}
    return Stay(entry, known, intake.standing.spelled(position), installed, removed, texts)


def _status(given: str) -> str | None:
    if given and given.lower() not in OUTCOMES:
        raise InputError(f"{given!r} is none of {', '.join(OUTCOMES)}")
    return given.lower() or None


def _kept(intake: Intake) -> "dict[tuple[str, str], list[Row[Any]]]":
    """Every stay there is, by component and position."""
    table = schema.installation
    found: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in intake.change.connection.execute(sa.select(table).where(table.c.voided.is_(None))):
        found.setdefault((row.component, row.position), []).append(row)
    return found


def _there(kept: "dict[tuple[str, str], list[Row[Any]]]", stay: Stay) -> "Row[Any] | None":
    """The stay that a row is about: of the same beginning; if the row gives none, the open one, or of the same end."""
    rows = kept.get((stay.known.id, stay.position), [])
    if stay.installed is None:
        return next((row for row in rows if row.removed in (None, stay.removed)), None)
    return next((row for row in rows if row.installed == stay.installed), None)


def _compare(intake: Intake, stay: Stay, there: "Row[Any]") -> None:
    given = {**stay.texts, "removed": stay.removed}
    for column, value in given.items():
        if value not in (None, "") and value != there._mapping[column]:
            said = f"{stay.known.id} was in {stay.position} then, with another {column}; what was is not rewritten"
            intake.refuse(stay.entry, column, said)
            return
    intake.done(stay.entry, stay.known.id, "unchanged")


def _close(intake: Intake, stay: Stay, there: "Row[Any]") -> None:
    change, component = intake.change, stay.known.id
    if stay.removed is not None and stay.removed < there.installed:
        said = f"{component} sits in {stay.position} since {stamp(there.installed)}, which is later"
        intake.refuse(stay.entry, "removed", said)
        return
    change.touch(*intake.standing.family(component))
    outcome = stay.texts["outcome"] or default_outcome(there.prior)
    change.update(
        schema.installation,
        there.id,
        removed=stay.removed,
        removed_by=stay.texts["removed_by"] or change.person,
        reason=stay.texts["reason"],
        outcome=outcome,
    )
    stay.known.status = outcome
    intake.standing.seats.pop(component, None)
    intake.standing.occupants.pop(stay.position, None)
    intake.done(stay.entry, component, "changed")


def _is_alone(intake: Intake, spans: Spans, stay: Stay) -> bool:
    """Whether nobody else was in the position, and the component nowhere else."""
    span = Span(stay.known.id, stay.position, stay.installed or intake.change.time, stay.removed)
    if (found := spans.against(span)) is not None:
        column, other = found
        intake.refuse(stay.entry, column, f"{other.in_words()}, which overlaps")
        return False
    spans.add(span)
    return True


def _opens(intake: Intake, stay: Stay) -> bool:
    """Whether a component may sit down now, as `svt install` would have it."""
    standing, known = intake.standing, stay.known
    if above := standing.chain(known.id):
        intake.refuse(stay.entry, "component", f"{known.id} is part of {above[0]}; install {above[0]}")
    elif known.id in standing.seats:
        intake.refuse(stay.entry, "component", f"{known.id} is installed in {standing.seats[known.id]} already")
    elif known.status in NOT_INSTALLABLE:
        intake.refuse(stay.entry, "component", f"{known.id} is {known.status} and cannot be installed")
    elif stay.position in standing.occupants:
        intake.refuse(
            stay.entry, "position", f"{stay.position} is taken: {standing.occupants[stay.position]} sits there"
        )
    else:
        intake.read(stay.entry, "component", _policy, intake, known)
    if not intake.is_good(stay.entry):
        return False
    standing.seat(known.id, stay.position)
    return True


def _policy(intake: Intake, known: Known) -> None:
    """Record a waiver of a step that the policy has a say in. Raises Refused where it holds it back."""
    if not starred(known.id, known.status, "installed"):
        return
    why = f"{known.id} goes from {known.status} to installed"
    if intake.change.profile.policy == "enforce":
        raise Refused(
            f"{why}, which the profile {intake.change.profile.name} refuses; install it by itself, with --force"
        )
    intake.change.waivers.append(why)


def _write(intake: Intake, closed: Sequence[Stay], opened: Sequence[Stay]) -> None:
    change = intake.change
    change.touch(*(stay.known.id for stay in closed))
    change.touch(*(each for stay in opened for each in intake.standing.family(stay.known.id)))
    pairs = [(stay.position, stay.known.type) for stay in (*closed, *opened)]
    intake.standing.name_position(change.connection, pairs)
    for stay in opened:
        for each in intake.standing.family(stay.known.id):
            change.set(each, {"location": None})
    insert_many(change, schema.installation, [_row(intake, stay) for stay in (*closed, *opened)])
    for stay in (*closed, *opened):
        intake.done(stay.entry, stay.known.id, "added")


def _row(intake: Intake, stay: Stay) -> dict[str, Any]:
    person, texts, over = intake.change.person, stay.texts, stay.removed is not None
    prior = texts["prior"] or (PAST if over else stay.known.status)
    return {
        "component": stay.known.id,
        "position": stay.position,
        "run_period": texts["run_period"],
        "installed": stay.installed or intake.change.time,
        "installed_by": texts["installed_by"] or person,
        "prior": prior,
        "notes": texts["notes"] or "",
        "removed": stay.removed,
        "removed_by": (texts["removed_by"] or person) if over else None,
        "reason": texts["reason"] if over else None,
        "outcome": (texts["outcome"] or default_outcome(prior)) if over else None,
    }
