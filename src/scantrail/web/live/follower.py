"""One run followed by a thread, for as many pages as look at it."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scantrail.errors import RunError
from scantrail.runs import PRIMARY, follow

Row = dict[str, Any]


class Follower(threading.Thread):
    """What the journal of a run holds so far. `tell` is called after every document, from this thread.

    start: the start document, empty before it came; descriptors, rows: of the primary stream; skipped: points that
    were not taken; fault: why the journal cannot be followed. Lists only grow, so others may read them as they are.
    """

    def __init__(self, directory: Path, tell: Callable[[], None]) -> None:
        super().__init__(name=f"follow {directory.name}", daemon=True)
        self.directory = directory
        self.start_document: Row = {}
        self.descriptors: list[Row] = []
        self.rows: list[Row] = []
        self.times: list[float] = []
        self.skipped = 0
        self.fault = ""
        self.is_over = False
        self._tell = tell

    @property
    def units(self) -> dict[str, str | None]:
        """Units by data key."""
        return {key: about.get("units") for one in self.descriptors for key, about in one["data_keys"].items()}

    def run(self) -> None:
        """Follow the journal to its end."""
        streams: dict[str, str] = {}
        try:
            for name, document in follow(self.directory):
                self._note(name, document, streams)
                self._tell()
        except (RunError, OSError, KeyError, TypeError) as error:  # a journal that somebody edited
            self.fault = str(error) or type(error).__name__
        self.is_over = True
        self._tell()

    def _note(self, name: str, document: Row, streams: dict[str, str]) -> None:
        if name == "start":
            self.start_document = document
        elif name == "descriptor":
            streams[document["uid"]] = document["name"]
            if document["name"] == PRIMARY:
                self.descriptors.append(document)
        elif name == "event":
            stream = streams[document["descriptor"]]
            if stream == PRIMARY:
                self.times.append(document["time"])
                self.rows.append(document["data"])
            elif stream == "skipped":
                self.skipped += 1
