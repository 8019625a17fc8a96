"""Clients of instruments and control systems."""

from scantrail.links.simulated import simulator

__all__ = ["simulator"]
