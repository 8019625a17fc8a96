"""What a list of runs shows of one run, read from its directory alone."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from scantrail.errors import RunNotFound
from scantrail.runs.documents import Document
from scantrail.runs.journal import JOURNAL, held
from scantrail.runs.reader import beginning, documents

RunStatus = Literal["running", "success", "abort", "fail", "interrupted"]
_DIRECTORY = re.compile(r"(?P<number>\d+)-(?P<kind>.+)-(?P<uid>[0-9a-f]{8})")
_TAIL_BYTES = 65536


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One row of the catalogue. started, ended: unix time [s]; expected: points planned; reason: why it ended so."""

    number: int
    uid: str
    kind: str
    status: RunStatus
    points: int
    expected: int | None
    started: float
    ended: float | None
    operator: str
    host: str
    components: tuple[str, ...]
    directory: Path
    reason: str = ""


def directories(root: Path) -> list[Path]:
    """Return the run directories below the data root `root`, newest number first."""
    found = [
        (int(match["number"]), entry)
        for year in _subdirectories(root / "runs")
        for entry in _subdirectories(year)
        if (match := _DIRECTORY.fullmatch(entry.name))
    ]
    return [entry for _, entry in sorted(found, key=lambda pair: pair[0], reverse=True)]


def summarize(directory: Path) -> RunSummary:
    """Summarize the run in `directory`. Raises RunNotFound, JournalError if its first line cannot be read."""
    running = held(directory)  # before reading: a run that ends in between is then read with its stop line
    path = directory / JOURNAL
    start = beginning(directory)
    stop = _stop(path)
    ours = start.get("scantrail", {})
    if stop is not None:
        status: RunStatus = stop["exit_status"]
        points = stop["num_events"].get("primary", 0)
    else:
        status = "running" if running else "interrupted"
        points = _count_points(path)
    return RunSummary(
        number=start["scan_id"],
        uid=start["uid"],
        kind=start["plan_name"],
        status=status,
        points=points,
        expected=start.get("num_points"),
        started=start["time"],
        ended=stop["time"] if stop else None,
        operator=ours.get("operator", ""),
        host=ours.get("host", ""),
        components=tuple(ours.get("components", ())),
        directory=directory,
        reason=stop["reason"] if stop else "",
    )


def find(root: Path, ref: str) -> Path:
    """Return the directory of the run with this number, uid (or a prefix of it, 4 characters or more), or path.

    Raises RunNotFound, naming the newest runs there are.
    """
    given = Path(ref)
    if "/" in ref and (given / JOURNAL).exists():
        return given
    known = directories(root)
    matches = [entry for entry in known if _part(entry, "number") == ref.lstrip("0")]
    if not matches:  # a uid, too, may begin with digits alone
        matches = [entry for entry in known if len(ref) >= 4 and _has_uid(entry, ref.lower())]
    if len(matches) == 1:
        return matches[0]
    newest = ", ".join(_part(entry, "number") for entry in known[:5]) or "none"
    what = f"{len(matches)} runs match" if matches else "there is no run"
    raise RunNotFound(f"{what} {ref!r} under {root / 'runs'}; the newest runs: {newest}")


def _has_uid(directory: Path, ref: str) -> bool:
    short = _part(directory, "uid")
    if not short.startswith(ref[:8]):
        return False
    return len(ref) <= 8 or str(beginning(directory)["uid"]).startswith(ref)


def _part(directory: Path, part: str) -> str:
    match = _DIRECTORY.fullmatch(directory.name)
    return match[part] if match else ""


def _subdirectories(directory: Path) -> Iterator[Path]:
    try:
        yield from (entry for entry in directory.iterdir() if not entry.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError):
        return


def _stop(path: Path) -> Document | None:
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
    if not tail.endswith(b"\n"):
        return None
    try:
        name, document = json.loads(tail[tail.rfind(b"\n", 0, -1) + 1 :])
    except ValueError:
        return None
    return document if name == "stop" else None


def _count_points(path: Path) -> int:
    primary: set[str] = set()
    points = 0
    for name, document in documents(path.parent):
        if name == "descriptor" and document["name"] == "primary":
            primary.add(document["uid"])
        elif name == "event" and document["descriptor"] in primary:
            points += 1
    return points
