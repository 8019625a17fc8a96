"""What one open page has been told so far, and what is new to it."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from scantrail.runs import RunSummary
from scantrail.web.live import telling
from scantrail.web.live.follower import Follower
from scantrail.web.live.growth import Growth, Look
from scantrail.web.live.watch import Watch


class Viewer:
    """A page that looks at runs under way."""

    def __init__(self, watch: Watch, look: Look) -> None:
        self._watch = watch
        self._look = look
        self._seen: dict[Path, _Seen] = {}
        self._newest: Sequence[RunSummary] | None = None

    def news(self) -> list[bytes]:
        """Return what is new, as events of a stream: first whole runs, then what came to each, then the list."""
        running, newest = self._watch.running, self._watch.newest
        self._seen = {place: seen for place, seen in self._seen.items() if place in running or not seen.is_told}
        for directory in running:
            if directory not in self._seen:
                self._seen[directory] = _Seen(self._watch.follow(directory), self._look)
        found = [event for seen in self._seen.values() for event in seen.news()]
        if newest is not self._newest:  # the same as long as none of them changes, and dear to put into words
            self._newest = newest
            found.append(_event("recent", {"html": telling.recent(newest), "running": len(running)}))
        return found


class _Seen:
    """What a page has been told of one run."""

    def __init__(self, follower: Follower, look: Look) -> None:
        self._follower = follower
        self._growth = Growth(look)
        self._rows = 0
        self._has_card = False
        self._state: dict[str, Any] = {}
        self._headings: list[str] = []
        self.is_told = False

    def news(self) -> Iterator[bytes]:
        """Yield the events that bring the page up to date."""
        follower = self._follower
        if self.is_told or not follower.start_document:
            return
        over, number = follower.is_over, follower.start_document["scan_id"]
        if not self._has_card:
            self._has_card = True
            yield _event("card", {"run": number, "html": telling.card(follower, running=not over)})
        drawn = self._growth.news(follower, last=over)
        if drawn is not None:
            yield _event(drawn[0], {"run": number, drawn[0]: drawn[1]})
        if len(follower.rows) > self._rows:
            first, self._rows = self._rows, len(follower.rows)
            yield _event("rows", {"run": number, "rows": telling.rows(follower, first), **self._new_headings()})
            yield _event("progress", {"run": number, **telling.progress(follower, running=not over)})
        state = telling.state(follower.directory, running=not over)
        if state != self._state:
            self._state = state
            yield _event("state", {"run": number, **state, "over": over})
        self.is_told = over and drawn is None

    def _new_headings(self) -> dict[str, list[str]]:
        """The headings, where they are others than the page shows: they come with the first point."""
        found = telling.headings(self._follower)
        if found == self._headings:
            return {}
        self._headings = found
        return {"headings": found}


def _event(name: str, document: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps(document, ensure_ascii=False)}\n\n".encode()
