"""All that is known of one run, as JSON-safe values; what people are shown of it is made of these."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from scantrail.errors import JournalError
from scantrail.runs.chains import continued_by
from scantrail.runs.reader import Record, read
from scantrail.runs.results import analyses, read_results
from scantrail.runs.stamps import iso
from scantrail.runs.summary import RunSummary, summarize

AUDIT, SKIPPED, PRIMARY = "thresholds", "skipped", "primary"
"""Streams that every kind of run names so: writes of thresholds, points not taken, points."""

Columns: TypeAlias = dict[str, dict[str, Any]]
"""What is known of the columns of a stream, by key: units, dtype, role."""


class Shown(NamedTuple):
    """A run as it is shown: its summary, its record, the run that went on with it, what it was to its components."""

    run: RunSummary
    record: Record
    later: int | None
    tests: Sequence[Mapping[str, Any]] = ()


def shown_run(directory: Path) -> Shown:
    """Read all that is shown of the run in `directory`. Raises RunNotFound, JournalError."""
    record = read(directory)
    return Shown(summarize(directory), record, continued_by(record))


def summary_document(run: RunSummary) -> dict[str, Any]:
    """Return a run as JSON-safe values; times ISO 8601 UTC."""
    return {
        "number": run.number,
        "uid": run.uid,
        "kind": run.kind,
        "status": run.status,
        "reason": run.reason,
        "points": run.points,
        "expected": run.expected,
        "started": iso(run.started),
        "ended": None if run.ended is None else iso(run.ended),
        "operator": run.operator,
        "host": run.host,
        "components": list(run.components),
        "directory": str(run.directory),
    }


def report(shown: Shown) -> dict[str, Any]:
    """Return the whole run; rows are those of the primary stream, files in bytes."""
    record = shown.record
    answers, unreadable = results_of_run(record.directory)
    ours = record.start.get("scantrail", {})
    points = record.stream(PRIMARY)
    return {
        **summary_document(shown.run),
        "version": ours.get("version"),
        "plan": ours.get("plan", record.start.get("plan_args", {})),
        "dark": ours.get("rig", {}).get("dark", {}),
        "resumed_from": ours.get("resumed_from"),
        "continued_by": shown.later,
        "streams": {name: len(record.stream(name)) for name in record.descriptors},
        "restored": restored(record),
        "results": answers,
        "tests": list(shown.tests),
        "unreadable": unreadable,
        "skipped": list(record.stream(SKIPPED).rows()),
        "files": files_of(record.directory),
        "columns": columns(record.descriptors.get(PRIMARY, ())),
        "rows": [{"time": iso(time), **row} for time, row in zip(points.time, points.rows(), strict=True)],
    }


def restored(record: Record) -> list[dict[str, Any]]:
    """Return the writes that gave thresholds back after the run."""
    return [row for row in record.stream(AUDIT).rows() if row.get("purpose") == "restore"]


def results_of_run(directory: Path) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Return the newest answers of each analysis of a run, and what keeps others from being read."""
    found: dict[str, list[dict[str, Any]]] = {}
    unreadable = []
    for name in analyses(directory):
        try:
            found[name] = [result._asdict() for result in read_results(directory, name)]
        except JournalError as error:
            unreadable.append(str(error))
    return found, unreadable


def columns(descriptors: Iterable[Mapping[str, Any]]) -> Columns:
    """Return units, type and role of each column of a stream, as its descriptors say."""
    return {
        key: {what: about.get(what) for what in ("units", "dtype", "role")}
        for descriptor in descriptors
        for key, about in descriptor["data_keys"].items()
    }


def main_columns(start: Mapping[str, Any], descriptors: Iterable[Mapping[str, Any]]) -> Columns:
    """Return the columns that a run's start document names, all that are described if it names none of them."""
    found = columns(descriptors)
    named = (column["key"] for column in start.get("columns", ()))
    return {key: found[key] for key in named if key in found} or found


def files_of(directory: Path) -> dict[str, int]:
    """Return the size [bytes] of each file of a run, by its path in the directory; hidden ones are drafts."""
    found = {}
    for path in sorted(directory.rglob("*")):
        inside = path.relative_to(directory)
        if path.is_file() and not any(part.startswith(".") for part in inside.parts):
            found[str(inside)] = path.stat().st_size
    return found
