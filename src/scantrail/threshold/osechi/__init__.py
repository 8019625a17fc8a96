"""The OSECHI cosmic-ray detector on its serial line: every dialect, confirmed writes, exact counting windows."""

from scantrail.threshold.osechi.device import Device
from scantrail.threshold.osechi.intake import SerialLike
from scantrail.threshold.osechi.ports import Candidate, candidates, resolve_port

__all__ = ["Candidate", "Device", "SerialLike", "candidates", "resolve_port"]
