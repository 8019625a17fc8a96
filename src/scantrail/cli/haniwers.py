"""`haniwers-v1 threshold`: the same commands under the name that the detector's users know."""

import click

from scantrail.cli.fit import fit
from scantrail.cli.threshold import parallel, serial, write


@click.group(commands=[serial, parallel, write, fit])
def threshold() -> None:
    """Threshold scans, fits and writes, with the options of haniwers v1."""
