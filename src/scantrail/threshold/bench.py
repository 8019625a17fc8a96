"""The detector as a scan handles it: confirmed writes with an audit, counting windows, thresholds given back.

Serial and parallel scans stay two algorithms; what they share lies here, below both.
"""

import time
from collections.abc import Iterator, Mapping

from scantrail.errors import LinkLost, OutputError, ThresholdError
from scantrail.runs import Point, RunWriter, Scalar, iso
from scantrail.threshold.columns import AIR, AUDIT, ENVIRONMENT, SKIPPED, audit_columns, patterns, primary_columns
from scantrail.threshold.detector import CountingDetector, Counts, Wait
from scantrail.threshold.files import ScanFiles
from scantrail.threshold.model import ScanDataPoint
from scantrail.threshold.plan import ThresholdPlan, counts_key, threshold_key
from scantrail.threshold.writer import Write, sleep, write_threshold


class Bench:
    """One detector during one run. Nothing is measured at a threshold that the detector did not confirm.

    skipped: indices of points not measured; errors: what went wrong, a sentence each; restored: likewise, what became
    of each threshold; notes: what a reader of the data must know.
    """

    def __init__(self, plan: ThresholdPlan, detector: CountingDetector, run: RunWriter, files: ScanFiles) -> None:
        self.plan = plan
        self.run = run
        self.files = files
        self.restored: list[str] = []
        self.notes: dict[str, None] = {}
        self.skipped: list[int] = []
        self.errors: list[str] = []
        self._events = self._lost = self._unparsable = 0
        self._detector = detector
        self._before = {channel: detector.confirmed(channel) for channel in plan.detector}
        self._touched: dict[int, None] = {}
        self._unrecorded: OutputError | None = None
        run.safe("record how the thresholds were restored", self._own_up)
        run.safe("restore the thresholds", self.restore)
        run.describe(AUDIT, audit_columns(detector.name))
        run.describe("primary", primary_columns(plan.detector, detector.name))

    def set_all(self, thresholds: Mapping[int, int], purpose: str = "scan") -> Write | None:
        """Write thresholds [DAC] by channel; return None if all hold, else the first that failed.

        The rest is then not tried. Raises LinkLost, JournalWriteError, OutputError.
        """
        for channel, value in thresholds.items():
            write = self._attempt(channel, value, self.run.wait)
            self._audit(write, purpose)
            if isinstance(write.error, LinkLost):
                raise write.error
            if write.error is not None:
                return write
        return None

    def measure(self, point: Point) -> bool:
        """Settle, count and record one point; False if a request to stop came first or cut the window.

        Raises LinkLost, WindowError, JournalWriteError, OutputError.
        """
        if self.run.wait(self.plan.settle / self._detector.speed) != "go":
            return False
        counts = self._detector.count(point.dwell, self.run.dwell)
        if not counts.whole:
            return False
        self._record(point, counts)
        return not self.stopping()

    def stopping(self) -> bool:
        """Tell whether the user asked to stop; blocks while the run is paused."""
        return self.run.wait(0.0) != "go"

    def skip(self, point: Point, write: Write) -> None:
        """Record that a point was not measured, and why."""
        self.run.describe("skipped", SKIPPED)
        row: dict[str, Scalar | None] = {
            "point": point.index,
            "channel": write.channel,
            "threshold": write.value,
            "reason": write.status,
        }
        self.run.event("skipped", row, time.time())
        self.skipped.append(point.index)

    def losses(self) -> list[str]:
        """Say what the windows are known to have lost, in a sentence if they have."""
        if not self._lost:
            return []
        share = f"{self._lost} of about {self._events + self._lost} events are held to be lost"
        told = self._lost - self._unparsable
        causes = {"unreadable lines": self._unparsable, "told by the detector": told}
        account = ", ".join(f"{number} {cause}" for cause, number in causes.items() if number)
        return [f"{share}: {account}. The journal tells it for each point."]

    def restore(self) -> None:
        """Give every touched channel its threshold back.

        The one confirmed before the scan, else the station's, else the channel is left suppressed. Every channel is
        tried, unless the connection is gone. Raises ThresholdError naming each failure.
        """
        failures = []
        for channel in self._touched:
            value, source = self._rest(channel)
            write = self._attempt(channel, value, sleep)
            if write.error is None:
                self.restored.append(f"channel {channel} is back at {value} ({source})")
            else:
                failures.append(f"channel {channel} to {value}: {write.error}")
            try:
                self._audit(write, "restore")
            except OutputError as unwritten:  # the other channels matter more than this one's record
                self._unrecorded = self._unrecorded or unwritten
            if isinstance(write.error, LinkLost):
                break
        if failures:
            raise ThresholdError("; ".join(failures))

    def _own_up(self) -> None:
        if self._unrecorded is not None:
            raise self._unrecorded

    def _attempt(self, channel: int, value: int, wait: Wait) -> Write:
        plan = self.plan
        self._touched[channel] = None
        return write_threshold(
            self._detector, channel, value, max_retry=plan.max_retry, spacing=plan.retry_spacing, wait=wait
        )

    def _audit(self, write: Write, purpose: str) -> None:
        row: dict[str, Scalar | None] = {
            "channel": write.channel,
            "old_threshold": write.old,
            "new_threshold": write.value,
            "status": write.status,
            "purpose": purpose,
            "attempts": write.attempts,
            "latency": write.latency,
            "exchange": write.exchange,
        }
        self.run.event(AUDIT, row, write.time)
        self.files.operation(write.operation())

    def _record(self, point: Point, counts: Counts) -> None:
        row: dict[str, Scalar | None] = {"point": point.index}
        for channel in self.plan.detector:
            row[threshold_key(channel)] = self._detector.confirmed(channel)
            row[counts_key(channel)] = counts.channels.get(channel, 0)
        for key, bits in patterns(self.plan.detector):
            row[key] = counts.patterns.get(bits, 0)
        row |= {"live_time": counts.live, "window": counts.stop - counts.start}
        row |= {"start_time": counts.start, "stop_time": counts.stop}
        row |= {"lost": counts.lost, "unparsable": counts.unparsable, "link_full": int(counts.link_full)}
        self.run.event("primary", row, counts.start)
        self.notes |= dict.fromkeys(counts.notes)
        self._events += counts.events
        self._lost += counts.lost or 0
        self._unparsable += counts.unparsable
        if counts.environment:
            self.run.describe("environment", ENVIRONMENT)
            air: dict[str, Scalar | None] = {"point": point.index} | {key: counts.environment.get(key) for key in AIR}
            self.run.event("environment", air, counts.start)
        for data_point in data_points(self.plan, point, row):
            self.files.result(data_point)

    def _rest(self, channel: int) -> tuple[int, str]:
        before = self._before[channel]
        if before is not None:
            return before, "as before the scan"
        configured = dict(zip(self.plan.detector, self.plan.rest, strict=False)).get(channel)
        if configured is not None:
            return configured, f"[sensors.ch{channel}] threshold"
        return self.plan.suppress, "suppressed: the value before the scan was not known"


def data_points(plan: ThresholdPlan, point: Point, row: Mapping[str, Scalar | None]) -> Iterator[ScanDataPoint]:
    """Yield the CSV rows that one event of the primary stream stands for: one for each channel scanned there."""
    for channel in plan.scanned(point):
        start, threshold, counts = (row[key] for key in ("start_time", threshold_key(channel), counts_key(channel)))
        yield ScanDataPoint(iso(float(start or 0)), channel, int(threshold or 0), int(counts or 0))
