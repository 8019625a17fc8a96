"""Scantrail: detector scans that lose nothing, and the trail of every component."""

__version__ = "0.1.0"
