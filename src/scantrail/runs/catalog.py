"""The catalogue: table `run` of the one database, an index over the run directories that can always be made again."""

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Select
from sqlalchemy.exc import StatementError

from scantrail.db import Database, open_database, render, sqlite_path
from scantrail.errors import DatabaseError, RunError, RunNotFound, ScantrailError
from scantrail.runs import rows
from scantrail.runs.rows import Choice
from scantrail.runs.summary import RunSummary, directories, summarize
from scantrail.runs.table import run_table

__all__ = ["Choice", "Reindexed", "find_run", "list_runs", "listing", "note_run", "register", "reindex", "run_table"]

PATIENCE = 1.0  # s that a scan, or a list of runs, waits for a locked database
ALL = Choice()

_BATCH = 500  # rows a transaction: a scan that ends meanwhile soon gets its turn
_REFUSED = (
    StatementError,
    KeyError,
    TypeError,
    ValueError,
    OverflowError,
)  # what a journal with nonsense in it ends in


@dataclass(frozen=True, slots=True)
class Reindexed:
    """What `reindex` did: runs written to the catalogue, and a sentence for each directory that was left out."""

    runs: int
    left_out: tuple[str, ...]


def register(database: Database, *summaries: RunSummary) -> None:
    """Write the rows of runs in one transaction, anew where a run is known.

    Raises DatabaseError, SQLAlchemy's StatementError for a run that the table refuses.
    """
    if summaries:
        with database.write() as connection:
            connection.execute(rows.upsert(connection.dialect.name), [rows.values(run) for run in summaries])


def register_run(database: Database, directory: Path) -> None:
    """Register the run in `directory` as it stands. Raises DatabaseError, RunNotFound, JournalError."""
    register(database, summarize(directory))


def note_run(database_url: str, directory: Path, *, patience: float = PATIENCE) -> str | None:
    """Register the run in `directory` as it stands; return None, or a sentence that says why that was not possible.

    Never raises for the database, whatever its state, and waits at most `patience` seconds for a locked one: a scan
    goes on without it.
    """
    try:
        with open_database(database_url, timeout=patience) as database:
            register(database, summarize(directory))
    except (ScantrailError, OSError, *_REFUSED) as error:
        return f'{_first_line(error)}. Run {directory.name} is not in the catalogue; "scantrail runs reindex" adds it'
    return None


def reindex(database: Database, root: Path) -> Reindexed:
    """Write every run below the data root `root` to the catalogue. Rows of runs kept elsewhere stay.

    Raises DatabaseError.
    """
    left_out: list[str] = []
    found = _summaries(directories(root), left_out)
    written = 0
    while batch := list(islice(found, _BATCH)):
        written += _write(database, batch, left_out)
    return Reindexed(written, tuple(left_out))


def find_run(database: Database, ref: str) -> RunSummary:
    """Return the run with this number or uid (or the beginning of it, 4 characters or more), as its row says.

    Raises RunNotFound, RunError if several match, DatabaseError.
    """
    condition = rows.matching(ref)
    if condition is None:
        raise RunNotFound(f"{ref!r} is neither the number of a run nor 4 characters or more of its uid")
    with database.read() as connection:
        found = connection.execute(rows.newest_first().where(condition).limit(5)).all()
    if not found:
        raise RunNotFound(f"the catalogue {database.name} has no run {ref!r}")
    if len(found) > 1:
        raise RunError(f"several runs match {ref!r}: {', '.join(row.uid for row in found)}; give more of the uid")
    return rows.summary(found[0])


def list_runs(database: Database, choice: Choice = ALL, *, limit: int | None = None) -> list[RunSummary]:
    """Return the runs that the table knows, newest first, as their rows say. Raises DatabaseError."""
    with database.read() as connection:
        query = rows.chosen(choice, connection.dialect.name).limit(limit)
        if choice.status is not None:
            query = query.where(run_table.c.status == choice.status)
        return [rows.summary(row) for row in connection.execute(query)]


def listing(
    root: Path, database_url: str, choice: Choice = ALL, *, limit: int | None = None
) -> tuple[list[RunSummary], str | None]:
    """Return the runs of the table and of the directories below the data root `root`, newest first, and a notice.

    A row of a run that had not ended is read again from its directory. With a database that cannot be used, the
    directories alone are read, and the notice says why. A directory that is no readable run is left out.
    """
    places = {entry.name: entry for entry in directories(root)}
    missing = _is_missing(database_url)
    if missing and not places:
        return [], None
    try:
        if missing:
            raise DatabaseError(f"there is no database {render(database_url)} yet")
        return _from_both(places, database_url, choice, limit), None
    except DatabaseError as error:
        runs = filter(choice.takes, _summaries(places.values(), []))
        return list(islice(runs, limit)), f"{error}. The runs are read from their directories in {root / 'runs'}"


def _write(database: Database, batch: list[RunSummary], left_out: list[str]) -> int:
    try:
        register(database, *batch)
    except _REFUSED as error:
        if len(batch) == 1:
            left_out.append(f"{batch[0].directory} is left out: {_first_line(error)}")
            return 0
        return sum(_write(database, [run], left_out) for run in batch)
    return len(batch)


def _from_both(places: dict[str, Path], url: str, choice: Choice, limit: int | None) -> list[RunSummary]:
    with open_database(url, timeout=PATIENCE) as database, database.read() as connection:
        known = set(map(_name, connection.execute(sa.select(run_table.c.directory)).scalars()))
        unknown = [place for name, place in places.items() if name not in known]
        from_table = _from_table(connection, rows.chosen(choice, connection.dialect.name), places)
        runs = heapq.merge(from_table, _summaries(unknown, []), key=_age, reverse=True)
        return list(islice(filter(choice.takes, runs), limit))


def _from_table(connection: Connection, query: Select[Any], places: dict[str, Path]) -> Iterator[RunSummary]:
    for row in connection.execute(query):
        run = rows.summary(row, places.get(_name(row.directory)))
        yield _read_again(run) if run.status in rows.UNSETTLED else run


def _read_again(run: RunSummary) -> RunSummary:
    """A run that had not ended may have done so, or been resumed; one kept on another host cannot be asked."""
    return next(_summaries([run.directory], []), run)


def _summaries(places: Iterable[Path], left_out: list[str]) -> Iterator[RunSummary]:
    for place in places:
        try:
            yield summarize(place)
        except (RunError, OSError, *_REFUSED) as error:
            left_out.append(f"{place} is left out: {_first_line(error)}")


def _is_missing(url: str) -> bool:
    path = sqlite_path(url)
    return path is not None and not path.exists()


def _age(run: RunSummary) -> tuple[float, int]:
    return run.started, run.number


def _name(directory: str) -> str:
    return directory.rpartition("/")[2]


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
