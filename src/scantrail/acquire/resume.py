"""Go on with a run: paused, it runs on; interrupted, in its own journal; aborted or failed, in a new run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from scantrail.acquire.kinds import kind_of
from scantrail.acquire.order import Order
from scantrail.acquire.rig import RigOptions
from scantrail.daq import Manner
from scantrail.db import database_url, render
from scantrail.errors import InputError, RunError, RunStateError
from scantrail.runs import Plan, Record, ask, asked, chain, continued_by, held, read
from scantrail.station import MASK, Station, load_station


def resume_running(directory: Path) -> bool:
    """Let a paused run go on and return True; False if the run is not being taken at all.

    Raises RunStateError if it is running and not paused.
    """
    if not held(directory):
        return False
    last = asked(directory)
    if last is None or last.command != "pause":
        raise RunStateError(f"{directory.name} is running and not paused, so there is nothing to resume")
    ask(directory, "resume")
    return True


def order_again(directory: Path, database: str | None = None) -> Order[Plan]:
    """Return the order that finishes the run in `directory`, made of its start document alone.

    Only a password of the catalogue, which stands in none, is that of the station in force. Raises RunStateError if it
    ended with success, RunError for a kind this version cannot take, InputError for a database named then whose
    password is not known now, JournalError, ConfigError.
    """
    record = read(directory)
    status = record.stop["exit_status"] if record.stop else "interrupted"
    number = record.start["scan_id"]
    if status == "success":
        raise RunStateError(f"run {number} has ended with success; there is nothing to resume")
    if later := continued_by(record):
        raise RunStateError(f'run {number} was continued by run {later}; "scantrail runs resume {later}" goes on')
    ours = record.start["scantrail"]
    rig = ours["rig"]
    station = Station.from_document(ours["station"])
    return Order(
        plan=_plan(ours, number),
        station=station,
        options=RigOptions.from_document(rig),
        workspace=_path(rig.get("workspace")),
        database=database or _named(rig, number) or _catalogue(station),
        components=tuple(ours["components"]),
        channels={each: tuple(channels) for each, channels in rig.get("channels", {}).items()},
        earlier=_chain(directory, number),
        reopened=status == "interrupted",
        manner=Manner.from_document(rig),
        output=_path(rig.get("output")),
    )


def _plan(ours: Mapping[str, Any], number: int) -> Plan:
    kind = kind_of(ours["kind"])
    try:
        return kind.plan(ours["plan"])
    except (ValueError, KeyError, TypeError) as error:  # of another version, or edited
        raise RunError(
            f"the plan in the journal of run {number} is none that this version can take: {error}"
        ) from error


def _path(text: str | None) -> Path | None:
    return Path(text) if text else None


def _chain(directory: Path, number: int) -> tuple[Record, ...]:
    """Return the run and those that it went on with, oldest first."""
    records, missing = chain(directory)
    if missing is not None:
        raise RunStateError(
            f"run {number} goes back to run {missing}, which is not here: the points taken there are not known"
        )
    return records


def _named(rig: Mapping[str, Any], number: int) -> str | None:
    """Return the database that the run was given by name; None if none was, or if it is the one in force."""
    named: str | None = rig.get("database")
    if named is None or named == render(database_url(None, load_station().database.url)):
        return None
    if MASK in named:
        raise InputError(f"run {number} stands in {named}, whose password is kept nowhere; give it with --db-path")
    return named


def _catalogue(station: Station) -> str | None:
    """Return what the station in force says of the database, where the password of this one is masked."""
    return load_station().database.url if MASK in (station.database.url or "") else None
