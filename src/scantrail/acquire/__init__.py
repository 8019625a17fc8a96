"""The only room that joins the wings: an order becomes a rig, a run, an outcome and a verdict.

Judging leans on NumPy and SciPy and is loaded only when one of its names is asked for, or a scan has ended.
"""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.acquire.kinds import expected_time
from scantrail.acquire.order import Opened, Order
from scantrail.acquire.outcome import Outcome
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

if TYPE_CHECKING:
    from scantrail.acquire.curves import judge_curves
    from scantrail.acquire.judge import compare_runs, draw_records, judge_records, judge_run
    from scantrail.acquire.live import draw_live
    from scantrail.acquire.scanned import judge_measured
    from scantrail.acquire.verdict import Verdict

_LATER = {
    "draw_live": "live",
    **dict.fromkeys(("compare_runs", "draw_records", "judge_records", "judge_run"), "judge"),
    "judge_curves": "curves",
    "judge_measured": "scanned",
    "Verdict": "verdict",
}

__all__ = [
    "Opened",
    "Order",
    "Outcome",
    "RigOptions",
    "Verdict",
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
    "order_again",
    "over_control_system",
    "resume_running",
    "simulated",
    "start",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any type
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
