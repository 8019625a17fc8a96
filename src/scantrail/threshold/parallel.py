"""Parallel threshold scan (seed 001, ADR-020): all channels step together, one window a step serves them all."""

from collections.abc import Iterable

from scantrail.errors import ThresholdError, ThresholdUnconfirmed
from scantrail.runs import Point
from scantrail.threshold.bench import Bench
from scantrail.threshold.config import HaniwersConfig
from scantrail.threshold.detector import CountingDetector
from scantrail.threshold.model import ParallelScanResult
from scantrail.threshold.plan import ParallelPlan, parallel_plan
from scantrail.threshold.take import Taken, setting_of, take

__all__ = ["ParallelScanResult", "run_parallel_threshold_scan", "scan_parallel"]

SILENT_STEPS = 3
"""Steps in a row with a write that got no answer, after which the scan ends: no waiting out every deadline."""


def scan_parallel(plan: ParallelPlan, bench: Bench, points: Iterable[Point]) -> None:
    """Take `points` of a parallel plan; a step with an unconfirmed threshold is skipped, a sentence each in the errors.

    Raises ThresholdError if no step could be measured or the detector has fallen silent, LinkLost, WindowError,
    JournalWriteError, OutputError; the steps taken so far are on disk.
    """
    silent = 0
    for point in points:
        failed = bench.set_all(plan.thresholds(point))
        if failed is None:
            silent = 0
            if not bench.measure(point):
                return
            continue
        if bench.stopping():
            return
        bench.skip(point, failed)
        bench.errors.append(f"step {point.index} skipped: {failed.error}")
        silent = silent + 1 if isinstance(failed.error, ThresholdUnconfirmed) else 0
        if silent == SILENT_STEPS:
            raise ThresholdUnconfirmed(
                f"{SILENT_STEPS} steps in a row were not confirmed, the scan ends: {failed.error}"
            )
    if bench.errors and not bench.run.taken():
        raise ThresholdError(f"no step was measured: {bench.errors[-1]}")


def run_parallel_threshold_scan(
    config: HaniwersConfig, device: CountingDetector, max_retry: int = 3
) -> ParallelScanResult:
    """Step all configured channels of a connected `device` together; opens a run of its own.

    Files go to `config.sampler.workspace`, else to the run directory. A scan without a single measured step is reported
    with `success=False`. Raises UnequalStepsError or InputError before anything is written, LinkLost, WindowError,
    OutputError; what was taken until then is on disk.
    """
    plan = parallel_plan(config, max_retry=max_retry, detector=device.channels)
    return parallel_result(plan, take(plan, device, scan_parallel, setting_of(config)))


def parallel_result(plan: ParallelPlan, taken: Taken) -> ParallelScanResult:
    """Sum up a parallel scan for its caller."""
    return ParallelScanResult(
        any(taken.points.values()),
        list(plan.channels),
        taken.files,
        [*taken.errors, *taken.reasons],
        taken.skipped,
        taken.restored,
        taken.number,
    )
