"""What is done around the points of a scan: the caller's hooks, and the baseline."""

import time

from scantrail.daq.clock import Clock
from scantrail.daq.columns import HOOKS
from scantrail.daq.manner import RunHook, name_of
from scantrail.daq.readout import Readout
from scantrail.daq.rig import Rig
from scantrail.readings import Scalar
from scantrail.runs import RunWriter

Row = dict[str, Scalar | None]


def call(run: RunWriter, moment: str, hook: RunHook | None) -> None:
    """Call a hook with the run and note it in the stream `hooks`; raises whatever the hook raises."""
    if hook is None:
        return
    began = time.monotonic()
    hook(run)
    run.describe("hooks", HOOKS)
    row: Row = {"hook": name_of(hook), "moment": moment, "duration": time.monotonic() - began}
    run.event("hooks", row, time.time())


def read_baseline(run: RunWriter, rig: Rig, clock: Clock) -> None:
    """Read the baseline into its stream, null where a PV fails. Raises LinkError, ReplyTimeout."""
    if not rig.baseline:
        return
    readings = Readout(rig.team, [(source.client, source.pv) for source in rig.baseline], rig.deadline)()
    run.describe("baseline", {source.key: source.column for source in rig.baseline})
    row: Row = {source.key: reading.value for source, reading in zip(rig.baseline, readings, strict=True)}
    run.event("baseline", row, clock.now())
