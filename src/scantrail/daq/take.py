"""Take a position scan as a run: check the whole plan, open the run, scan, close honestly, sum up.

The one way into a position scan for `ScanEngine` and for the command line alike, whether it starts anew, goes on with
an interrupted run in its own journal, or goes on with an ended one in a new run.
"""

import logging
import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from scantrail.daq.bench import Bench
from scantrail.daq.checks import anchored, check, standing
from scantrail.daq.client import Client
from scantrail.daq.clock import Clock
from scantrail.daq.collect import Collector
from scantrail.daq.columns import HOOKS, dimensions, paced, told
from scantrail.daq.data import ScanData
from scantrail.daq.loop import scan
from scantrail.daq.manner import Manner, RunHook, name_of
from scantrail.daq.plans import ELAPSED, PositionScanConfig, ScanConfig, XAFSScanConfig
from scantrail.daq.readout import Readout
from scantrail.daq.rig import Rig
from scantrail.daq.survey import survey
from scantrail.readings import Scalar
from scantrail.runs import Header, Point, Record, RunWriter, documents, note_run
from scantrail.station import Station

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a scan and stands in its start document.

    database: URL of the catalogue. rig: how the hardware was opened. earlier: runs that this one goes on with, oldest
    first; if `reopened`, in the journal of the last one. opened: called with the run before its first point.
    """

    root: Path
    database: str
    station: Station
    rig: Mapping[str, Any] = field(default_factory=dict)
    operator: str = ""
    components: tuple[str, ...] = ()
    earlier: tuple[Record, ...] = ()
    reopened: bool = False
    opened: Callable[[RunWriter], None] = lambda run: None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a scan. status: exit status of its run; reasons: why it is no success.

    data: what was measured, that of earlier runs first. errors: detectors that failed at some points, a sentence each.
    notes: what a reader of the data must know.
    """

    run: RunWriter
    status: str
    data: ScanData
    errors: list[str]
    reasons: list[str]
    notes: list[str]

    @property
    def number(self) -> int:
        """Number of the run."""
        return self.run.number


def take(
    plan: ScanConfig,
    client: Client,
    setting: Setting,
    *,
    others: Mapping[str, Client] | None = None,
    manner: Manner | None = None,
) -> Taken:
    """Take what is still to be taken of `plan` and sum up; `others` are clients by the addresses in the station file.

    A scan that the user stopped is summed up as `abort`. Raises InputError, UnknownPV, LinkError before anything moves,
    then MotionError, ReplyTimeout, LinkLost, ProtocolError, JournalWriteError, SafeStateError; the run is closed by
    then, with what it has.
    """
    manner = manner or Manner()
    rig = survey(plan, client, setting.station, others=others, baseline=manner.baseline)
    try:
        return _Taking(plan, rig, setting, manner).result()
    finally:
        rig.team.close()


class _Taking:
    """One scan from its checks to its sum."""

    def __init__(self, plan: ScanConfig, rig: Rig, setting: Setting, manner: Manner) -> None:
        self.standing = standing(rig)
        self.plan = anchored(plan, self.standing)
        self.rig = rig
        self.setting = setting
        self.manner = manner
        self.notes = check(self.plan, rig)
        self.done = {row["point"] for record in setting.earlier for row in record.stream("primary").rows()}
        self.clock = Clock(max((time for r in setting.earlier for time in r.stream("primary").time), default=0.0))

    def result(self) -> Taken:
        for note in self.notes:
            _LOG.warning("%s", note)
        run = self._open()
        errors: list[str] = []
        try:
            with run:
                self._register(run)
                collector = self._collector(run)
                bench = self._bench(run, collector)
                self.setting.opened(run)
                self._scan(run, bench)
                errors = self._errors(bench, run)
                run.note = "; ".join(errors)
        finally:
            self._register(run)
        return self._sum_up(run, collector, errors)

    def remaining(self) -> Iterator[Point]:
        """Yield the points that no earlier run has taken."""
        return (point for point in self.plan.points() if point.index not in self.done)

    def _open(self) -> RunWriter:
        if self.setting.reopened:
            return RunWriter.reopen(self.setting.earlier[-1].directory)
        return RunWriter.create(self.setting.root, self._header())

    def _header(self) -> Header:
        plan, rig, setting = self.plan, self.rig, self.setting
        return Header(
            kind=plan.kind,
            plan=plan.document(),
            num_points=math.prod(plan.shape) - len(self.done),
            motors=[axis.key for axis in rig.axes] or ([ELAPSED] if paced(plan) else []),
            detectors=[source.key for source in rig.detectors],
            dimensions=dimensions(plan, rig),
            shape=plan.shape,
            extents=plan.extents,
            columns=told(plan, rig),
            station=setting.station.document(),
            operator=setting.operator,
            components=setting.components,
            resumed_from=setting.earlier[-1].start["uid"] if setting.earlier else None,
            rig={**setting.rig, "urls": [client.url for client in rig.team.clients], **self.manner.document()},
            extra=_xafs(plan, rig),
        )

    def _register(self, run: RunWriter) -> None:
        if notice := note_run(self.setting.database, run.directory):
            _LOG.warning("%s", notice)

    def _collector(self, run: RunWriter) -> Collector:
        start = next(document for _, document in documents(run.directory))
        collector = Collector(start)
        for record in self.setting.earlier:
            collector.add_record(record)
        return collector

    def _bench(self, run: RunWriter, collector: Collector) -> Bench:
        if self.manner.after is not None:
            after = self.manner.after
            run.safe(f"run {name_of(after)}", lambda: _hook(run, "after", after))
        return Bench(self.plan, self.rig, run, self.standing, collector, self.manner, self.clock)

    def _scan(self, run: RunWriter, bench: Bench) -> None:
        if self.manner.before is not None:
            _hook(run, "before", self.manner.before)
        self._baseline(run)
        if bench.open() and scan(self.remaining(), bench, run) and self._returns():
            bench.go_back(self._origin())
        self._baseline(run)

    def _returns(self) -> bool:
        return isinstance(self.plan, PositionScanConfig) and self.plan.relative

    def _origin(self) -> dict[str, float]:
        origin = self.plan.origin if isinstance(self.plan, PositionScanConfig) and self.plan.origin else ()
        return {axis.place: position for axis, position in zip(self.rig.axes, origin, strict=True)}

    def _baseline(self, run: RunWriter) -> None:
        sources = self.rig.baseline
        if not sources:
            return
        readings = Readout(self.rig.team, [(source.client, source.pv) for source in sources], self.rig.deadline)()
        run.describe("baseline", {source.key: source.column for source in sources})
        row: dict[str, Scalar | None] = {s.key: reading.value for s, reading in zip(sources, readings, strict=True)}
        run.event("baseline", row, self.clock.now())

    def _errors(self, bench: Bench, run: RunWriter) -> list[str]:
        names = {source.key: source.name for source in self.rig.detectors}
        return [f"{names[key]} gave no reading at {n} of {run.taken()} points" for key, n in bench.failed.items()]

    def _sum_up(self, run: RunWriter, collector: Collector, errors: list[str]) -> Taken:
        status = run.status or "fail"
        reasons = []
        if status == "abort":
            reasons.append(f"stopped on request after {run.taken()} of {run.expected} points")
            if self._returns():
                reasons.append("the motors were not sent back to where they stood")
        data = collector.data({"status": status, "directory": str(run.directory)})
        notes = [*self.notes, *_saturated(self.rig, data)]
        return Taken(run, status, data, errors, reasons, notes)


def _hook(run: RunWriter, moment: str, hook: RunHook) -> None:
    began = time.monotonic()
    hook(run)
    run.describe("hooks", HOOKS)
    row: dict[str, Scalar | None] = {"hook": name_of(hook), "moment": moment, "duration": time.monotonic() - began}
    run.event("hooks", row, time.time())


def _saturated(rig: Rig, data: ScanData) -> Iterable[str]:
    """Tell which detectors reached their ceiling, and how often."""
    for source in rig.detectors:
        if source.config is not None and source.config.ceiling is not None:
            count = int(np.sum(data.detector_readings[source.name] >= source.config.ceiling))
            if count:
                yield f"{source.name} was at its ceiling of {source.config.ceiling:g} at {count} points"


def _xafs(plan: ScanConfig, rig: Rig) -> dict[str, Any]:
    if not isinstance(plan, XAFSScanConfig):
        return {}
    crystal = rig.station.crystal
    mono = {"mono": crystal.name, "d_spacing": crystal.d_spacing} if crystal else {}
    return {"xafs": {"element": None, "edge": None, "e0": plan.edge, **mono}}
