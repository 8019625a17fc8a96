"""Take a position scan as a run: check the whole plan, open the run, scan, close honestly, sum up.

The one way into a position scan for `ScanEngine` and for the command line alike, whether it starts anew, goes on with
an interrupted run in its own journal, or goes on with an ended one in a new run.
"""

import logging
from collections.abc import Iterator, Mapping

import numpy as np

from scantrail.daq.around import call, read_baseline
from scantrail.daq.bench import Bench
from scantrail.daq.busy import refuse_busy
from scantrail.daq.checks import anchored, check, standing
from scantrail.daq.client import Client
from scantrail.daq.clock import Clock
from scantrail.daq.collect import Collector
from scantrail.daq.darkness import darken
from scantrail.daq.data import ScanData
from scantrail.daq.derived import missing_columns, refuse_formulas
from scantrail.daq.header import header_of
from scantrail.daq.loop import scan
from scantrail.daq.manner import Manner, name_of
from scantrail.daq.plans import DarkScanConfig, PositionScanConfig, ScanConfig
from scantrail.daq.rig import Rig
from scantrail.daq.setting import Setting, Taken
from scantrail.daq.survey import survey
from scantrail.errors import ScantrailError
from scantrail.runs import Point, RunWriter, documents, note_run

_LOG = logging.getLogger(__name__)


def take(
    plan: ScanConfig,
    client: Client,
    setting: Setting,
    *,
    others: Mapping[str, Client] | None = None,
    manner: Manner | None = None,
) -> Taken:
    """Take what is still to be taken of `plan` and sum up; `others` are clients by the addresses in the station file.

    A scan that the user stopped is summed up as `abort`. Raises InputError, UnknownPV, LinkError, and RunStateError
    for a motor that another run is moving, before anything moves; then MotionError, ReplyTimeout, LinkLost,
    ProtocolError, JournalWriteError, SafeStateError; the run is closed by then, with what it has.
    """
    taken = attempt(plan, client, setting, others=others, manner=manner)
    if taken.failure is not None:
        raise taken.failure
    return taken


def attempt(
    plan: ScanConfig,
    client: Client,
    setting: Setting,
    *,
    others: Mapping[str, Client] | None = None,
    manner: Manner | None = None,
) -> Taken:
    """As `take`, but what ends the scan once its run is open is in `failure`, beside what was taken until then."""
    manner = manner or Manner()
    if not setting.earlier:  # what has begun goes on, whatever its columns
        refuse_formulas(setting.station)
    rig = survey(plan, client, setting.station, others=others, baseline=manner.baseline)
    try:
        return _Scan(plan, rig, setting, manner).take()
    finally:
        rig.team.close()


class _Scan:
    """One scan, checked whole by the time it exists."""

    def __init__(self, plan: ScanConfig, rig: Rig, setting: Setting, manner: Manner) -> None:
        tables = [record.stream("primary") for record in setting.earlier]
        self._done = {row["point"] for table in tables for row in table.rows()}
        self._clock = Clock(after=max((table.time[-1] for table in tables if len(table)), default=0.0))
        self._rig = rig
        self._setting = setting
        self._manner = manner
        refuse_busy(setting.root, [axis.column.source for axis in rig.axes])
        self._standing = standing(rig)
        self._plan = anchored(plan, self._standing)
        self._notes = [*check(self._plan, rig), *missing_columns(self._plan, setting.station)]

    def take(self) -> Taken:
        for note in self._notes:
            _LOG.warning("%s", note)
        run = self._open()
        bench: Bench | None = None
        failure: ScantrailError | None = None
        try:
            with run:
                self._register(run)
                collector = self._collector(run)
                bench = self._bench(run, collector)
                self._setting.opened(run)
                self._scan(run, bench)
                run.note = "; ".join(_gaps(collector))
        except ScantrailError as error:
            if bench is None:
                raise
            failure = error
        finally:
            self._register(run)
        return self._sum_up(run, collector, failure)

    def _open(self) -> RunWriter:
        setting = self._setting
        if setting.reopened:
            return RunWriter.reopen(setting.earlier[-1].directory)
        header = header_of(self._plan, self._rig, setting, self._manner, len(self._done))
        return RunWriter.create(setting.root, header)

    def _register(self, run: RunWriter) -> None:
        if notice := note_run(self._setting.database, run.directory):
            _LOG.warning("%s", notice)

    def _collector(self, run: RunWriter) -> Collector:
        start = next(document for _, document in documents(run.directory))
        collector = Collector(start)
        for record in self._setting.earlier:
            collector.add_record(record)
        return collector

    def _bench(self, run: RunWriter, collector: Collector) -> Bench:
        if (after := self._manner.after) is not None:
            run.safe(f"run {name_of(after)}", lambda: call(run, "after", after))
        return Bench(self._plan, self._rig, run, self._standing, collector, self._manner, self._clock)

    def _scan(self, run: RunWriter, bench: Bench) -> None:
        call(run, "before", self._manner.before)
        if isinstance(self._plan, DarkScanConfig) and self._rig.shutter is not None:
            darken(self._rig, self._rig.shutter, run)
        read_baseline(run, self._rig, self._clock)
        if bench.open() and scan(self._remaining(), bench, run) and self._origin:
            bench.go_back(self._origin)
        read_baseline(run, self._rig, self._clock)

    def _remaining(self) -> Iterator[Point]:
        return (point for point in self._plan.points() if point.index not in self._done)

    @property
    def _origin(self) -> dict[str, float]:
        """Where the motors of a relative scan go back to."""
        origin = self._plan.origin if isinstance(self._plan, PositionScanConfig) else None
        return {axis.place: position for axis, position in zip(self._rig.axes, origin or (), strict=False)}

    def _sum_up(self, run: RunWriter, collector: Collector, failure: ScantrailError | None) -> Taken:
        status = run.status or "fail"
        reasons = [] if failure is None else [str(failure), *getattr(failure, "__notes__", ())]
        if status == "abort":
            reasons.append(f"stopped on request after {run.taken()} of {run.expected} points")
            if self._origin:
                reasons.append("the motors were not sent back to where they stood")
        data = collector.data({"status": status, "directory": str(run.directory)})
        return Taken(
            run, status, data, _gaps(collector), reasons, [*self._notes, *_saturated(self._rig, data)], failure
        )


def _gaps(collector: Collector) -> list[str]:
    """Tell which detectors failed, and how often."""
    return [f"{name} gave no reading at {n} of {len(collector)} points" for name, n in collector.missing().items()]


def _saturated(rig: Rig, data: ScanData) -> Iterator[str]:
    """Tell which detectors reached their ceiling, and how often."""
    for source in rig.detectors:
        if source.config is not None and source.config.ceiling is not None:
            count = int(np.sum(data.detector_readings[source.name] >= source.config.ceiling))
            if count:
                yield f"{source.name} was at its ceiling of {source.config.ceiling:g} at {count} points"
