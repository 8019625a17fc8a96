"""The only room that joins the wings: an order becomes a rig, a run, an outcome and a verdict.

Judging leans on NumPy and SciPy and is loaded only when one of its names is asked for, or a scan has ended.
"""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.acquire.outcome import Outcome
from scantrail.acquire.resume import order_again, resume_running
from scantrail.acquire.rig import RigOptions, counting_detector
from scantrail.acquire.start import Order, carry_out, check, start

if TYPE_CHECKING:
    from scantrail.acquire.judge import compare_runs, judge_records, judge_run
    from scantrail.acquire.verdict import Verdict, judge_curves

_LATER = {
    **dict.fromkeys(("compare_runs", "judge_records", "judge_run"), "judge"),
    **dict.fromkeys(("Verdict", "judge_curves"), "verdict"),
}

__all__ = [
    "Order",
    "Outcome",
    "RigOptions",
    "Verdict",
    "carry_out",
    "check",
    "compare_runs",
    "counting_detector",
    "judge_curves",
    "judge_records",
    "judge_run",
    "order_again",
    "resume_running",
    "start",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any type
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
