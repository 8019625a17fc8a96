"""The shutter of a scan: open when there is something to measure, and verified."""

import time
from typing import Literal

from scantrail.daq.device import Shutter
from scantrail.daq.motion import Wait
from scantrail.daq.pace import pause
from scantrail.errors import ControlError, LinkError


class Gate:
    """A shutter that a scan operates. deadline: how long it may take to move [s]."""

    def __init__(self, shutter: Shutter, deadline: float) -> None:
        self._shutter = shutter
        self._deadline = deadline

    def open(self, wait: Wait) -> bool:
        """Open the shutter; True when its status says so, False for a request to stop. Raises ControlError."""
        self._shutter.open()
        return self._verify(True, wait)

    def close(self, wait: Wait) -> bool:
        """Close the shutter; True when its status says so, False for a request to stop. Raises ControlError."""
        self._shutter.close()
        return self._verify(False, wait)

    def make_safe(self) -> None:
        """Close the shutter whatever became of the scan, over a new connection if the old one is gone.

        Raises ControlError.
        """
        try:
            self.close(_sleep)
        except LinkError:
            connect = getattr(self._shutter.client, "connect", None)
            if connect is None:
                raise
            connect()
            self.close(_sleep)

    def _verify(self, wanted: bool, wait: Wait) -> bool:
        began = time.monotonic()
        while self._shutter.is_open() is not wanted:
            waited = time.monotonic() - began
            if waited > self._deadline:
                told = ("open", "closed") if wanted else ("close", "open")
                raise ControlError(
                    f"the shutter {self._shutter.cmd_pv} did not {told[0]} within {waited:.1f} s: "
                    f"{self._shutter.status_pv} still says {told[1]}"
                )
            if wait(pause(waited)) != "go":
                return False
        return True


def _sleep(seconds: float) -> Literal["go"]:
    time.sleep(seconds)
    return "go"
