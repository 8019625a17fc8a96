"""Which runs are being taken: a thread looks at the run directories and tells whoever listens when that changes."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scantrail import acquire
from scantrail.errors import RunError
from scantrail.runs import JOURNAL, RunSummary, directories, held, summarize
from scantrail.web.live.follower import Follower

INTERVAL = 0.25
"""Seconds between two looks."""
RECENT = 8
"""Newest runs that are always known."""
BATCH = 400
"""Older runs that are asked at one look whether they have ended."""

Ring = Callable[[], None]


class Watch:
    """Knows the runs of a data root that are being taken, and follows them for whoever looks at them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._rings: set[Ring] = set()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._ended: set[Path] = set()
        self._stood: dict[Path, int] = {}
        self._stamps: dict[Path, int] = {}
        self._places: list[Path] = []
        self._followers: dict[Path, Follower] = {}
        self._running: tuple[Path, ...] = ()
        self._newest: tuple[RunSummary, ...] = ()
        self._thread = threading.Thread(target=self._watch, name="watch for runs", daemon=True)

    def begin(self) -> None:
        """Begin to watch; the first look is taken at once."""
        self._look()
        self._thread.start()

    def close(self) -> None:
        """End the watch."""
        self._closing.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def running(self) -> tuple[Path, ...]:
        """Directories of the runs that are being taken, newest first."""
        return self._running

    @property
    def newest(self) -> tuple[RunSummary, ...]:
        """The newest runs, in whatever state; points and reasons are those of their last change of state."""
        return self._newest

    def follow(self, directory: Path) -> Follower:
        """Return who follows a run; begun with the first who asks."""
        with self._lock:
            known = self._followers.get(directory)
            if known is None or known.is_over:
                known = self._followers[directory] = Follower(directory, self._tell)
                known.start()
            return known

    @contextmanager
    def listening(self, ring: Ring) -> Iterator[None]:
        """Call `ring`, from other threads, whenever something is new, as long as the block lasts."""
        with self._lock:
            self._rings.add(ring)
        try:
            yield
        finally:
            with self._lock:
                self._rings.discard(ring)

    def _tell(self) -> None:
        with self._lock:
            rings = tuple(self._rings)
        for ring in rings:
            ring()

    def _watch(self) -> None:
        _ = acquire.draw_live  # what draws is loaded now, while nobody waits for a first point
        while not self._closing.wait(INTERVAL):
            self._look()

    def _look(self) -> None:
        places = self._listed()
        running = tuple(self._under_way(places))
        with self._lock:  # who looks at a run that is over holds its follower himself
            self._followers = {
                place: each for place, each in self._followers.items() if place in running or not each.is_over
            }
        newest = tuple(self._summaries(places[:RECENT], running))
        if (running, newest) != (self._running, self._newest):
            self._running, self._newest = running, newest
            self._tell()

    def _listed(self) -> list[Path]:
        """The run directories, newest first; listed again only where a directory has changed."""
        stamps = {place: _stamp(place) for place in (self._root / "runs", *self._stamps)}
        if stamps != self._stamps or not self._places:
            self._places = directories(self._root)
            years = {place.parent for place in self._places}
            self._stamps = {place: _stamp(place) for place in (self._root / "runs", *years)}
        return self._places

    def _under_way(self, places: list[Path]) -> Iterator[Path]:
        """The runs whose journal is held; those that have a stop document never are again."""
        asked = 0
        for place in places:
            if place in self._ended:
                continue
            if held(place):
                yield place
                continue
            stamp = _stamp(place / JOURNAL)
            if self._stood.get(place) != stamp and asked < BATCH:
                asked += 1
                self._stood[place] = stamp
                if stamp and _has_ended(place):
                    self._ended.add(place)

    def _summaries(self, places: list[Path], running: tuple[Path, ...]) -> Iterator[RunSummary]:
        known = {run.directory: run for run in self._newest}
        for place in places:
            old = known.get(place)
            settled = old is not None and place in self._ended and old.status not in ("running", "interrupted")
            same = old is not None and (old.status == "running") == (place in running) and place not in self._ended
            if old is not None and (settled or same):
                yield old
                continue
            try:
                yield summarize(place)
            except (RunError, OSError):
                continue


def _stamp(place: Path) -> int:
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0


def _has_ended(place: Path) -> bool:
    """Whether nothing more can come of this run; a journal that cannot be read has no more to tell."""
    try:
        return summarize(place).status not in ("running", "interrupted")
    except (RunError, OSError, KeyError, TypeError, ValueError):
        return True
