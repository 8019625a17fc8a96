"""The kinds of tables that can be imported, and how each is known by its headings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from scantrail.errors import InputError
from scantrail.tracker.lookup import nearest
from scantrail.tracker.transfer.csvfile import CsvTable, Record

Name = Literal["components", "tests", "installations", "connections"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of table. `columns`: name -> other headings that mean it; `spread`: what headings of values begin with.

    `own`: columns of an export that the tracker fills by itself, which are passed over.
    """

    name: Name
    columns: Mapping[str, tuple[str, ...]]
    spread: str = ""
    own: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as it was given: its line, its cells by column, its values by name, and how each column is headed."""

    line: int
    cells: Mapping[str, str]
    values: Mapping[str, str]
    headings: Mapping[str, str]

    def cell(self, column: str) -> str:
        """Return a cell without blanks around it; empty if there is no such column."""
        return self.cells.get(column, "").strip()


COMPONENTS = Kind(
    "components",
    {
        "id": (),
        "type": (),
        "status": ("installation_status",),
        "manufacturer": (),
        "serial": ("serial_number",),
        "location": ("current_location",),
        "notes": (),
    },
    "attribute:",
    ("created", "updated", "created_at", "updated_at", "version"),
)
TESTS = Kind(
    "tests",
    {
        "component": ("component_id", "id"),
        "type": ("test_type", "test"),
        "tested": ("test_date", "date"),
        "tested_by": ("by",),
        "stated": ("pass_fail", "verdict", "result"),
        "notes": (),
        "uuid": (),
        "run_uid": (),
        "supersedes": (),
        "images": ("image",),
        "data": ("data_file",),
    },
    "quantity:",
    ("measured", "limits"),
)
INSTALLATIONS = Kind(
    "installations",
    {
        "component": ("component_id", "id"),
        "position": (),
        "installed": ("installation_date", "date"),
        "installed_by": ("by",),
        "run_period": (),
        "notes": (),
        "removed": ("removal_date",),
        "removed_by": (),
        "reason": ("removal_reason",),
        "outcome": (),
        "prior": (),
    },
)
CONNECTIONS = Kind(
    "connections",
    {
        "a": ("component_a", "component_a_id"),
        "a_port": (),
        "b": ("component_b", "component_b_id"),
        "b_port": (),
        "cable": ("cable_id",),
        "connected": ("installation_date", "date"),
        "connected_by": ("by",),
        "disconnected": (),
        "disconnected_by": (),
    },
)


def entries(table: CsvTable, attributes: Mapping[str, str], quantities: Mapping[str, str]) -> tuple[Kind, list[Entry]]:
    """Return the kind of a table and its rows; attributes and quantities that are declared, with their units.

    Raises InputError for headings of no kind, or one that means nothing in a table of that kind.
    """
    kind = _recognised(table)
    meanings = _meanings(kind, table.headings)
    columns = {heading: column for heading, column in meanings.items() if column}
    others = [heading for heading in table.headings if heading not in meanings]
    declared = attributes if kind is COMPONENTS else quantities
    values = {heading: _value_name(table, kind, heading, declared) for heading in others}
    for named in (columns, values):
        for heading, name in named.items():
            if other := next((each for each, same in named.items() if same == name and each != heading), None):
                raise InputError(f"{table.path}, line 1: the columns {heading!r} and {other!r} both mean {name!r}")
    return kind, [_entry(record, columns, values) for record in table.records]


def _recognised(table: CsvTable) -> Kind:
    names = {_folded(heading) for heading in table.headings}
    if all(names & {end, *CONNECTIONS.columns[end]} for end in ("a", "b")):
        return CONNECTIONS
    if "position" in names:
        return INSTALLATIONS
    if "test_type" in names or ("type" in names and names & {"component", "component_id"}):
        return TESTS
    if "id" in names:
        return COMPONENTS
    raise InputError(
        f"{table.path}, line 1: these are the headings of no table that can be imported; components have id (and "
        "type), tests component and type, installations component and position, connections a and b"
    )


def _meanings(kind: Kind, headings: Sequence[str]) -> dict[str, str]:
    """Heading -> column, empty for what the tracker fills by itself. Other headings are left out."""
    names = {_folded(heading) for heading in headings}
    found: dict[str, str] = {}
    for heading in headings:
        name = _folded(heading)
        if name == "id" and kind is not COMPONENTS and names & {"component", "component_id", "a", "component_a"}:
            found[heading] = ""  # the number of a row in an export
        elif name in kind.own:
            found[heading] = ""
        elif name in kind.columns:
            found[heading] = name
        elif column := next((column for column, others in kind.columns.items() if name in others), None):
            found[heading] = column
    return found


def _value_name(table: CsvTable, kind: Kind, heading: str, declared: Mapping[str, str]) -> str:
    if kind.spread and heading.lower().startswith(kind.spread):
        return heading[len(kind.spread) :]
    name, unit = _parted(heading)
    if kind.spread and name in declared:
        if unit and unit != declared[name]:
            raise InputError(
                f"{table.path}, line 1: {name} is kept in {declared[name] or 'no unit'}, not in {unit}; "
                f"convert the column and head it {name!r}"
            )
        return name
    known = [*kind.columns, *declared] if kind.spread else [*kind.columns]
    near = nearest(name, known)
    hint = f"; nearest: {', '.join(near)}" if near else f"; known are {', '.join(dict.fromkeys(known))}"
    other = f", or head it {kind.spread}{heading.strip()} to keep it as that" if kind.spread else ""
    raise InputError(f"{table.path}, line 1: the column {heading!r} means nothing for {kind.name}{hint}{other}")


def _parted(heading: str) -> tuple[str, str]:
    """Part `current [A]` or `current (A)` into name and unit."""
    text = heading.strip()
    for opening, closing in (("[", "]"), ("(", ")")):
        if text.endswith(closing) and opening in text:
            name, _, unit = text[:-1].rpartition(opening)
            return name.strip(), unit.strip()
    return text, ""


def _entry(record: Record, columns: Mapping[str, str], values: Mapping[str, str]) -> Entry:
    return Entry(
        record.line,
        {column: record.cells[heading] for heading, column in columns.items()},
        {name: record.cells[heading] for heading, name in values.items()},
        {**{column: heading for heading, column in columns.items()}, **{name: each for each, name in values.items()}},
    )


def _folded(heading: str) -> str:
    return heading.strip().lower().replace(" ", "_")
