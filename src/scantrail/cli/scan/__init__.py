"""`scantrail scan`: position scans of a beamline."""

import click

from scantrail.cli.scan.file import preview, run
from scantrail.cli.scan.goto import goto
from scantrail.cli.scan.grids import grid, mesh
from scantrail.cli.scan.judge import judge
from scantrail.cli.scan.lines import dark, linear, list_positions, time
from scantrail.cli.scan.xafs import xafs

__all__ = ["scan"]


@click.group(commands=[linear, mesh, grid, list_positions, time, xafs, dark, run, preview, goto, judge])
def scan() -> None:
    """Scan positions: move, count, record.

    MOTOR, --det and --baseline take PVs, or names of the station file.
    """
