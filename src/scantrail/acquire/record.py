"""A run that has ended becomes a test of the components that it measured: values, verdict, files."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scantrail.acquire.judge import draw_records, judge_run
from scantrail.acquire.kinds import judging_of
from scantrail.acquire.quantities import measurements_of
from scantrail.errors import InputError, RunStateError, ScantrailError
from scantrail.plots import save
from scantrail.runs import JOURNAL, Record, Result, chain, export_csv, read_results, register_run
from scantrail.tracker import Database, RunTest, TestResult, link_run, measurable, tests_of_run

PICTURES = (".png", ".svg", ".pdf")
TABLES = (".csv",)
POINTS = "points.csv"


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What was recorded on one component. said: the test in words; measured: the verdict of the limits, None for none.

    limits: each version of a limit that judged. new: False if this run was recorded there before.
    """

    component: str
    test: str
    measured: bool | None
    limits: tuple[Mapping[str, Any], ...]
    said: str
    notices: tuple[str, ...]
    new: bool


def record_run(
    directory: Path,
    database: Database,
    *,
    components: Sequence[str] = (),
    files: Sequence[str] = (),
) -> list[RecordedRun]:
    """Record the run in `directory` as a test of its components, or of those named; twice is once.

    Each test has the run's results under the names of the profile, their errors, the journal, the points as CSV, the
    figure and `files`. Raises RunStateError for a run that gives no verdict: one that was aborted, failed, runs or may
    still be resumed; InputError if it names no component; ComponentNotFound, Refused, DatabaseError.
    """
    joined = chain(directory)
    last = joined.records[-1]
    _refuse_unfinished(last)
    ours = last.start["scantrail"]
    named = components or ours["components"]
    if not named:
        raise InputError(f"run {last.start['scan_id']} names no component; say with --component which it measured")
    channels = {} if components else ours["rig"].get("channels", {})
    tests = [measurable(database, each, last.start["plan_name"]) for each in dict.fromkeys(named)]
    register_run(database.store, directory)
    link_run(database, last.start["uid"], [component for component, _ in tests])
    results = _results(directory, last)
    with _attached(directory, joined.records, files) as (pictures, tables):
        return [
            _save(database, last, one, results, channels.get(component, ()), component, pictures, tables)
            for component, one in tests
        ]


def _save(
    database: Database,
    record: Record,
    one: RunTest,
    results: Sequence[Result],
    channels: Sequence[int],
    component: str,
    pictures: Sequence[Path],
    tables: Sequence[Path],
) -> RecordedRun:
    uid, stop = record.start["uid"], record.stop or {}
    declared = database.profile.tests.get(one.test)
    found = measurements_of(results, one.results, declared.quantities if declared else {}, channels)
    test = TestResult(
        component,
        one.test,
        measurements=found.values,
        tested_by=record.start["scantrail"]["operator"] or None,
        notes="; ".join((f"run {record.start['scan_id']}", *found.notes)),
        tested=datetime.fromtimestamp(stop["time"], UTC),
        images=pictures,
        data_files=tables,
        run_uid=uid,
        missing=found.missing,
        uuid=str(uuid.uuid5(uuid.UUID(uid), f"{component.lower()}/{one.test}")),
    )
    done = test.save(database)
    limits: list[Mapping[str, Any]] = next(
        (row["limits"] for row in tests_of_run(database, uid) if row["uuid"] == test.uuid), []
    )
    return RecordedRun(
        component, one.test, test.measured, tuple(limits), done.said, done.notices, done.event is not None
    )


def _refuse_unfinished(record: Record) -> None:
    number = record.start["scan_id"]
    if record.stop is None:
        raise RunStateError(f'run {number} has not ended; "scantrail runs resume {number}" finishes it')
    if record.stop["exit_status"] != "success":
        ended = {"abort": "was aborted", "fail": "failed"}[record.stop["exit_status"]]
        raise RunStateError(f"run {number} {ended}, so it says nothing of its components")


def _results(directory: Path, record: Record) -> list[Result]:
    """Return what judging found, judged now if nobody did."""
    analysis = judging_of(record.start["plan_name"]).analysis
    return read_results(directory, analysis) or judge_run(directory).results


@contextmanager
def _attached(
    directory: Path, records: Sequence[Record], files: Sequence[str]
) -> Iterator[tuple[list[Path], list[Path]]]:
    """Give the files to attach: pictures, and the journal with the tables; what is not there is made for the moment."""
    with TemporaryDirectory(prefix="scantrail-") as place:
        there = [path for path in (*sorted(directory.iterdir()), *map(Path, files)) if path.is_file()]
        pictures = [path for path in there if path.suffix in PICTURES]
        tables = [path for path in there if path.suffix in TABLES]
        if not pictures:
            picture = Path(place) / "figure.png"
            try:
                pictures = [Path(save(draw_records(records), picture))]
            except ScantrailError:  # a picture is worth much, the record more
                pictures = []
        if not tables:
            export_csv(records, Path(place) / POINTS)
            tables = [Path(place) / POINTS]
        yield pictures, [directory / JOURNAL, *tables]
