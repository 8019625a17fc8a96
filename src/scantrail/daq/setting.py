"""What goes into a scan besides its plan, and what comes out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scantrail.daq.data import ScanData
from scantrail.errors import ScantrailError
from scantrail.runs import Record, RunWriter
from scantrail.station import Station


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds a scan and stands in its start document.

    database: URL of the catalogue. rig: how the hardware was opened. earlier: runs that this one goes on with, oldest
    first; if `reopened`, in the journal of the last one. opened: called with the run before its first point.
    """

    root: Path
    database: str
    station: Station
    rig: Mapping[str, Any] = field(default_factory=dict)
    operator: str = ""
    components: tuple[str, ...] = ()
    earlier: tuple[Record, ...] = ()
    reopened: bool = False
    opened: Callable[[RunWriter], None] = lambda run: None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a scan. status: exit status of its run; reasons: why it is no success.

    data: what was measured, that of earlier runs first. errors: detectors that failed at some points, a sentence each.
    notes: what a reader of the data must know. failure: what ended the scan before its time, if anything but the user
    did.
    """

    run: RunWriter
    status: str
    data: ScanData
    errors: list[str]
    reasons: list[str]
    notes: list[str]
    failure: ScantrailError | None = None

    @property
    def number(self) -> int:
        """Number of the run."""
        return self.run.number
