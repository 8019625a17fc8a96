"""A file of whatever format as what was measured."""

import re
from pathlib import Path

from scantrail.daq.files.lines import lines_of
from scantrail.daq.files.spec import choose, read_spec
from scantrail.daq.files.spec_measured import measured_of_spec
from scantrail.daq.files.table import read_csv
from scantrail.daq.files.xdi import MAGIC, read_xdi
from scantrail.daq.measured import Measured
from scantrail.errors import InputError

SPEC = re.compile(r"#[FS]\s")


def read_measured(path: Path | str, scan: int | None = None) -> Measured:
    """Read a CSV, SPEC or XDI file, told apart by what stands in it; `scan`: which one of a SPEC file.

    Raises InputError if it cannot be read, with the line and the reason, or does not say which of several scans.
    """
    path = Path(path)
    lines = lines_of(path)
    if MAGIC.match(lines[0]) is None and any(map(SPEC.match, lines)):
        return measured_of_spec(choose(read_spec(path), scan))
    if scan is not None:
        raise InputError(f"{path} is no SPEC file, so it has no scan {scan}; leave --scan away")
    return read_xdi(path) if MAGIC.match(lines[0]) else read_csv(path)
