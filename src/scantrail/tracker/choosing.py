"""Components by what somebody remembers of them, and those that a position takes."""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scantrail.tracker import schema
from scantrail.tracker.listing import PAGE, Page, page_of
from scantrail.tracker.store import Database
from scantrail.tracker.workflow import TRANSITIONS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

INSTALLABLE = tuple(status for status, steps in TRANSITIONS.items() if "installed" in steps)


def search_components(
    database: Database,
    text: str = "",
    *,
    kind: str | None = None,
    status: str | None = None,
    location: str | None = None,
    page: int = 1,
    size: int = PAGE,
) -> Page:
    """Return one page of the components whose id, serial number, maker, location or notes hold a text, by id.

    Case makes no difference; each word of the text must be in one of the fields. The rows are as `list_components`
    gives them.
    """
    table = schema.component
    fields = (table.c.key, table.c.serial, table.c.manufacturer, table.c.location, table.c.notes)
    words = text.replace("\0", " ").split()
    conditions: list[ColumnElement[bool]] = [
        table.c.voided.is_(None),
        *(sa.or_(*(field.icontains(word, autoescape=True) for field in fields)) for word in words),
    ]
    for column, wanted in (("type", kind), ("status", status), ("location", location)):
        if wanted is not None:
            conditions.append(table.c[column] == wanted)
    with database.read() as connection:
        return page_of(connection, conditions, (page - 1) * size, size)


def fitting_components(database: Database, position: str, *, size: int = PAGE) -> Page:
    """Return the components that may be installed in a position: of a type it takes, in a status that allows it.

    Parts of an assembly are left out. For a position outside all patterns: any type that has no pattern of its own.
    """
    profile = database.profile
    takers = profile.takers(position) or [name for name, kind in profile.types.items() if not kind.positions]
    table, assembly = schema.component, schema.assembly
    parts = sa.select(assembly.c.child).where(schema.is_open(assembly))
    conditions = [
        table.c.voided.is_(None),
        table.c.type.in_(takers),
        table.c.status.in_(INSTALLABLE),
        table.c.id.not_in(parts),
    ]
    with database.read() as connection:
        return page_of(connection, conditions, 0, size)
