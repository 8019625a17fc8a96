"""From an order to its components and back: checked before a scan, recorded after it, and settled later if need be."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outbox import Owed, address, owe, paid, waiting
from scantrail.acquire.outcome import Outcome
from scantrail.db import database_url, render, sqlite_path
from scantrail.errors import DatabaseError, InputError, Refused, RunNotFound, RunStateError, ScantrailError
from scantrail.runs import RunWriter, find, held, summarize
from scantrail.station import data_root

PATIENCE = 1.0
"""Longest wait [s] of a scan for a locked database; the outbox waits longer."""

_LOG = logging.getLogger(__name__)


def admit(order: Order[Any]) -> Order[Any]:
    """Return the order with its components as they are spelled.

    Raises ComponentNotFound with the nearest ids, Refused for one that cannot be measured so, InputError for a channel
    that is not scanned. A database that cannot be asked refuses nothing: the record is made later.
    """
    if not order.components:
        return order
    _check_channels(order)
    url = database_url(order.database, order.station.database.url)
    path = sqlite_path(url)
    if path is not None and not path.exists():
        raise Refused(
            f"there is no database {path}, so {order.components[0]} is not known; `scantrail parts --db-path "
            f"{path} add` makes it"
        )
    from scantrail.tracker import Database, measurable

    try:
        with Database(url, patience=PATIENCE) as database:
            known = {each: measurable(database, each, order.plan.kind)[0] for each in order.components}
    except DatabaseError as error:
        _LOG.warning("%s: %s checked when the run is recorded", error, _are(order.components))
        return order
    return replace(
        order,
        components=tuple(dict.fromkeys(known.values())),
        channels={known[each]: channels for each, channels in order.channels.items()},
    )


def owing(order: Order[Any], opened: Opened) -> Opened:
    """Return an `opened` that writes down, before the first point, what the run owes its components."""

    def also(run: RunWriter) -> None:
        try:
            owe(_owed(run.uid, run.number, run.directory, order, ()))
        except OSError as error:
            _LOG.warning("what run %d owes its components cannot be written down: %s", run.number, error)
        opened(run)

    return also if order.components else opened


def recorded(outcome: Outcome, order: Order[Any]) -> Outcome:
    """Record what was taken on its components; what cannot be recorded now waits in the outbox, and a note says so."""
    if not order.components:
        return outcome
    owed = _owed(outcome.uid, outcome.number, outcome.directory, order, outcome.files)
    try:
        owe(owed)
        done = settle(owed, database_url(order.database, order.station.database.url), patience=PATIENCE)
    except RunStateError as error:
        return replace(
            outcome, notes=[*outcome.notes, f"nothing is recorded on {', '.join(order.components)}: {error}"]
        )
    except (ScantrailError, OSError) as error:
        later = f'the record of run {outcome.number} waits: {error}. "scantrail parts sync" makes it'
        return replace(outcome, notes=[*outcome.notes, later])
    notices = [f"{one.component}: {notice}" for one in done for notice in one.notices]
    return replace(outcome, recorded=done, notes=[*outcome.notes, *notices])


def settle(owed: Owed, url: str | None = None, *, patience: float | None = None) -> "list[Any]":
    """Record a run that is owed, and take the entry away; return what `record_run` does.

    Raises RunStateError for a run that gives no verdict; the entry goes unless it may still be resumed. Whatever else
    is raised leaves the entry.
    """
    from scantrail.acquire.record import record_run
    from scantrail.tracker import Database

    place = Path(owed.directory)
    try:
        directory = place if place.is_dir() else find(data_root(), owed.uid)
    except RunNotFound:
        paid(owed)
        raise
    with Database(url or address(owed), patience=patience) as database:
        try:
            done = record_run(directory, database, files=owed.files)
        except RunStateError:
            if summarize(directory).status in ("abort", "fail"):
                paid(owed)
            raise
    paid(owed)
    return done


def sync(url: str | None = None, *, patience: float | None = None) -> "tuple[list[tuple[Owed, Any]], list[str]]":
    """Settle everything that is owed, to the database `url` alone if it is given.

    Return each entry with what was recorded, and a sentence for each that still waits. A run that is being taken, or
    that was interrupted and may be resumed, waits in silence.
    """
    settled, still = [], []
    for owed in waiting(url):
        if Path(owed.directory).is_dir() and held(Path(owed.directory)):
            continue
        try:
            settled.append((owed, settle(owed, url, patience=patience)))
        except RunStateError:
            continue
        except (ScantrailError, OSError) as error:
            still.append(f"run {owed.number} is still owed to {owed.database}: {error}")
    return settled, still


def _owed(uid: str, number: int, directory: Path, order: Order[Any], files: Sequence[str]) -> Owed:
    url = database_url(order.database, order.station.database.url)
    outside = tuple(path for path in files if not Path(path).is_relative_to(directory))
    return Owed(uid, number, str(directory.absolute()), render(url), outside)


def _check_channels(order: Order[Any]) -> None:
    scanned = getattr(order.plan, "channels", None)
    for component, channels in order.channels.items():
        for channel in channels:
            if scanned is None:
                raise InputError(f"{component} is given channel {channel}, but only threshold scans have channels")
            if channel not in scanned:
                raise InputError(
                    f"{component} is given channel {channel}, which is not scanned; scanned are "
                    f"{', '.join(map(str, scanned))}"
                )


def _are(components: Sequence[str]) -> str:
    return f"{', '.join(components)} {'is' if len(components) == 1 else 'are'}"
