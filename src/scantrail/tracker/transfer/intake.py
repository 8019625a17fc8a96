"""An import under way: what came of each row, and every problem with its line and column."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from scantrail.errors import InputError, TrackerError
from scantrail.tracker.change import Change
from scantrail.tracker.moments import moment
from scantrail.tracker.standing import Standing
from scantrail.tracker.transfer.kinds import Entry

Did = Literal["added", "changed", "unchanged"]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a row: the line that it begins at, what it is about, what was done."""

    line: int
    about: str
    did: Did


@dataclass(slots=True)
class Intake:
    """`problems`: (line, heading of the column, what is wrong and what would be right)."""

    change: Change
    standing: Standing
    outcomes: list[Outcome] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)

    def refuse(self, entry: Entry, column: str, said: object) -> None:
        """Note a problem of a cell."""
        self.problems.append((entry.line, entry.headings.get(column, column), str(said)))

    def read(self, entry: Entry, column: str, reader: Callable[..., Result], *arguments: object) -> Result | None:
        """Return what `reader` makes of these arguments, None if it refuses: that is a problem of the column."""
        try:
            return reader(*arguments)
        except (TrackerError, ValueError) as error:
            self.refuse(entry, column, error)
            return None

    def done(self, entry: Entry, about: str, did: Did) -> None:
        """Note what came of a row."""
        self.outcomes.append(Outcome(entry.line, about, did))

    def is_good(self, entry: Entry) -> bool:
        """Tell whether a row has no problem so far."""
        return not self.problems or self.problems[-1][0] != entry.line


def past(given: str, now: datetime) -> datetime:
    """Return a moment that people wrote. Raises InputError for one that has not come yet."""
    when = moment(given)
    if when > now:
        raise InputError(f"{given} has not come yet")
    return when
