"""An adoption under way: what every stage of it needs, and what the rows of several tables have in common."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from scantrail.tracker.adopting.attached import Attached
from scantrail.tracker.adopting.clock import Clock, Told
from scantrail.tracker.adopting.ledger import Command, Ledger
from scantrail.tracker.adopting.reference import Reference, Row
from scantrail.tracker.adopting.spelling import one_line
from scantrail.tracker.change import Change
from scantrail.tracker.standing import Known, Standing

UNKNOWN = "unknown"
"""Who did something that nobody put a name to."""

_BY_SQLITE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
"""What CURRENT_TIMESTAMP gives; Python's own times have a T, or a fraction of a second."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the reference says of where a component is: its status and its position."""

    row: Row
    status: str
    position: str


@dataclass(frozen=True, slots=True)
class Adoption:
    """`ids`: a component's id there -> here. `claims`: by the id here, of every component of the reference.

    `logs`: the maintenance log by the id there.
    """

    change: Change
    reference: Reference
    ledger: Ledger
    clock: Clock
    standing: Standing
    attached: Attached
    logs: Mapping[str, Sequence[Row]]
    ids: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)

    def component(self, row: Row, column: str = "component_id") -> Known | None:
        """Return the component that a row is about; there being none is a finding of the row."""
        given = row.values.get(column)
        ours = self.ids.get(str(given)) or self.ids.get(row.text(column))
        known = self.standing.find(ours if ours is not None else row.text(column))
        if known is None:
            said = f"{column} is {given!r}, which is no component"
            self.ledger.find(row, f"{column} is a component", said)
        return known

    def told(self, row: Row, column: str) -> Told:
        """Read a time of a row: local, unless SQLite wrote it by itself, which it does in UTC."""
        given = row.text(column)
        in_utc = (row.table, column) in self.reference.stamped and _BY_SQLITE.fullmatch(given) is not None
        return self.clock.read(given, in_utc=in_utc)

    def moment(self, row: Row, column: str, component: str, command: Command | None = None) -> datetime | None:
        """Return a time of a row. One that cannot be read, or is no single moment of the past, is a finding of it."""
        told = self.told(row, column)
        if told.moment is None:
            said = f"{column} is empty" if not row.text(column) else f"{column} {told.said}"
            self.ledger.find(row, f"{column} is a time", said, command=command, component=component)
        elif told.said:
            said = f"{column} {told.said}"
            self.ledger.find(row, f"{column} is one moment of the past", said, component=component)
        return told.moment

    def line(self, row: Row, column: str, component: str | None = None) -> str:
        """Return a text of a row as the name that it must be; one that has to be altered for that is a finding."""
        given = row.text(column)
        name = one_line(given)
        if name != given:
            said = f"{column} is kept as {name!r}"
            self.ledger.find(row, f"{column} is one line of 120 characters at most", said, component=component)
        return name

    def person(self, row: Row, column: str) -> str:
        """Return who a row names."""
        return one_line(row.text(column)) or UNKNOWN
