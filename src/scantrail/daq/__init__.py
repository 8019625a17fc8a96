"""Motors, detectors, and scans of positions (seed 003)."""

from scantrail.daq.bragg import bragg_angle
from scantrail.daq.busy import refuse_busy
from scantrail.daq.checks import check_without_hardware
from scantrail.daq.client import Client, DeviceClient, connect
from scantrail.daq.counting import PVDetector
from scantrail.daq.darks import dark_results
from scantrail.daq.data import ScanData
from scantrail.daq.derived import known_columns, with_derived
from scantrail.daq.device import Detector, Motor, MotorStatus, Shutter
from scantrail.daq.engine import ScanEngine
from scantrail.daq.estimate import expected_seconds, learned_overhead, untimed_motors
from scantrail.daq.figure import compare_scans, scan_figure
from scantrail.daq.files import SpecScan, read_csv, read_measured, read_spec, read_xdi
from scantrail.daq.gate import Gate
from scantrail.daq.going import Leg, Trip, move_plan, trip_to
from scantrail.daq.live import live_scan_figure
from scantrail.daq.manner import Manner, OnError
from scantrail.daq.measured import Edge, Measured, Quantity
from scantrail.daq.measuring import measured_of, measured_rows
from scantrail.daq.plans import (
    PLANS,
    DarkScanConfig,
    GridScanConfig,
    LinearScanConfig,
    ListScanConfig,
    LockstepScanConfig,
    MeshScanConfig,
    PositionScanConfig,
    Region,
    ScanConfig,
    TimeScanConfig,
    XAFSScanConfig,
    edge_named,
    plan_from,
    region_in,
)
from scantrail.daq.setting import Setting, Taken
from scantrail.daq.stats import Found, Statistic, results_of, statistics_of, told
from scantrail.daq.survey import links_needed
from scantrail.daq.take import attempt, take
from scantrail.daq.worked_out import columns_worked_out
from scantrail.daq.xafs import Missing, Spectrum, judge_spectrum, mu_figure, spectrum_figure

__all__ = [
    "PLANS",
    "Client",
    "DarkScanConfig",
    "Detector",
    "DeviceClient",
    "Edge",
    "Found",
    "Gate",
    "GridScanConfig",
    "Leg",
    "LinearScanConfig",
    "ListScanConfig",
    "LockstepScanConfig",
    "Manner",
    "Measured",
    "MeshScanConfig",
    "Missing",
    "Motor",
    "MotorStatus",
    "OnError",
    "PVDetector",
    "PositionScanConfig",
    "Quantity",
    "Region",
    "ScanConfig",
    "ScanData",
    "ScanEngine",
    "Setting",
    "Shutter",
    "SpecScan",
    "Spectrum",
    "Statistic",
    "Taken",
    "TimeScanConfig",
    "Trip",
    "XAFSScanConfig",
    "attempt",
    "bragg_angle",
    "check_without_hardware",
    "columns_worked_out",
    "compare_scans",
    "connect",
    "dark_results",
    "edge_named",
    "expected_seconds",
    "judge_spectrum",
    "known_columns",
    "learned_overhead",
    "links_needed",
    "live_scan_figure",
    "measured_of",
    "measured_rows",
    "move_plan",
    "mu_figure",
    "plan_from",
    "read_csv",
    "read_measured",
    "read_spec",
    "read_xdi",
    "refuse_busy",
    "region_in",
    "results_of",
    "scan_figure",
    "spectrum_figure",
    "statistics_of",
    "take",
    "told",
    "trip_to",
    "untimed_motors",
    "with_derived",
]
