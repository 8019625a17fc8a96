"""Results of threshold scans, as the seeds name them: immutable, and complete without the hardware."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class ScanDataPoint:
    """One row of `scan_results_chN.csv`: ISO 8601 UTC start of the window, channel, threshold [DAC], events of it."""

    timestamp: str
    channel: int
    threshold: int
    event_count: int


@dataclass(frozen=True)
class ThresholdOperation:
    """One threshold write, as the audit log keeps it.

    old_threshold is 0 where the detector's value was not known; status is "success" or the error in words.
    """

    timestamp: str
    channel: int
    old_threshold: int
    new_threshold: int
    status: str


@dataclass(frozen=True)
class ChannelScanResult:
    """What scanning one channel gave; error is None if every point was taken."""

    channel: int
    files: list[str]
    error: str | None
    data_points: list[ScanDataPoint]


@dataclass(frozen=True)
class ScanResult:
    """What a serial scan gave: success is false if a channel failed or the scan was stopped.

    restored: what became of each threshold afterwards, a sentence each. run: number of the run that holds the data.
    """

    success: bool
    scanned_channels: list[int]
    files: list[str]
    errors: list[str]
    restored: list[str] = field(default_factory=list)
    run: int | None = None


@dataclass(frozen=True)
class ParallelScanResult:
    """What a parallel scan gave: success is false only if no step was measured; skipped_steps count from 0."""

    success: bool
    scanned_channels: list[int]
    files: list[str]
    errors: list[str]
    skipped_steps: list[int] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    run: int | None = None
