"""Importing a table: every row is looked at, and all of them go in, or none."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import sqlalchemy as sa

from scantrail.errors import ImportRefused
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.rehearsals import rehearsal
from scantrail.tracker.standing import standing
from scantrail.tracker.store import Database
from scantrail.tracker.transfer.components import import_components
from scantrail.tracker.transfer.connections import import_connections
from scantrail.tracker.transfer.csvfile import read_csv
from scantrail.tracker.transfer.installations import import_installations
from scantrail.tracker.transfer.intake import Did, Intake, Outcome
from scantrail.tracker.transfer.kinds import Entry, Kind, entries
from scantrail.tracker.transfer.tests import Place, import_tests


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: its event, the kind of the table, what came of each row."""

    done: Done
    kind: str
    outcomes: Sequence[Outcome]

    def count(self, did: Did) -> int:
        """Return of how many rows this came."""
        return sum(outcome.did == did for outcome in self.outcomes)


def import_table(database: Database, source: str | Path, *, dry_run: bool = False, by: str | None = None) -> Imported:
    """Import a CSV file of components, tests, installations or connections, known by its headings.

    All of its rows go in, or none; the same file again changes nothing. dry_run: everything is tried, nothing is
    written. by: who did it, else the login. Raises ImportRefused with every problem, InputError for a file that cannot
    be read, OutputError.
    """
    path = Path(source).expanduser()
    table = read_csv(path)
    with database.read() as connection:
        attributes, quantities = _declared(database, connection)
    kind, rows = entries(table, attributes, quantities)
    tried = rehearsal() if dry_run else nullcontext()
    with ExitStack() as stack, tried, changing(database, "import", by) as change:
        intake = Intake(change, standing(change.connection, change.profile))
        intake.problems += [(line, "row", said) for line, said in table.crooked]
        place = Place(path.parent, database.data_dir, None if dry_run else stack)
        _take(intake, kind, rows, quantities, place)
        if intake.problems:
            raise ImportRefused(_refusal(path, len(rows) + len(table.crooked), intake), tuple(sorted(intake.problems)))
        _say(change, intake, kind, path)
    outcomes = sorted(intake.outcomes, key=lambda outcome: outcome.line)
    return Imported(replace(change.done, event=None) if dry_run else change.done, kind.name, outcomes)


def _take(intake: Intake, kind: Kind, rows: Sequence[Entry], units: Mapping[str, str], place: Place) -> None:
    match kind.name:
        case "components":
            import_components(intake, rows)
        case "tests":
            import_tests(intake, rows, units, place)
        case "installations":
            import_installations(intake, rows)
        case "connections":
            import_connections(intake, rows)


def _declared(database: Database, connection: sa.Connection) -> tuple[dict[str, str], dict[str, str]]:
    """Attributes and quantities that are declared, each with its unit."""
    attributes: dict[str, str] = {}
    quantities: dict[str, str] = {}
    for kind in database.profile.types.values():
        attributes.update(kind.attributes)
    for declared in connection.execute(sa.select(schema.test_type.c.quantities)).scalars():
        quantities.update(declared)
    return attributes, quantities


def _refusal(path: Path, rows: int, intake: Intake) -> str:
    lines = len({line for line, _, _ in intake.problems})
    return f"nothing of {path} was imported: {lines} of {rows} rows cannot be"


def _say(change: Change, intake: Intake, kind: Kind, path: Path) -> None:
    counts: dict[str, int] = {}
    for outcome in intake.outcomes:
        counts[outcome.did] = counts.get(outcome.did, 0) + 1
    told = ", ".join(f"{count} {did}" for did, count in counts.items())
    change.said[:] = [f"imported {kind.name} of {path.name}: {told or 'no rows'}"]
    change.notices[:] = dict.fromkeys(change.notices)
