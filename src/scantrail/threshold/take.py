"""Take a threshold scan as a run: open the run, set the bench up, scan, close honestly, sum up.

The one way into a threshold run for the seeds' functions and for the command line alike, whether it starts anew, goes
on with an interrupted run in its own journal, or goes on with an ended one in a new run.
"""

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from scantrail.db import database_url
from scantrail.errors import ScantrailError, ThresholdError
from scantrail.runs import Header, Point, Record, RunWriter, iso, note_run
from scantrail.station import Station, data_root
from scantrail.threshold.bench import Bench, data_points
from scantrail.threshold.columns import AUDIT
from scantrail.threshold.config import HaniwersConfig
from scantrail.threshold.detector import CountingDetector, RawRecording
from scantrail.threshold.files import ScanFiles, begins_with, check_workspace, place_for
from scantrail.threshold.model import ScanDataPoint, ThresholdOperation
from scantrail.threshold.plan import ThresholdPlan, counts_key, threshold_key

P = TypeVar("P", bound=ThresholdPlan)
Scan = Callable[[P, Bench, Iterable[Point]], None]

RAW = "events.raw"
"""File beside the journal: every byte that the detector sent during the run."""

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a scan and stands in its start document.

    workspace: where the CSVs go, None for the run directory. rig: how the hardware was opened. database: URL of the
    catalogue. earlier: runs that this one goes on with, oldest first; if `reopened`, in the journal of the last one.
    opened: called with the run before its first point.
    """

    root: Path
    database: str
    workspace: Path | None = None
    station: Mapping[str, Any] = field(default_factory=dict)
    rig: Mapping[str, Any] = field(default_factory=dict)
    operator: str = ""
    components: tuple[str, ...] = ()
    earlier: tuple[Record, ...] = ()
    reopened: bool = False
    opened: Callable[[RunWriter], None] = lambda run: None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a scan. status: exit status of its run; reasons: why it is no success.

    skipped: steps not measured. points: rows of the CSVs by channel, those of earlier runs first. notes: what a reader
    of the data must know. failure: what ended the scan before its time, if anything but the user did.
    """

    run: RunWriter
    status: str
    files: list[str]
    errors: list[str]
    reasons: list[str]
    skipped: list[int]
    points: dict[int, list[ScanDataPoint]]
    operations: list[ThresholdOperation]
    restored: list[str]
    notes: list[str]
    failure: ScantrailError | None = None

    @property
    def number(self) -> int:
        """Number of the run."""
        return self.run.number


def setting_of(config: HaniwersConfig) -> Setting:
    """Return the setting that a configuration asks for, under the data root."""
    sensors = {f"ch{sensor.id}": sensor.model_dump(exclude_unset=True) for sensor in config.sensors.values()}
    sections = {"device": config.device, "sampler": config.sampler, "mocker": config.mocker}
    station = Station.model_validate({**sections, "sensors": sensors})
    return Setting(data_root(), database_url(None, None), config.sampler.workspace, station=station.document())


def take(plan: P, detector: CountingDetector, scan: Scan[P], setting: Setting) -> Taken:
    """Take what is still to be taken of `plan` and sum up. A scan without a measured point is summed up as `fail`.

    Raises OutputError before hardware is touched if the workspace cannot be written, then LinkLost, WindowError,
    JournalWriteError, OutputError, SafeStateError; the run is closed by then, with what it has.
    """
    taken = attempt(plan, detector, scan, setting)
    if taken.failure is not None and not isinstance(taken.failure, ThresholdError):
        raise taken.failure
    return taken


def attempt(plan: P, detector: CountingDetector, scan: Scan[P], setting: Setting) -> Taken:
    """As `take`, but what ends the scan once it has begun is in `failure`, beside what was taken until then."""
    if setting.workspace is not None:
        check_workspace(setting.workspace)
    rows = _Rows(plan, setting.earlier)
    points = [point for point in plan.points() if point.index not in rows.done]
    run = _open(plan, detector, setting, len(points))
    bench: Bench | None = None
    failure: ScantrailError | None = None
    try:
        with run:
            _register(run, setting)
            files = ScanFiles(_place(run, setting, rows), replace=setting.reopened)
            run.safe("close the scan's files", files.close)
            _close_raw_after(detector, run)
            rows.write_to(files)
            bench = Bench(plan, detector, run, files)
            _keep_raw(detector, run)
            setting.opened(run)
            scan(plan, bench, points)
            run.note = "; ".join(bench.errors)
    except ScantrailError as error:
        if bench is None:
            raise
        failure = error
    finally:
        _register(run, setting)
    return _sum_up(run, bench, failure)


class _Rows:
    """What earlier runs already took of a plan."""

    def __init__(self, plan: ThresholdPlan, earlier: Iterable[Record]) -> None:
        points = list(plan.points())
        rows = [row for record in earlier for row in record.stream("primary").rows()]
        self.done = {row["point"] for row in rows}
        self.points = [entry for row in rows for entry in data_points(plan, points[row["point"]], row)]
        self.operations = [
            ThresholdOperation(iso(time), row["channel"], row["old_threshold"], row["new_threshold"], row["status"])
            for record in earlier
            for time, row in zip(record.stream(AUDIT).time, record.stream(AUDIT).rows(), strict=True)
        ]

    def write_to(self, files: ScanFiles) -> None:
        for point in self.points:
            files.result(point)
        for operation in self.operations:
            files.operation(operation)


def header_of(plan: ThresholdPlan, detector: CountingDetector, setting: Setting, remaining: int) -> Header:
    """Return what the start document says of a scan with so many points to take."""
    axes = [threshold_key(channel) for channel in plan.channels]
    values = [threshold for steps in plan.steps for threshold in steps.thresholds]
    columns = [
        *({"key": threshold_key(channel), "role": "threshold"} for channel in plan.detector),
        *({"key": counts_key(channel), "role": "counts"} for channel in plan.detector),
        {"key": "live_time", "role": "live_time"},
    ]
    workspace = str(setting.workspace.absolute()) if setting.workspace else None
    return Header(
        kind=plan.kind,
        plan=plan.document(),
        num_points=remaining,
        motors=axes,
        detectors=[counts_key(channel) for channel in plan.detector],
        dimensions=[axes],
        shape=[remaining],
        extents=[(min(values), max(values))],
        columns=columns,
        station=setting.station,
        operator=setting.operator,
        components=setting.components,
        resumed_from=setting.earlier[-1].start["uid"] if setting.earlier else None,
        rig={**setting.rig, "detector": detector.name, "workspace": workspace, **_raw_file(detector)},
    )


def _raw_file(detector: CountingDetector) -> dict[str, str]:
    return {"raw_events": RAW} if isinstance(detector, RawRecording) else {}


def _open(plan: ThresholdPlan, detector: CountingDetector, setting: Setting, remaining: int) -> RunWriter:
    if setting.reopened:
        return RunWriter.reopen(setting.earlier[-1].directory)
    return RunWriter.create(setting.root, header_of(plan, detector, setting, remaining))


def _place(run: RunWriter, setting: Setting, rows: _Rows) -> Path:
    if setting.reopened and setting.workspace is not None:
        own = setting.workspace / f"run-{run.number}"
        if own.exists():
            return own
        if begins_with(setting.workspace, rows.operations):
            return setting.workspace
    return place_for(setting.workspace, run.directory, run.number)


def _close_raw_after(detector: CountingDetector, run: RunWriter) -> None:
    """Promise to close the raw file; told before the bench's promises, so that it holds the restoring too."""
    if isinstance(detector, RawRecording):
        run.safe("close the raw file", lambda: detector.record(None))


def _keep_raw(detector: CountingDetector, run: RunWriter) -> None:
    if isinstance(detector, RawRecording):
        detector.claim(str(run.number))
        detector.record(run.directory / RAW)


def _register(run: RunWriter, setting: Setting) -> None:
    notice = note_run(setting.database, run.directory)
    if notice:
        _LOG.warning("%s", notice)


def _sum_up(run: RunWriter, bench: Bench, failure: ScantrailError | None) -> Taken:
    reasons = [] if failure is None else [str(failure), *getattr(failure, "__notes__", ())]
    if run.status == "abort":
        reasons = [f"stopped on request after {run.taken()} of {run.expected} points", *reasons]
    return Taken(
        run=run,
        status=run.status or "fail",
        files=bench.files.paths,
        errors=bench.errors,
        reasons=reasons,
        skipped=bench.skipped,
        points=bench.files.points,
        operations=bench.files.operations,
        restored=bench.restored,
        notes=[*bench.notes, *bench.losses()],
        failure=failure,
    )
