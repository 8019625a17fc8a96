"""The beam: a scan waits while it is lost, and measures the point again."""

import logging
import time

from scantrail.daq.readout import Readout
from scantrail.daq.rig import Rig, Source
from scantrail.daq.tolerance import unit
from scantrail.readings import Column, Scalar
from scantrail.runs import RunWriter
from scantrail.station import WatchConfig

EVERY = 0.2
"""Time between two looks at a lost beam [s]."""

_LOG = logging.getLogger(__name__)


class BeamWatch:
    """Watches the station's PV during a run; what was lost and when stands in the stream `beam`."""

    def __init__(self, config: WatchConfig, source: Source, rig: Rig, run: RunWriter) -> None:
        self.key = source.key
        self._config = config
        self._source = source
        self._read = Readout(rig.team, [(source.client, source.pv)], rig.deadline)
        self._run = run

    def good(self, value: Scalar | None) -> bool:
        """Tell whether this value of the PV means that there is beam; no value means none."""
        if not isinstance(value, int | float):
            return False
        low, high = self._config.min, self._config.max
        return (low is None or value >= low) and (high is None or value <= high)

    def wait(self, point: int, value: Scalar | None) -> bool:
        """Wait until the beam has been there for as long as the station asks; False for a request to stop.

        Raises LinkError, ReplyTimeout.
        """
        _LOG.warning(
            "%s is %s: the scan waits at point %d and measures it again", self._source.pv, self._told(value), point + 1
        )
        self._note(point, value, "lost")
        since: float | None = None
        while since is None or time.monotonic() - since < self._config.wait:
            left = EVERY if since is None else min(EVERY, self._config.wait - (time.monotonic() - since))
            if self._run.wait(left) != "go":
                return False
            (reading,) = self._read()
            value = reading.value
            if not self.good(value):
                since = None
            elif since is None:
                since = time.monotonic()
        self._note(point, value, "back")
        return True

    def _told(self, value: Scalar | None) -> str:
        return f"{value:g}{unit(self._source.column.units)}" if isinstance(value, int | float) else "not readable"

    def _note(self, point: int, value: Scalar | None, state: str) -> None:
        columns = {
            "point": Column("scantrail", None, "integer", "point"),
            "beam": self._source.column._replace(role="watch"),
            "state": Column("scantrail", None, "string", "state"),
        }
        self._run.describe("beam", columns)
        number = float(value) if isinstance(value, int | float) else None
        self._run.event("beam", {"point": point, "beam": number, "state": state}, time.time())
