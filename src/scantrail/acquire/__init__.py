"""The only room that joins the wings: an order becomes a rig, a run, an outcome and a verdict."""

from scantrail.acquire.judge import compare_runs, draw_records, judge_records, judge_run
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
from scantrail.acquire.verdict import Verdict, judge_curves

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
    "draw_records",
    "expected_time",
    "judge_curves",
    "judge_records",
    "judge_run",
    "order_again",
    "over_control_system",
    "resume_running",
    "simulated",
    "start",
]
