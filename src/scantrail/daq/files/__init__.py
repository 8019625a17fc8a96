"""Files of other programs as what was measured: SPEC, XDI, and the CSV of seed and exports.

A file is told by what stands in it, never by its name. What is wrong in it is refused with its line, or told in the
notes of what was measured if it can be read all the same.
"""

from scantrail.daq.files.open import read_measured
from scantrail.daq.files.spec import SpecScan, read_spec
from scantrail.daq.files.table import read_csv
from scantrail.daq.files.xdi import read_xdi

__all__ = ["SpecScan", "read_csv", "read_measured", "read_spec", "read_xdi"]
