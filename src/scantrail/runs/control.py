"""Pause, resume and abort a run from any process: a small file beside its journal, written by rename."""

import json
import os
import time
from pathlib import Path
from typing import Literal, NamedTuple, cast

from scantrail.errors import OutputError, RunStateError
from scantrail.runs.documents import login
from scantrail.runs.journal import held

CONTROL = "control.json"
Ask = Literal["pause", "resume", "abort"]


class Asked(NamedTuple):
    """The last thing asked of a run: seq counts the requests; time in unix seconds."""

    seq: int
    command: Ask
    by: str
    time: float


def ask(directory: Path, command: Ask) -> Asked:
    """Ask the run's writer to pause, resume or abort; a second abort stops it at once.

    Raises RunStateError if nobody is writing the run, OutputError if the request cannot be written.
    """
    if not held(directory):
        raise RunStateError(f"{directory.name} is not running, so there is nothing to {command}")
    last = asked(directory)
    request = Asked((last.seq if last else 0) + 1, command, f"{login()} (pid {os.getpid()})", time.time())
    draft = directory / f".{CONTROL}.{os.getpid()}"
    try:
        draft.write_text(json.dumps(request._asdict()))
        draft.replace(directory / CONTROL)
    except OSError as error:
        raise OutputError(f"cannot write {directory / CONTROL}: {error.strerror or error}") from error
    return request


def asked(directory: Path) -> Asked | None:
    """Return the last request, None if there is none. An unreadable file is no request."""
    try:
        entry = json.loads((directory / CONTROL).read_bytes())
        command = entry["command"]
        if command not in ("pause", "resume", "abort"):
            return None
        return Asked(int(entry["seq"]), cast(Ask, command), str(entry["by"]), float(entry["time"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
