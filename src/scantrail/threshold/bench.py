"""The detector as a scan handles it: confirmed writes with an audit, counting windows, thresholds given back.

Serial and parallel scans stay two algorithms; what they share lies here, below both.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from scantrail.errors import LinkLost, OutputError, ThresholdError, WindowError
from scantrail.runs import Column, Point, RunWriter, Scalar
from scantrail.threshold.detector import Counts, CountingDetector
from scantrail.threshold.files import ScanFiles
from scantrail.threshold.model import ScanDataPoint
from scantrail.threshold.plan import ChannelSteps, ThresholdPlan, counts_key, threshold_key
from scantrail.threshold.stamps import iso
from scantrail.threshold.writer import Write, write_threshold

AUDIT_STREAM = "thresholds"
ENVIRONMENT = {"temperature_C": "°C", "pressure_Pa": "Pa", "humidity_pct": "%"}


class Bench:
    """One detector during one run. Nothing is measured at a threshold that the detector did not confirm."""

    def __init__(self, plan: ThresholdPlan, detector: CountingDetector, run: RunWriter, files: ScanFiles) -> None:
        self.plan = plan
        self.run = run
        self.files = files
        self.restored: list[str] = []
        self.notes: dict[str, None] = {}
        self._detector = detector
        self._before = {channel: detector.confirmed(channel) for channel in plan.detector}
        self._touched: dict[int, None] = {}
        run.describe(AUDIT_STREAM, _audit_columns(detector.name))
        run.describe("primary", _primary_columns(plan, detector.name))
        run.safe("close the scan's files", files.close)
        run.safe("restore the thresholds", self.restore)

    def set_all(self, setpoints: Mapping[int, int]) -> Write | None:
        """Write thresholds [DAC] by channel; return the first that failed (the rest is then not tried), None if all hold.

        Raises LinkLost.
        """
        for channel, value in setpoints.items():
            write = self._write(channel, value, "suppress" if self._suppresses(channel, value) else "scan")
            if write.error is not None:
                return write
        return None

    def measure(self, point: Point) -> bool:
        """Settle, count and record one point; False if a request to stop came first or cut the window.

        Raises LinkLost, WindowError, JournalWriteError, OutputError.
        """
        if self.run.wait(self.plan.settle) != "go":
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
        self.run.describe("skipped", _SKIPPED)
        row = {"point": point.index, "channel": write.channel, "threshold": write.value, "reason": write.status}
        self.run.event("skipped", row, time.time())

    def restore(self) -> None:
        """Give every touched channel its threshold back: as confirmed before the scan, else the station's, else suppressed.

        All channels are tried, whatever fails; only a lost connection ends it. Raises ThresholdError naming each failure.
        """
        failures = []
        for channel in self._touched:
            value, source = self._rest(channel)
            try:
                write = self._write(channel, value, "restore")
            except LinkLost as error:
                failures.append(str(error))
                break
            except OutputError as unwritten:  # the threshold is written, only its record is not
                self.notes[str(unwritten)] = None
            else:
                if write.error is not None:
                    failures.append(f"channel {channel} to {value}: {write.error}")
                    continue
            self.restored.append(f"channel {channel} is back at {value} ({source})")
        if failures:
            raise ThresholdError("; ".join(failures))

    def _write(self, channel: int, value: int, purpose: str) -> Write:
        plan = self.plan
        self._touched[channel] = None
        patience = {"wait": self.run.wait} if purpose != "restore" else {}
        write = write_threshold(
            self._detector, channel, value, max_retry=plan.max_retry, spacing=plan.retry_spacing, **patience
        )
        self._audit(write, purpose)
        if isinstance(write.error, LinkLost):
            raise write.error
        return write

    def _audit(self, write: Write, purpose: str) -> None:
        row = {
            "channel": write.channel,
            "old_threshold": write.old,
            "new_threshold": write.value,
            "status": write.status,
            "purpose": purpose,
            "attempts": write.attempts,
            "latency": write.latency,
            "exchange": write.exchange,
        }
        self.run.event(AUDIT_STREAM, row, write.time)
        self.files.operation(write.operation())

    def _record(self, point: Point, counts: Counts) -> None:
        row: dict[str, Scalar | None] = {"point": point.index}
        for channel in self.plan.detector:
            row[threshold_key(channel)] = self._detector.confirmed(channel)
            row[counts_key(channel)] = counts.channels.get(channel, 0)
        for key, bits in _patterns(self.plan.detector):
            row[key] = counts.patterns.get(bits, 0)
        row |= {"live_time": counts.live, "window": counts.stop - counts.start}
        row |= {"start_time": counts.start, "stop_time": counts.stop}
        row |= {"lost": counts.lost, "unparsable": counts.unparsable}
        self.run.event("primary", row, counts.start)
        self.notes |= dict.fromkeys(counts.notes)
        if counts.environment:
            self.run.describe("environment", _ENVIRONMENT)
            air = {key: counts.environment.get(key) for key in ENVIRONMENT}
            self.run.event("environment", {"point": point.index, **air}, counts.start)
        for data_point in data_points(self.plan, point, row):
            self.files.result(data_point)

    def _suppresses(self, channel: int, value: int) -> bool:
        return value == self.plan.suppress and all(value not in s.thresholds for s in self.plan.steps if s.channel == channel)

    def _rest(self, channel: int) -> tuple[int, str]:
        before = self._before[channel]
        if before is not None:
            return before, "as before the scan"
        configured = next((steps.rest for steps in self.plan.steps if steps.channel == channel), None)
        if configured is not None:
            return configured, f"[sensors.ch{channel}] threshold"
        return self.plan.suppress, "suppressed: the value before the scan was not known"


def data_points(plan: ThresholdPlan, point: Point, row: Mapping[str, Scalar | None]) -> Iterator[ScanDataPoint]:
    """Yield the CSV rows that one event of the primary stream stands for: a row a channel that is being scanned there."""
    for channel in scanned_at(plan, point):
        start, threshold, counts = (row[key] for key in ("start_time", threshold_key(channel), counts_key(channel)))
        yield ScanDataPoint(iso(float(start or 0)), channel, int(threshold or 0), int(counts or 0))


def scanned_at(plan: ThresholdPlan, point: Point) -> tuple[int, ...]:
    """Return the channels being scanned at a point: one in a serial scan (grid: its place, step), all in a parallel one."""
    return (plan.channels[point.grid[0]],) if len(point.grid) == 2 else plan.channels


def pattern_key(bits: int, channels: Iterable[int]) -> str:
    """Return the data key of a coincidence pattern, channel 1 first: channels 1 and 3 of three give `pattern_101`."""
    return "pattern_" + "".join(str(bits >> (channel - 1) & 1) for channel in channels)


def _patterns(channels: tuple[int, ...]) -> Iterator[tuple[str, int]]:
    for fired in product((0, 1), repeat=len(channels)):
        if any(fired):
            bits = sum(1 << (channel - 1) for channel, bit in zip(channels, fired, strict=True) if bit)
            yield pattern_key(bits, channels), bits


def _primary_columns(plan: ThresholdPlan, source: str) -> dict[str, Column]:
    columns = {"point": Column(f"{source}: plan", None, "integer", "index")}
    for channel in plan.detector:
        columns[threshold_key(channel)] = Column(f"{source}: channel {channel} threshold", "DAC", "integer", "threshold")
        columns[counts_key(channel)] = Column(f"{source}: channel {channel} events", "counts", "integer", "counts")
    for key, _ in _patterns(plan.detector):
        columns[key] = Column(f"{source}: events of this coincidence pattern", "counts", "integer", "counts")
    for key in ("live_time", "window", "start_time", "stop_time"):
        columns[key] = Column(f"{source}: counting window", "s", "number", "time")
    columns["lost"] = Column(f"{source}: events known to be lost", "counts", "integer", "losses")
    columns["unparsable"] = Column(f"{source}: lines that are no event", "lines", "integer", "losses")
    return columns


def _audit_columns(source: str) -> dict[str, Column]:
    number = {key: Column(source, "DAC", "integer", "threshold") for key in ("old_threshold", "new_threshold")}
    text = {key: Column(source, None, "string", "audit") for key in ("status", "purpose", "exchange")}
    return {
        "channel": Column(source, None, "integer", "audit"),
        **number,
        **text,
        "attempts": Column(source, None, "integer", "audit"),
        "latency": Column(source, "s", "number", "audit"),
    }


_SKIPPED = {
    "point": Column("plan", None, "integer", "index"),
    "channel": Column("plan", None, "integer", "audit"),
    "threshold": Column("plan", "DAC", "integer", "threshold"),
    "reason": Column("detector", None, "string", "audit"),
}
_ENVIRONMENT = {
    "point": Column("plan", None, "integer", "index"),
    **{key: Column("detector", unit, "number", "environment") for key, unit in ENVIRONMENT.items()},
}
__all__ = ["AUDIT_STREAM", "Bench", "ChannelSteps", "WindowError", "data_points", "pattern_key", "scanned_at"]
