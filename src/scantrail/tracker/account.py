"""What the events tell of every row, event after event: sums of rows, and where each component went."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from sys import intern
from typing import Any

from scantrail.tracker.chronicle import Told
from scantrail.tracker.seal import START
from scantrail.tracker.sums import Key, Sums, marks

TABLES = (
    "profile",
    "component",
    "installation",
    "assembly",
    "connection",
    "test",
    "file",
    "maintenance",
    "test_limit",
    "finding",
    "user",
    "token",
)
"""Tables that events tell of row by row; measurements are told test by test."""

_FOLLOWING = frozenset({"id", "key", "version", "updated", "chosen"})
"""Columns that follow from others, or from the event itself."""

_UNTOLD = {
    "measurement": frozenset[str](),
    "user": frozenset({"name"}),
    "token": frozenset({"hash"}),
}
"""Tables of which events tell other columns."""

Stands = Mapping[str, tuple[str | None, str]]
"""Component -> its status (None: undone) and place after an event."""


class Account:
    """Takes events in order; what is wrong with them is told as it is seen.

    sums: table -> what was told of its rows. versions, updated, places: of each component, what its events make of it.
    moves: component -> what was told of its movements. adopted: source -> what was told of a row that was taken over.
    number, hash, time: of the newest event.
    """

    def __init__(self) -> None:
        self.sums: defaultdict[str, Sums] = defaultdict(Sums)
        self.versions: dict[str, int] = {}
        self.updated: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.moves = Sums()
        self.adopted: dict[str, int] = {}
        self.locations: set[str] = set()
        self.number, self.hash = 0, START
        self.time: str | None = None

    def take(self, event: Told, found: Stands) -> Iterator[str]:
        """Add an event; `found`: how the components stand after it by the table of that. Yield what is wrong."""
        if event.number != self.number + 1:
            yield f"events {self.number + 1} to {event.number - 1} are missing"
        if event.previous != self.hash:
            yield f"event {event.number} does not follow the one before it"
        if not event.whole:
            yield f"event {event.number} was altered"
        self.number, self.hash, self.time = event.number, event.hash, event.time
        told: Stands | None = None
        for row in event.changes:
            if row["table"] == "event_component":
                told = {component: _pair(stands) for component, stands in row["after"].items()}
            else:
                self._add(row, event)
        if told is not None:
            yield from _compare(event.number, told, found)
        self._move(event, found if told is None else told)

    def _add(self, row: Mapping[str, Any], event: Told) -> None:
        table, key, after = row["table"], key_of(row["key"]), row["after"]
        if table == "adopted":  # the same row may be adopted again, once that was undone
            self.adopted[str(key)] = marks(after)
            return
        skip = untold(table)
        self.sums[table].add(key, marks(after, skip) - marks(row["before"] or {}, skip))
        if table != "component" or not isinstance(key, str):
            return
        if row["before"] is None:
            version = after.get("version")
            self.versions[key] = int(version) if isinstance(version, float) else 1
        else:
            self.versions[key] = self.versions.get(key, 0) + 1
            self.updated[key] = event.time
        if isinstance(after.get("location"), str):
            self.locations.add(after["location"])

    def _move(self, event: Told, stands: Stands) -> None:
        for component, (_, place) in stands.items():
            before = self.places.get(component)
            if before is not None and before != place:
                self.moves.add(component, movement(before, place, event.time, event.person))
            self.places[component] = intern(place)


def untold(table: str) -> frozenset[str]:
    """Return the columns of a table that no event tells of; of measurements, every one is told."""
    return _UNTOLD.get(table, _FOLLOWING)


def movement(origin: str, destination: str, moved: str, moved_by: str) -> int:
    """Return what a movement adds to the sum of its component."""
    return hash((origin, destination, moved, moved_by))


def key_of(key: str | float) -> Key:
    """Return the key of a row as its table has it."""
    return key if isinstance(key, str) else int(key)


def last_told(pages: Iterable[Iterable[Told]], wanted: Mapping[str, set[Key]]) -> dict[tuple[str, Key], dict[str, Any]]:
    """Return what the events tell of some rows: table and key -> fields."""
    told: dict[tuple[str, Key], dict[str, Any]] = {}
    for page in pages:
        for event in page:
            for row in event.changes:
                key = key_of(row["key"])
                if key in wanted.get(row["table"], ()):
                    told.setdefault((row["table"], key), {}).update(row["after"])
    return told


def _pair(stands: object) -> tuple[str | None, str]:
    match stands:
        case [None | str() as status, str() as place]:
            return status, place
    return None, ""


def _compare(number: int, told: Stands, found: Stands) -> Iterator[str]:
    for component in dict.fromkeys((*told, *found)):
        if told.get(component) != found.get(component):
            now, then = (_in_words(stands.get(component)) for stands in (found, told))
            yield f"{component} after event {number} is {now or 'missing'}, the event says {then or 'nothing of it'}"


def _in_words(stands: tuple[str | None, str] | None) -> str:
    return "" if stands is None else f"{stands[0]} at {stands[1]!r}"
