"""Figures of tests: sweeps, channels, values against time, and how a quantity is distributed over a type."""

from scantrail.tracker.figure.distribution import plot_type
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.one import plot_component

__all__ = ["Drawn", "plot_component", "plot_type"]
