"""From an order to its components and back: checked before a scan, recorded after it, and settled later if need be."""

import logging
import shlex
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scantrail.acquire.named import check_channels, spelled
from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outbox import Owed, address, owe, paid, waiting
from scantrail.acquire.outcome import Outcome
from scantrail.db import database_url, render, sqlite_path
from scantrail.errors import DatabaseError, Refused, RunStateError, ScantrailError
from scantrail.runs import RunWriter, find, held, summarize
from scantrail.station import data_root

if TYPE_CHECKING:
    from scantrail.acquire.record import RecordedRun

PATIENCE = 1.0
"""Longest wait [s] of a scan for a locked database; the outbox waits longer."""

_LOG = logging.getLogger(__name__)


def admit(order: Order[Any]) -> Order[Any]:
    """Return the order with its components as they are spelled; once admitted, it is not asked again.

    Raises ComponentNotFound with the nearest ids, Refused for one that cannot be measured so, InputError for a channel
    that is not scanned. A database that cannot be asked refuses nothing: the record is made later.
    """
    if order.admitted or not order.components:
        return order
    check_channels(order.plan, order.channels)
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
        return replace(order, admitted=True)
    return replace(
        order,
        components=tuple(dict.fromkeys(known.values())),
        channels=spelled(order.channels, known),
        admitted=True,
    )


def owing(order: Order[Any], opened: Opened) -> Opened:
    """Return an `opened` that writes down, before the first point, what the run owes its components."""

    def also(run: RunWriter) -> None:
        _write_down(_owed(run.uid, run.number, run.directory, order, ()))
        opened(run)

    return also if order.components else opened


def recorded(outcome: Outcome, order: Order[Any]) -> Outcome:
    """Record what was taken on its components; what cannot be recorded now waits in the outbox, and a note says so."""
    if not order.components:
        return outcome
    owed = _owed(outcome.uid, outcome.number, outcome.directory, order, outcome.files)
    _write_down(owed)
    try:
        done = settle(owed, database_url(order.database, order.station.database.url), patience=PATIENCE)
    except RunStateError as error:
        return _noted(outcome, f"nothing is recorded on {', '.join(order.components)}: {error}")
    except KeyboardInterrupt:
        return _noted(outcome, _later(owed, order, "it was interrupted"))
    except Exception as error:  # noqa: BLE001 - the scan has ended well, whatever its record comes to
        return _noted(outcome, _later(owed, order, _reason(error)))
    notices = [f"{one.component}: {notice}" for one in done for notice in one.notices]
    return replace(_noted(outcome, *notices), recorded=done)


def settle(owed: Owed, url: str | None = None, *, patience: float | None = None) -> "list[RecordedRun]":
    """Record a run that is owed, and take the entry away; return what `record_run` does.

    Raises RunStateError for a run that gives no verdict, which is linked to its components all the same; the entry goes
    unless it may still be resumed. Whatever else is raised leaves the entry.
    """
    from scantrail.acquire.record import link_named, record_run
    from scantrail.tracker import Database

    place = Path(owed.directory)
    directory = place if place.is_dir() else find(data_root(), owed.uid)
    with Database(url or address(owed), patience=patience) as database:
        try:
            done = record_run(directory, database, files=owed.files)
        except RunStateError:
            link_named(directory, database)
            if summarize(directory).status in ("abort", "fail"):
                paid(owed)
            raise
    paid(owed)
    return done


def sync(
    url: str | None = None, *, patience: float | None = None
) -> "tuple[list[tuple[Owed, list[RecordedRun]]], list[str]]":
    """Settle everything that is owed, to the database `url` alone if it is given.

    Return each entry with what was recorded, and a sentence for each that could not be. A run that is being taken, or
    that was interrupted and may be resumed, waits in silence.
    """
    settled: list[tuple[Owed, list[RecordedRun]]] = []
    failed = []
    for owed in waiting(url):
        if Path(owed.directory).is_dir() and held(Path(owed.directory)):
            continue
        try:
            settled.append((owed, settle(owed, url, patience=patience)))
        except RunStateError:
            continue
        except Exception as error:  # noqa: BLE001 - one that is damaged must not hold back the others
            failed.append(f"run {owed.number} is still owed to {owed.database}: {_reason(error)}")
    return settled, failed


def _owed(uid: str, number: int, directory: Path, order: Order[Any], files: Sequence[str]) -> Owed:
    url = database_url(order.database, order.station.database.url)
    outside = tuple(str(Path(path).absolute()) for path in files if not Path(path).is_relative_to(directory))
    return Owed(uid, number, str(directory.absolute()), render(url), outside)


def _write_down(owed: Owed) -> None:
    """Keep what is owed; a disk that is full is no reason to stop a scan."""
    try:
        owe(owed)
    except OSError as error:
        _LOG.warning("what run %d owes its components cannot be written down: %s", owed.number, error)


def _later(owed: Owed, order: Order[Any], reason: str) -> str:
    where = f"--db-path {shlex.quote(owed.database)} " if order.database else ""
    command = "sync" if owed.path.exists() else f"record {owed.number}"
    return f'the record of run {owed.number} waits: {reason}. "scantrail parts {where}{command}" makes it'


def _reason(error: Exception) -> str:
    """Say what an error does; one that is not ours says so little that its name must stand with it."""
    if isinstance(error, ScantrailError | OSError):
        return str(error)
    _LOG.info("a record failed for a reason that was not foreseen", exc_info=error)
    return f"{type(error).__name__}: {error}"


def _noted(outcome: Outcome, *notes: str) -> Outcome:
    return replace(outcome, notes=[*outcome.notes, *notes])


def _are(components: Sequence[str]) -> str:
    return f"{', '.join(components)} {'is' if len(components) == 1 else 'are'}"
