"""Adopting a database: all of it within one command, so that it is there whole or not at all."""

import os
import re
import secrets
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from scantrail.db import sqlite_path
from scantrail.errors import InputError, OutputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.assemblies import plan_assemblies, write_assemblies
from scantrail.tracker.adopting.attached import Attached
from scantrail.tracker.adopting.changes import tell_changes
from scantrail.tracker.adopting.clock import Clock, clock
from scantrail.tracker.adopting.components import plan_components, write_components
from scantrail.tracker.adopting.connections import adopt_connections
from scantrail.tracker.adopting.files import adopt_pictures, adopt_test_files
from scantrail.tracker.adopting.installations import settle_locations, write_stays
from scantrail.tracker.adopting.ledger import Count, Ledger
from scantrail.tracker.adopting.logs import adopt_logs
from scantrail.tracker.adopting.reference import SIDE_FILES, Reference, Row, held, read_reference
from scantrail.tracker.adopting.seats import plan_seats, seat_by_status
from scantrail.tracker.adopting.tests import adopt_tests
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.standing import standing
from scantrail.tracker.store import FILES, Database


@dataclass(frozen=True, slots=True)
class Adopted:
    """What an adoption did: its event, the rows of each table, the findings that are new and open.

    original: where the old database is now, if that is not where it was.
    """

    done: Done
    tables: Mapping[str, Count]
    findings: int
    original: Path | None = None

    @property
    def waiting(self) -> int:
        """How many rows are kept as findings alone."""
        return sum(count.waiting for count in self.tables.values())


def adopt(
    database: Database, old: str | Path, *, data_dir: str | Path | None = None, timezone: str | None = None
) -> Adopted:
    """Take over a database of the hps-svt-tracker with its files; every row is kept, in its place or as a finding.

    data_dir: where the old files are, `test_data` beside the old database if not given; timezone: of the old times,
    that of this computer if not given. The old database stays as it is; if it stands where `database` is to be, it is
    given another name beside it. Adopted again, only what is new is added.

    Raises InputError for a file that is no such database, Refused, DatabaseError, OutputError.
    """
    path = Path(old).expanduser().absolute()
    zone = clock(timezone, datetime.now(UTC))
    reference = read_reference(path)
    source = Path(data_dir).expanduser().absolute() if data_dir is not None else path.parent / FILES
    if data_dir is not None and not source.is_dir():
        raise InputError(f"there is no directory {source} with the files of {path}")
    target = sqlite_path(database.url)
    if target is None or not target.exists() or not target.samefile(path):
        return _adopt(database, reference, source, zone)
    return _in_place(database, target, reference, source, zone)


def _in_place(database: Database, target: Path, reference: Reference, source: Path, zone: Clock) -> Adopted:
    """Adopt into a draft beside it, then exchange the two."""
    if used := [side for side in SIDE_FILES if _size(Path(f"{target}{side}"))]:
        raise Refused(
            f"{target}{used[0]} shows that another program has the database open, or was killed; "
            "open and close it with that program, then adopt it"
        )
    kept = _free_name(target)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with held(reference):
            _clear_drafts(target)  # of adoptions that were killed: no other is under way
            with database.elsewhere(draft) as new:
                adopted = _adopt(new, replace(reference, path=kept), source, zone)
            _second_name(target, kept)
            draft.replace(target)
    except OSError as error:
        raise OutputError(f"{target} cannot be exchanged: {error.strerror}") from error
    finally:
        _clear_drafts(target, draft.name)
    for side in (*SIDE_FILES, "-shm"):
        Path(f"{target}{side}").unlink(missing_ok=True)
    return replace(adopted, original=kept)


def _adopt(database: Database, reference: Reference, source: Path, zone: Clock) -> Adopted:
    database.initialize_schema()
    with ExitStack() as stack, changing(database, "adopt") as change:
        taken = set(change.connection.execute(sa.select(schema.file.c.path)).scalars())
        adoption = Adoption(
            change,
            reference,
            Ledger(change, reference.path.name),
            zone,
            standing(change.connection, change.profile),
            Attached(source, database.data_dir, stack, taken),
            _logs(reference),
        )
        _take_over(adoption)
        _say(adoption, change)
    return Adopted(change.done, adoption.ledger.counts, adoption.ledger.findings)


def _take_over(adoption: Adoption) -> None:
    """Everything is decided before anything is written where one decision hangs on another."""
    planned = plan_components(adoption)
    joined = plan_assemblies(adoption)
    stays = plan_seats(adoption)
    stays += seat_by_status(adoption, planned)
    settle_locations(adoption, planned)
    write_components(adoption, planned)
    write_assemblies(adoption, joined)
    write_stays(adoption, stays, planned, joined)
    adopt_connections(adoption)
    adopt_tests(adoption)
    adopt_test_files(adoption)
    adopt_logs(adoption)
    adopt_pictures(adoption)
    tell_changes(adoption)
    adoption.ledger.write()


def _say(adoption: Adoption, change: Change) -> None:
    counts = adoption.ledger.counts.values()
    rows, adopted, findings = (
        sum(each.rows for each in counts),
        sum(each.adopted for each in counts),
        adoption.ledger.findings,
    )
    if adopted or findings:
        told = f"adopted {adopted} of {rows} rows of {adoption.reference.path.name}"
        change.said.append(f"{told}, {findings} finding{'s' * (findings != 1)}")
    if adopted and adoption.clock.zone is None:
        change.notices.append("its times were read as those of this computer's zone; --timezone names another")
    for table, rows in adoption.reference.strange.items():
        told = "1 row" if rows == 1 else f"{rows} rows"
        change.notices.append(f"the table {table!r} ({told}) is none of the hps-svt-tracker's; it is left out")


def _logs(reference: Reference) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in reference.tables["maintenance_log"]:
        found.setdefault(str(row.values.get("component_id")), []).append(row)
    return found


def _free_name(path: Path) -> Path:
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    names = [path.with_name(f"{path.stem}-{end}{path.suffix}") for end in ("reference", f"reference-{stamp}")]
    return next((name for name in names if not name.exists()), names[-1])


def _clear_drafts(target: Path, name: str = "") -> None:
    """Take away drafts that were to replace a database, all of them or one, with what SQLite keeps beside."""
    pattern = re.compile(re.escape(name) if name else rf"\.{re.escape(target.name)}\.[0-9a-f]{{8}}\.part")
    for path in target.parent.iterdir():
        if pattern.fullmatch(path.name.removesuffix("-wal").removesuffix("-shm")):
            path.unlink(missing_ok=True)


def _second_name(path: Path, name: Path) -> None:
    """Give a file a second name; where a file has but one, that."""
    try:
        os.link(path, name)
    except OSError:
        path.rename(name)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
