"""The only room that joins the wings: an order becomes a rig, a run, an outcome and a verdict.

Judging leans on NumPy and SciPy and is loaded only when one of its names is asked for, or a scan has ended.
"""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.acquire.kinds import expected_time
from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outbox import unreadable, waiting
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.positions import untimed
from scantrail.acquire.resume import order_again, resume_running
from scantrail.acquire.rig import (
    RigOptions,
    at_address,
    counted_channels,
    counting_detector,
    over_control_system,
    simulated,
)
from scantrail.acquire.start import carry_out, check, start
from scantrail.acquire.trail import admit, sync

if TYPE_CHECKING:
    from scantrail.acquire.curves import judge_curves
    from scantrail.acquire.goto import Aim, Place, aim, newest_scan, travel
    from scantrail.acquire.judge import compare_runs, draw_records, judge_records, judge_run
    from scantrail.acquire.live import draw_live
    from scantrail.acquire.record import RecordedRun, record_run
    from scantrail.acquire.scanned import judge_measured
    from scantrail.acquire.verdict import Verdict

_LATER = {
    "draw_live": "live",
    **dict.fromkeys(("compare_runs", "draw_records", "judge_records", "judge_run"), "judge"),
    **dict.fromkeys(("Aim", "Place", "aim", "newest_scan", "travel"), "goto"),
    "judge_curves": "curves",
    "judge_measured": "scanned",
    **dict.fromkeys(("RecordedRun", "record_run"), "record"),
    "Verdict": "verdict",
}

__all__ = [
    "Aim",
    "Opened",
    "Order",
    "Outcome",
    "Place",
    "RecordedRun",
    "RigOptions",
    "Verdict",
    "admit",
    "aim",
    "at_address",
    "carry_out",
    "check",
    "compare_runs",
    "counted_channels",
    "counting_detector",
    "draw_live",
    "draw_records",
    "expected_time",
    "judge_curves",
    "judge_measured",
    "judge_records",
    "judge_run",
    "newest_scan",
    "order_again",
    "over_control_system",
    "record_run",
    "resume_running",
    "simulated",
    "start",
    "sync",
    "travel",
    "unreadable",
    "untimed",
    "waiting",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any type
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
