"""One command on the tracker: one transaction that writes its rows and, as its last act, the event of them."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.moments import stamp
from scantrail.tracker.places import places
from scantrail.tracker.profile import Profile
from scantrail.tracker.rehearsals import RehearsalOver, is_rehearsal
from scantrail.tracker.seal import seal
from scantrail.tracker.store import Database
from scantrail.tracker.texts import name

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Table

Image = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: its event's number and time (None: nothing was to do), a sentence, and notices to read."""

    event: int | None
    time: datetime
    said: str
    notices: tuple[str, ...] = ()


class Change:
    """A command under way. Rows written through it become part of its event."""

    def __init__(
        self, connection: "Connection", profile: Profile, command: str, person: str | None, now: datetime
    ) -> None:
        self.connection = connection
        self.profile = profile
        self.command = command
        self.login = login()
        self.person = name(person, "the name of a person") if person else self.login
        self.time = now
        self.notices: list[str] = []
        self.waivers: list[str] = []
        self.said: list[str] = []
        self.undoes: int | None = None
        self.done = Done(None, now, "")
        self._rows: list[dict[str, Any]] = []
        self._before: dict[str, tuple[Image | None, str]] = {}

    def touch(self, *components: str) -> None:
        """Note that this command concerns these components; to be called before they change."""
        new = [component for component in dict.fromkeys(components) if component not in self._before]
        images = {component: _component(self.connection, component) for component in new}
        where = places(self.connection, [component for component, image in images.items() if image is not None])
        for component, image in images.items():
            self._before[component] = (image, where[component].text if component in where else "")

    def set(self, component: str, values: Mapping[str, Any]) -> None:
        """Write fields of a component."""
        self.touch(component)
        table = schema.component
        self.connection.execute(table.update().where(table.c.id == component).values(**values))

    def insert(self, table: "Table", **values: Any) -> int:  # noqa: ANN401 - a row
        """Add a row with a number of its own and return that."""
        key = self.connection.execute(table.insert().values(**values).returning(table.c.id)).scalar_one()
        self._rows.append({"table": table.name, "key": key, "before": None, "after": image_of(values)})
        return int(key)

    def seal(self, table: "Table", key: int, document: Mapping[str, Any]) -> None:
        """Make further values of a row inserted before part of the event: those that other tables keep for it."""
        self._rows.append({"table": table.name, "key": key, "before": None, "after": dict(document)})

    def update(self, table: "Table", key: int, **values: Any) -> None:  # noqa: ANN401 - a row
        """Write fields of a row."""
        columns = [table.c[column] for column in values]
        before = self.connection.execute(sa.select(*columns).where(table.c.id == key)).one()
        self.connection.execute(table.update().where(table.c.id == key).values(**values))
        images = image_of(before._asdict()), image_of(values)
        self._rows.append({"table": table.name, "key": key, "before": images[0], "after": images[1]})

    def finish(self, head: "Row[Any]") -> None:
        """Write the event, unless nothing has changed."""
        rows = [*self._rows, *self._components()]
        if not rows:
            self.done = Done(None, self.time, " ".join(self.said), tuple(self.notices))
            return
        values: dict[str, Any] = {
            "number": head.number + 1,
            "time": self.time,
            "login": self.login,
            "person": self.person,
            "command": self.command,
            "said": " ".join(self.said),
            "waiver": "; ".join(self.waivers) or None,
            "undoes": self.undoes,
            "changes": rows,
            "previous": head.hash,
        }
        self.connection.execute(schema.event.insert().values(**values, hash=seal(values)))
        self._after(int(values["number"]))
        self.done = Done(values["number"], self.time, values["said"], tuple(self.notices))

    def _components(self) -> Iterator[dict[str, Any]]:
        table = schema.component
        for component, (before, _) in self._before.items():
            after = _component(self.connection, component)
            if after is None or before == after:
                continue
            if before is None:
                yield {"table": "component", "key": component, "before": None, "after": after}
                continue
            version = {"version": before["version"] + 1, "updated": self.time}
            self.connection.execute(table.update().where(table.c.id == component).values(**version))
            changed = [field for field in after if after[field] != before[field]]
            yield {
                "table": "component",
                "key": component,
                "before": {field: before[field] for field in changed},
                "after": {field: after[field] for field in changed},
            }

    def _after(self, number: int) -> None:
        """Say with the event where each component is now, and write down those that moved."""
        where = places(self.connection, self._before)
        table = schema.component
        query = sa.select(table.c.id, table.c.status, table.c.voided).where(table.c.id.in_(self._before))
        seen = {row.id: None if row.voided else row.status for row in self.connection.execute(query)}
        rows = [
            {"component": component, "event": number, "status": seen[component], "place": where[component].text}
            for component in self._before
            if component in seen
        ]
        if rows:
            self.connection.execute(schema.event_component.insert(), rows)
        moved = [
            {
                "component": component,
                "origin": before,
                "destination": where[component].text,
                "moved": self.time,
                "moved_by": self.person,
            }
            for component, (image, before) in self._before.items()
            if image is not None and component in where and where[component].text != before
        ]
        if moved:
            self.connection.execute(schema.movement.insert(), moved)


@contextmanager
def changing(database: Database, command: str, person: str | None = None) -> Iterator[Change]:
    """Give a change: one transaction, whole with its event or not at all; `person`: who did it, else the login.

    Raises Refused for whatever the database itself refuses, DatabaseError.
    """
    profile = database.profile
    try:
        with database.store.write() as connection:
            # the head is locked first: commands on PostgreSQL, too, come one after the other
            head = connection.execute(sa.select(schema.chain).with_for_update()).one()
            now = datetime.now(UTC)
            if head.time is not None:
                now = max(now, head.time + timedelta(microseconds=1))  # a clock may be set back; history may not
            change = Change(connection, profile, command, person, now)
            yield change
            change.finish(head)
            if is_rehearsal():
                raise RehearsalOver
    except RehearsalOver:
        return
    except IntegrityError as error:
        raise Refused(f"the database refuses this: {_first_line(error.orig or error)}") from error
    except DataError as error:
        raise InputError(f"the database cannot keep this: {_first_line(error.orig or error)}") from error


def login() -> str:
    """Return the name of the user who is logged in."""
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a number that no account has
        return "unknown"


def image_of(values: Mapping[str, Any]) -> Image:
    """Return a row as JSON-safe values; times ISO 8601 in UTC."""
    return {field: stamp(value) if isinstance(value, datetime) else value for field, value in values.items()}


def _component(connection: "Connection", component: str) -> Image | None:
    table = schema.component
    columns = [column for column in table.c if column.name not in {"key", "version", "updated"}]
    row = connection.execute(sa.select(*columns, table.c.version).where(table.c.id == component)).first()
    return None if row is None else image_of(row._asdict())


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
