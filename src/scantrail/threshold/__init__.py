"""Thresholds and counts: plans, scans and confirmed writes of counting detectors (seeds 000 and 001).

The way back from counts to answers leans on NumPy and SciPy and is loaded only when one of its names is asked for; a
scan never needs it.
"""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.threshold.channels import parse_per_channel, parse_thresholds
from scantrail.threshold.config import (
    ConfigLoader,
    DeviceConfig,
    HaniwersConfig,
    MockerConfig,
    SamplerConfig,
    SensorConfig,
)
from scantrail.threshold.detector import CountingDetector, Counts, ThresholdWrite
from scantrail.threshold.files import check_workspace, write_audit_log, write_scan_results
from scantrail.threshold.known import Remembered, known_ports, recall, remember
from scantrail.threshold.mocker import RandomMocker
from scantrail.threshold.model import (
    ChannelScanResult,
    ParallelScanResult,
    ScanDataPoint,
    ScanResult,
    ThresholdOperation,
)
from scantrail.threshold.osechi import Candidate, Device, candidates
from scantrail.threshold.parallel import run_parallel_threshold_scan, scan_parallel
from scantrail.threshold.plan import ParallelPlan, SerialPlan, ThresholdPlan, parallel_plan, serial_plan
from scantrail.threshold.serial import (
    collect_events,
    run_serial_threshold_scan,
    scan_serial,
    scan_single_channel,
)
from scantrail.threshold.take import Scan, Setting, Taken, attempt, take
from scantrail.threshold.validator import validate_threshold_ranges
from scantrail.threshold.writer import Write, apply_threshold, write_threshold

if TYPE_CHECKING:
    from scantrail.threshold.counted import CountedChannel, CountsInTime
    from scantrail.threshold.curves import CountingCurve, curves_of, curves_of_rows
    from scantrail.threshold.events import Events, read_events
    from scantrail.threshold.figure import compare_figure, live_figure, rate_figure, threshold_figure
    from scantrail.threshold.imports import read_curves
    from scantrail.threshold.judge import FIT, Judged, all_answered, fit_curves, results_of
    from scantrail.threshold.rates import EventRates, event_rates

_LATER = {
    **dict.fromkeys(("CountedChannel", "CountsInTime"), "counted"),
    **dict.fromkeys(("CountingCurve", "curves_of", "curves_of_rows"), "curves"),
    **dict.fromkeys(("Events", "read_events"), "events"),
    **dict.fromkeys(("compare_figure", "live_figure", "rate_figure", "threshold_figure"), "figure"),
    **dict.fromkeys(("read_curves",), "imports"),
    **dict.fromkeys(("FIT", "Judged", "all_answered", "fit_curves", "results_of"), "judge"),
    **dict.fromkeys(("EventRates", "event_rates"), "rates"),
}

__all__ = [
    "FIT",
    "Candidate",
    "ChannelScanResult",
    "ConfigLoader",
    "CountedChannel",
    "CountingCurve",
    "CountingDetector",
    "Counts",
    "CountsInTime",
    "Device",
    "DeviceConfig",
    "EventRates",
    "Events",
    "HaniwersConfig",
    "Judged",
    "MockerConfig",
    "ParallelPlan",
    "ParallelScanResult",
    "RandomMocker",
    "Remembered",
    "SamplerConfig",
    "Scan",
    "ScanDataPoint",
    "ScanResult",
    "SensorConfig",
    "SerialPlan",
    "Setting",
    "Taken",
    "ThresholdOperation",
    "ThresholdPlan",
    "ThresholdWrite",
    "Write",
    "all_answered",
    "apply_threshold",
    "attempt",
    "candidates",
    "check_workspace",
    "collect_events",
    "compare_figure",
    "curves_of",
    "curves_of_rows",
    "event_rates",
    "fit_curves",
    "known_ports",
    "live_figure",
    "parallel_plan",
    "parse_per_channel",
    "parse_thresholds",
    "rate_figure",
    "read_curves",
    "read_events",
    "recall",
    "remember",
    "results_of",
    "run_parallel_threshold_scan",
    "run_serial_threshold_scan",
    "scan_parallel",
    "scan_serial",
    "scan_single_channel",
    "serial_plan",
    "take",
    "threshold_figure",
    "validate_threshold_ranges",
    "write_audit_log",
    "write_scan_results",
    "write_threshold",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any type
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
