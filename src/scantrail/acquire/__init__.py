"""The only room that joins the wings: an order becomes a rig, a run and an outcome."""

from scantrail.acquire.outcome import Outcome
from scantrail.acquire.resume import order_again, resume_running
from scantrail.acquire.rig import RigOptions, counting_detector
from scantrail.acquire.start import Order, carry_out, check, start

__all__ = [
    "Order",
    "Outcome",
    "RigOptions",
    "carry_out",
    "check",
    "counting_detector",
    "order_again",
    "resume_running",
    "start",
]
