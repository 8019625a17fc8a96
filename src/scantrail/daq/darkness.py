"""The shutter of dark readings: closed for as long as their run lasts, and then as it was found."""

import time
from typing import Literal

from scantrail.daq.device import Shutter
from scantrail.daq.gate import Gate
from scantrail.daq.readout import Readout
from scantrail.daq.rig import Rig
from scantrail.errors import ControlError
from scantrail.runs import RunWriter


def darken(rig: Rig, shutter: Shutter, run: RunWriter) -> None:
    """Close the shutter until its status says so, and let go of what was counted before. Raises ControlError.

    However the run ends, the shutter is then left as it was found; one that was opened meanwhile spoils the run.
    """
    gate = Gate(shutter, rig.deadline)
    found_open = shutter.is_open()

    def leave() -> None:
        disturbed = shutter.is_open()
        if found_open and not disturbed:
            gate.open(_sleep)
        if disturbed:
            raise ControlError("the shutter was opened during the readings, so they are not dark")

    run.safe("leave the shutter as it was", leave)
    gate.close(run.dwell)
    # a detector that counts all the time has some beam in its next reading
    Readout(rig.team, [(source.client, source.pv) for source in rig.detectors], rig.deadline)()


def _sleep(seconds: float) -> Literal["go"]:
    time.sleep(seconds)
    return "go"
