"""The loop over the points of a position scan."""

import time
from collections.abc import Iterable

from scantrail.daq.bench import Bench
from scantrail.errors import ControlError, LinkError, MotionError, ProtocolError, ReplyTimeout
from scantrail.runs import Point, RunWriter


def scan(points: Iterable[Point], bench: Bench, run: RunWriter) -> bool:
    """Take every point: move what changed, settle, dwell, read, record. True if none was left out.

    A request to stop in a move drops that point, in a dwell it is finished first; a pause takes effect between points.
    Raises MotionError, ReplyTimeout, LinkLost with the device, its target and the seconds waited, JournalWriteError;
    the points taken so far are on disk.
    """
    for point in points:
        began = time.monotonic()
        try:
            if run.wait(0.0) != "go" or not bench.move(point):
                return False
            row = bench.measure(point)
        except (LinkError, ReplyTimeout, ProtocolError) as error:
            raise retold(error, point, time.monotonic() - began) from error
        if row is None:
            return False
        bench.record(point, row)
    return True


def retold(error: ControlError, point: Point, seconds: float) -> ControlError:
    """Return the error with the point at which it happened, unless it names its motor's target already."""
    if isinstance(error, MotionError):
        return error
    where = ", ".join(f"{key} at {value:g}" for key, value in point.setpoints.items())
    message = f"point {point.index + 1} ({where}), {seconds:.1f} s after it began: {error}"
    return type(error)(message, error.code) if isinstance(error, ProtocolError) else type(error)(message)
