"""How runs are put into words: states, shares, local times; and into JSON, with times in UTC."""

import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

from scantrail.cli.wording import duration

if TYPE_CHECKING:
    from rich.text import Text

    from scantrail.runs import RunSummary

COLOURS = {"running": "cyan", "success": "green", "abort": "yellow", "fail": "red", "interrupted": "magenta"}


def status_text(status: str) -> "Text":
    """Return a status in its colour, which only a terminal shows."""
    from rich.text import Text

    return Text(status, style=COLOURS[status])


def share(run: "RunSummary") -> str:
    """Return the points taken, of how many if that was planned.

    A run that goes on with another expects only what was left of it.
    """
    return f"{run.points}" if run.expected is None else f"{run.points}/{run.expected}"


def length(run: "RunSummary") -> str:
    """Return how long a run took, or has been running; empty for one whose end nobody saw."""
    if run.ended is not None:
        return duration(max(0.0, run.ended - run.started))
    return duration(max(0.0, time.time() - run.started)) if run.status == "running" else ""


def local(seconds: float, spec: str = "%Y-%m-%d %H:%M") -> str:
    """Write unix time [s] in local time."""
    return datetime.fromtimestamp(seconds).astimezone().strftime(spec)


def summary_document(run: "RunSummary") -> dict[str, Any]:
    """Return a run as JSON-safe values; times ISO 8601 UTC."""
    from scantrail.runs import iso

    return {
        "number": run.number,
        "uid": run.uid,
        "kind": run.kind,
        "status": run.status,
        "reason": run.reason,
        "points": run.points,
        "expected": run.expected,
        "started": iso(run.started),
        "ended": None if run.ended is None else iso(run.ended),
        "operator": run.operator,
        "host": run.host,
        "components": list(run.components),
        "directory": str(run.directory),
    }


def onward(run: "RunSummary", later: int | None = None) -> str:
    """Say how the rest of a run is taken; empty where there is none. `later`: the run that went on with it."""
    if run.status == "success":
        return ""
    if run.status == "running":
        return f'"scantrail runs tail {run.number}" follows it.'
    if later is not None:
        return f"Run {later} went on with it."
    return f'"scantrail runs resume {run.number}" goes on.'
