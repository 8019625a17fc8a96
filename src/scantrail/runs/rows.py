"""A run as a row of the table `run` and back, and the questions asked of it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row, Select

from scantrail.runs.summary import RunStatus, RunSummary
from scantrail.runs.table import run_table

UNSETTLED: tuple[RunStatus, ...] = ("running", "interrupted")
"""What a row may say while its run has long ended, or was resumed: only the run's directory knows."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which runs: of this kind, in this status, having measured this component; None takes all.

    linked: uids of runs that measured the component though they do not name it, for that was said later.
    """

    kind: str | None = None
    status: RunStatus | None = None
    component: str | None = None
    linked: frozenset[str] = frozenset()

    def takes(self, run: RunSummary) -> bool:
        """Tell whether a run is chosen."""
        return (
            self.kind in {None, run.kind}
            and self.status in {None, run.status}
            and (self.component is None or run.uid in self.linked or self._named_by(run))
        )

    def _named_by(self, run: RunSummary) -> bool:
        return (self.component or "").casefold() in map(str.casefold, run.components)


def upsert(dialect: str) -> sa.Insert:
    """Return the statement that writes a run, anew if it is known."""
    from sqlalchemy.dialects import postgresql, sqlite  # 20 ms that reading does not pay

    insert: postgresql.Insert | sqlite.Insert = (
        postgresql.insert(run_table) if dialect == "postgresql" else sqlite.insert(run_table)
    )
    renewed = {column.name: insert.excluded[column.name] for column in run_table.columns if column.name != "uid"}
    return insert.on_conflict_do_update(index_elements=["uid"], set_=renewed)


def newest_first() -> Select[Any]:
    """Return the query for whole rows, newest run first."""
    return sa.select(run_table).order_by(run_table.c.started.desc(), run_table.c.number.desc())


def chosen(choice: Choice, dialect: str) -> Select[Any]:
    """Return the query for the rows that `choice` takes, and for the unsettled ones that it may yet take."""
    query = newest_first()
    if choice.kind is not None:
        query = query.where(run_table.c.kind == choice.kind)
    if choice.status is not None:
        query = query.where(run_table.c.status.in_({choice.status, *UNSETTLED}))
    if choice.component is not None:
        query = query.where(_measured(choice.component, dialect) | run_table.c.uid.in_(choice.linked))
    return query


def matching(ref: str) -> sa.ColumnElement[bool] | None:
    """Return the condition for a run's number, or the beginning of its uid (4 characters or more); None for neither."""
    if ref.isascii() and ref.isdigit() and len(ref) < 16:
        return run_table.c.number == int(ref)
    if len(ref) >= 4:
        return sa.cast(run_table.c.uid, sa.Text).startswith(ref.lower(), autoescape=True)
    return None


def values(run: RunSummary) -> dict[str, object]:
    """Return the row of a run."""
    return {
        "uid": run.uid,
        "number": run.number,
        "kind": run.kind,
        "status": run.status,
        "points": run.points,
        "expected": run.expected,
        "started": datetime.fromtimestamp(run.started, UTC),
        "ended": None if run.ended is None else datetime.fromtimestamp(run.ended, UTC),
        "operator": run.operator,
        "host": run.host,
        "components": list(run.components),
        "directory": str(run.directory.absolute()),
        "reason": run.reason,
    }


def summary(row: Row[Any], directory: Path | None = None) -> RunSummary:
    """Return the run of a row; `directory` is where it is now, if its row may be older than a move."""
    return RunSummary(
        number=row.number,
        uid=row.uid,
        kind=row.kind,
        status=row.status,
        points=row.points,
        expected=row.expected,
        started=row.started.timestamp(),
        ended=None if row.ended is None else row.ended.timestamp(),
        operator=row.operator,
        host=row.host,
        components=tuple(row.components),
        directory=directory or Path(row.directory),
        reason=row.reason,
    )


def _measured(component: str, dialect: str) -> sa.ColumnElement[bool]:
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        return sa.type_coerce(run_table.c.components, postgresql.JSONB).contains([component])
    each = sa.func.json_each(run_table.c.components).table_valued("value")
    return sa.select(each).where(each.c.value == component).exists()
