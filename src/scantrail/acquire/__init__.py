"""The only room that joins the wings: an order becomes a rig, a run, an outcome and a verdict."""

from scantrail.acquire.judge import compare_runs, judge_records, judge_run
from scantrail.acquire.outcome import Outcome
from scantrail.acquire.resume import order_again, resume_running
from scantrail.acquire.rig import RigOptions, counting_detector
from scantrail.acquire.start import Order, carry_out, check, start
from scantrail.acquire.verdict import Verdict, judge_curves

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
