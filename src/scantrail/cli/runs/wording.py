"""How runs are put into words for a terminal: states, lengths, local times."""

import time
from datetime import datetime
from typing import TYPE_CHECKING

from scantrail.runs import duration

if TYPE_CHECKING:
    from rich.text import Text

    from scantrail.runs import RunSummary

COLOURS = {"running": "cyan", "success": "green", "abort": "yellow", "fail": "red", "interrupted": "magenta"}


def status_text(status: str) -> "Text":
    """Return a status in its colour, which only a terminal shows."""
    from rich.text import Text

    return Text(status, style=COLOURS[status])


def length(run: "RunSummary") -> str:
    """Return how long a run took, or has been running; empty for one whose end nobody saw."""
    if run.ended is not None:
        return duration(max(0.0, run.ended - run.started))
    return duration(max(0.0, time.time() - run.started)) if run.status == "running" else ""


def local(seconds: float, spec: str = "%Y-%m-%d %H:%M") -> str:
    """Write unix time [s] in local time."""
    return datetime.fromtimestamp(seconds).astimezone().strftime(spec)
