"""A database of the hps-svt-tracker, with its files, taken over row by row; what breaks a rule becomes a finding."""

from scantrail.tracker.adopting.run import Adopted, adopt

__all__ = ["Adopted", "adopt"]
