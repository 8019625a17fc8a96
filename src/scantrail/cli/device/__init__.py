"""`scantrail device`: single devices of a beamline, looked at and moved by hand."""

import click

from scantrail.cli.device.drive import move, put, shutter
from scantrail.cli.device.look import get, list_devices, status
from scantrail.cli.device.monitor import monitor

__all__ = ["device"]


@click.group(commands=[list_devices, get, put, move, status, monitor, shutter])
def device() -> None:
    """Look at single devices of a beamline, and move them.

    A device is named by its PV, or by its name in the station file, which also knows its limits and its unit.
    """
