"""What a page is told of a run that is being taken: its progress, its newest points, its state, in words."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scantrail.errors import RunError
from scantrail.runs import (
    RunSummary,
    asked,
    cell,
    continued_by,
    duration,
    heading,
    main_columns,
    onward,
    read,
    summarize,
)
from scantrail.web.live.follower import Follower
from scantrail.web.rendering import fragment, local

ROWS = 12
"""Newest points that the table of a run shows."""

ASKED = {
    "pause": ("paused", "Asked to pause: it is held after the present point, with its hardware as it is."),
    "abort": ("stopping", "Asked to stop: it ends after the present point, and leaves the hardware safe."),
}
"""Last request to a run under way -> its state, and what a person is told."""

Json = dict[str, Any]


def headings(follower: Follower) -> list[str]:
    """Return the headings of the table of points."""
    columns = main_columns(follower.start_document, follower.descriptors)
    return ["#", "time", *(heading(key, about["units"]).replace("\n", " ") for key, about in columns.items())]


def rows(follower: Follower, first: int) -> list[list[str]]:
    """Return the cells of the newest points from number `first` on, newest first."""
    count = len(follower.rows)
    columns = main_columns(follower.start_document, follower.descriptors)
    return [
        [str(i + 1), local(follower.times[i], "%H:%M:%S"), *(cell(follower.rows[i].get(key)) for key in columns)]
        for i in range(count - 1, max(first, count - ROWS) - 1, -1)
    ]


def progress(follower: Follower, *, running: bool) -> Json:
    """Return how far a run is: points taken and expected, the share in percent, and in words."""
    taken, expected = len(follower.rows), follower.start_document.get("num_points")
    done = taken + follower.skipped
    share = min(100.0, 100.0 * done / expected) if expected else 0.0
    words = f"{taken} of {expected} points" if expected else f"{taken} points"
    if follower.skipped:
        words += f", {follower.skipped} skipped"
    left = _left(follower) if running else ""
    return {"points": taken, "expected": expected, "percent": round(share, 1), "words": words, "left": left}


def _left(follower: Follower) -> str:
    """Say how long the rest will take if its points take as long as the newest ones did."""
    expected, times = follower.start_document.get("num_points") or 0, follower.times[-50:]
    todo = expected - len(follower.rows) - follower.skipped
    if len(times) < 2 or todo <= 0:
        return ""
    pace = (times[-1] - times[0]) / (len(times) - 1)
    return f"about {duration(max(0.0, pace * todo - (time.time() - times[-1])))} left"


def state(directory: Path, *, running: bool) -> Json:
    """Return the state of a run: a word, what a person is told, and what may be asked of it."""
    if running:
        last = asked(directory)
        word, told = ASKED.get(last.command if last is not None else "", ("running", ""))
        return {"word": word, "told": told, "command": ""}
    try:
        return ended(summarize(directory))
    except (RunError, OSError) as error:
        return {"word": "lost", "told": f"What it took cannot be read any more: {error}.", "command": ""}


def ended(run: RunSummary) -> Json:
    """Return the state of a run that is over; of one that can go on, the command that does it."""
    if run.status == "running":
        return {"word": "running", "told": "", "command": ""}
    told = run.reason
    if run.status == "interrupted":
        told = "Its process is gone without a word: what was taken is safe, the hardware may stand as it was."
    later = _later(run)
    if later is not None:
        told = f"{told} {onward(run, later)}".strip()
    able = run.status != "success" and later is None
    return {"word": run.status, "told": told, "command": f"scantrail runs resume {run.number}" if able else ""}


def _later(run: RunSummary) -> int | None:
    if run.status not in ("abort", "fail"):
        return None
    try:
        return continued_by(read(run.directory))
    except (RunError, OSError):
        return None


def card(follower: Follower, *, running: bool) -> str:
    """Return a run as it stands on the page: progress, figure, newest points, what may be asked of it."""
    start = follower.start_document
    return fragment(
        "card.html",
        {
            "number": start["scan_id"],
            "kind": start["plan_name"].replace("_", " "),
            "operator": start.get("scantrail", {}).get("operator", ""),
            "host": start.get("scantrail", {}).get("host", ""),
            "components": start.get("scantrail", {}).get("components", ()),
            "started": start["time"],
            "state": state(follower.directory, running=running),
            "progress": progress(follower, running=running),
            "headings": headings(follower),
            "rows": rows(follower, 0),
        },
    )


def recent(runs: Sequence[RunSummary]) -> str:
    """Return the table of the newest runs."""
    return fragment("recent.html", {"runs": [(run, ended(run)) for run in runs]})
