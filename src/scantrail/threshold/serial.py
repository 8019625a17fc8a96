"""Serial threshold scan (seed 000): one channel after the other, the others suppressed."""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from scantrail.errors import OutputError, ThresholdError
from scantrail.runs import Point
from scantrail.threshold.bench import Bench
from scantrail.threshold.config import HaniwersConfig, SensorConfig
from scantrail.threshold.detector import CountingDetector
from scantrail.threshold.files import write_audit_log, write_scan_results
from scantrail.threshold.model import ChannelScanResult, ScanDataPoint, ScanResult, ThresholdOperation
from scantrail.threshold.plan import SerialPlan, serial_plan
from scantrail.threshold.take import Taken, attempt, setting_of, take
from scantrail.threshold.writer import sleep

__all__ = [
    "ChannelScanResult",
    "ScanDataPoint",
    "ScanResult",
    "ThresholdOperation",
    "collect_events",
    "run_serial_threshold_scan",
    "scan_serial",
    "scan_single_channel",
    "write_audit_log",
    "write_scan_results",
]


def scan_serial(plan: SerialPlan, bench: Bench, points: Iterable[Point]) -> None:
    """Take `points` of a serial plan, channel by channel; what went wrong is a sentence a channel in the errors.

    One channel's failure ends that channel only. Raises ThresholdError if no point at all could be measured, LinkLost,
    WindowError, JournalWriteError, OutputError; the points taken so far are on disk.
    """
    for place, of_channel in groupby(points, key=lambda point: point.grid[0]):
        error = _scan_channel(plan.channels[place], plan, bench, of_channel)
        if bench.stopping():
            return
        if error is not None:
            bench.errors.append(error)
    if bench.errors and not bench.run.taken():
        raise ThresholdError(f"no point was measured: {bench.errors[-1]}")


def _scan_channel(channel: int, plan: SerialPlan, bench: Bench, points: Iterable[Point]) -> str | None:
    others = {other: plan.suppress for other in plan.detector if other != channel}
    failed = bench.set_all(others, "suppress")
    for point in points:
        if failed is None:
            failed = bench.set_all({channel: plan.thresholds(point)[channel]})
        if failed is not None:
            if not bench.stopping():
                bench.skip(point, failed)
            return f"channel {channel} stopped at its threshold {plan.thresholds(point)[channel]}: {failed.error}"
        if not bench.measure(point):
            return None
    return None


def run_serial_threshold_scan(config: HaniwersConfig, device: CountingDetector, max_retry: int = 3) -> ScanResult:
    """Scan every configured channel in turn with a connected `device`; opens a run of its own.

    Files go to `config.sampler.workspace`, else to the run directory. Raises InputError before anything is written,
    ControlError if the detector is lost, OutputError; what was taken until then is on disk.
    """
    plan = serial_plan(config, max_retry=max_retry, detector=device.channels)
    return serial_result(plan, take(plan, device, scan_serial, setting_of(config)))


def serial_result(plan: SerialPlan, taken: Taken) -> ScanResult:
    """Sum up a serial scan for its caller."""
    success = taken.status == "success" and not taken.errors
    return ScanResult(
        success, list(plan.channels), taken.files, [*taken.errors, *taken.reasons], taken.restored, taken.number
    )


def scan_single_channel(
    sensor_config: SensorConfig,
    device: CountingDetector,
    project_config: HaniwersConfig,
    output_dir: Path,
    max_retry: int = 3,
    operations_log: list[ThresholdOperation] | None = None,
) -> ChannelScanResult:
    """Scan one channel with all others suppressed and write its CSV to `output_dir`; opens a run of its own.

    Threshold writes are appended to `operations_log` if one is given. A failure is in `error`, beside the points taken
    until then, and not raised, so that a caller can go on with the next channel. Raises InputError, OutputError.
    """
    sensors = {sensor_config.name: sensor_config}
    sampler = project_config.sampler.model_copy(update={"workspace": Path(output_dir)})
    config = project_config.model_copy(update={"sensors": sensors, "sampler": sampler})
    plan = serial_plan(config, max_retry=max_retry, detector=device.channels)
    channel = sensor_config.id
    taken = attempt(plan, device, scan_serial, setting_of(config))
    if operations_log is not None:
        operations_log.extend(taken.operations)
    if isinstance(taken.failure, OutputError):
        raise taken.failure
    failure = "; ".join([*taken.errors, *taken.reasons]) or None
    return ChannelScanResult(channel, taken.files, failure, taken.points.get(channel, []))


def collect_events(device: CountingDetector, duration: float) -> int:
    """Count for `duration` [s] at the thresholds as they are and return the events, whichever channel fired.

    Raises WindowError, LinkLost.
    """
    return device.count(duration, sleep).events
