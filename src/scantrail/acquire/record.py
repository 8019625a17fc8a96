"""A run that has ended becomes a test of the components that it measured: values, verdict, files."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from scantrail.acquire.judge import draw_records, judge_run
from scantrail.acquire.kinds import kind_of
from scantrail.acquire.named import check_channels, spelled
from scantrail.acquire.quantities import measurements_of
from scantrail.errors import InputError, RunStateError, ScantrailError, TrackerError
from scantrail.plots import save
from scantrail.runs import JOURNAL, Plan, Record, Result, chain, export_csv, read, read_results, register_run
from scantrail.tracker import Database, RunTest, TestResult, link_run, measurable, tests_of_run, undone_tests

PICTURES = (".png", ".svg", ".pdf")
TABLES = (".csv",)
POINTS = "points.csv"
NONE: Mapping[str, Sequence[int]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """What was recorded on one component. test: its type, None for a run that is linked and tests nothing.

    measured: the verdict of the limits, None for none; limits: each version of a limit that judged. new: False if this
    was recorded before.
    """

    component: str
    test: str | None
    measured: bool | None = None
    limits: tuple[Mapping[str, Any], ...] = ()
    notices: tuple[str, ...] = ()
    new: bool = True


@dataclass(frozen=True, slots=True)
class _Ended:
    """A run that has ended: its last record, what judging it found, and the files to attach."""

    record: Record
    results: Sequence[Result]
    pictures: Sequence[Path]
    tables: Sequence[Path]


def record_run(
    directory: Path,
    database: Database,
    *,
    components: Sequence[str] = (),
    channels: Mapping[str, Sequence[int]] = NONE,
    files: Sequence[str] = (),
    anew: bool = False,
) -> list[RecordedRun]:
    """Record the run in `directory` as a test of its components, or of those named; twice is once.

    Each test has the run's results under the names of the profile, their errors, the journal, the points as CSV, the
    figure and `files`. channels: of components that have some of the run's alone, beside those that the run itself
    says. anew: also where such a test was undone. Raises RunStateError for a run that gives no verdict: one that was
    aborted, failed, runs or may still be resumed; InputError if it names no component, or for a channel that it has
    not; ComponentNotFound, Refused, DatabaseError.
    """
    joined = chain(directory)
    last = joined.records[-1]
    _refuse_unfinished(last)
    named = components or last.start["scantrail"]["components"]
    if not named:
        raise InputError(f"run {last.start['scan_id']} names no component; say with --component which it measured")
    if channels:
        check_channels(_plan(last), channels)
    found = {each: measurable(database, each, last.start["plan_name"]) for each in dict.fromkeys(named)}
    tests = dict(found.values())
    shares = _shares(last, channels, {each: component for each, (component, _) in found.items()})
    register_run(database.store, directory)
    new = link_run(database, last.start["uid"], tests)
    with _attached(directory, joined.records, files) as (pictures, tables):
        ended = _Ended(last, _results(directory, last), pictures, tables) if any(tests.values()) else None
        return [
            RecordedRun(component, None, new=component in new)
            if test is None or ended is None
            else _save(database, ended, component, test, shares.get(component, ()), anew=anew)
            for component, test in tests.items()
        ]


def link_named(directory: Path, database: Database) -> None:
    """Link a run to those of the components it names that are known, whatever it came to. Raises DatabaseError."""
    start = read(directory).start
    known = []
    for each in start["scantrail"]["components"]:
        with suppress(TrackerError):
            known.append(measurable(database, each, start["plan_name"])[0])
    register_run(database.store, directory)
    link_run(database, start["uid"], known)


def _shares(
    record: Record, channels: Mapping[str, Sequence[int]], ids: Mapping[str, str]
) -> dict[str, tuple[int, ...]]:
    """Return component -> the channels that are its own: those given now, else those that the run was started with.

    Raises InputError for a component that is named with channels and without.
    """
    if channels:
        return spelled(channels, ids)
    true = {each.casefold(): component for each, component in ids.items()}
    begun = record.start["scantrail"]["rig"].get("channels", {})
    return {true[each.casefold()]: tuple(own) for each, own in begun.items() if each.casefold() in true}


def _plan(record: Record) -> Plan:
    ours = record.start["scantrail"]
    return kind_of(ours["kind"]).plan(ours["plan"])


def _save(
    database: Database, ended: _Ended, component: str, one: RunTest, channels: Sequence[int], *, anew: bool
) -> RecordedRun:
    start, stop = ended.record.start, ended.record.stop or {}
    declared = database.profile.tests.get(one.test)
    quantities = declared.quantities if declared else {}
    axes = [column.get("name", column["key"]) for column in start.get("columns", ()) if column.get("role") == "axis"]
    found = measurements_of(ended.results, one.results, quantities, channels, axes if len(axes) > 1 else ())
    times = undone_tests(database, start["uid"], component, one.test) if anew else 0
    test = TestResult(
        component,
        one.test,
        measurements=found.values,
        tested_by=start["scantrail"]["operator"] or None,
        notes="; ".join((f"run {start['scan_id']}", *found.notes)),
        tested=datetime.fromtimestamp(stop["time"], UTC),
        images=ended.pictures,
        data_files=ended.tables,
        run_uid=start["uid"],
        missing=found.missing,
        uuid=_uuid(start["uid"], component, one.test, times),
    )
    done = test.save(database)
    limits: list[Mapping[str, Any]] = next(
        (row["limits"] for row in tests_of_run(database, start["uid"]) if row["uuid"] == test.uuid), []
    )
    return RecordedRun(component, one.test, test.measured, tuple(limits), done.notices, done.event is not None)


def _uuid(run: str, component: str, test: str, times: int) -> str:
    """Return the same uuid on every host; another after each time that the test was undone."""
    told = "/".join([component.lower(), test, *([str(times)] if times else [])])
    return str(uuid.uuid5(uuid.UUID(run), told))


def _refuse_unfinished(record: Record) -> None:
    number = record.start["scan_id"]
    if record.stop is None:
        raise RunStateError(f'run {number} has not ended; "scantrail runs resume {number}" finishes it')
    if record.stop["exit_status"] != "success":
        ended = {"abort": "was aborted", "fail": "failed"}[record.stop["exit_status"]]
        raise RunStateError(f"run {number} {ended}, so it says nothing of its components")


def _results(directory: Path, record: Record) -> list[Result]:
    """Return what judging found, judged now if nobody did; nothing for a kind that is not judged."""
    judging = kind_of(record.start["plan_name"]).judging
    if judging is None:
        return []
    return read_results(directory, judging.analysis) or judge_run(directory).results


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
