"""One command on the tracker: one transaction that writes its rows and, as its last act, the event of them."""

import getpass
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import DataError, IntegrityError

from scantrail.errors import InputError, Refused
from scantrail.tracker import schema
from scantrail.tracker.moments import stamp
from scantrail.tracker.places import Place, rows_and_places
from scantrail.tracker.profile import Profile
from scantrail.tracker.rehearsals import RehearsalOver, is_rehearsal
from scantrail.tracker.seal import seal
from scantrail.tracker.store import Database
from scantrail.tracker.texts import name

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Select, Table, Update

Image = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command did: its event's number and time (None: nothing was to do), a sentence, and notices to read."""

    event: int | None
    time: datetime
    said: str
    notices: tuple[str, ...] = ()


class Change:
    """A command under way. Rows written through it become part of its event.

    `rows`: what the database holds of each component touched, by its id, once the command is done.
    """

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
        self.rows: dict[str, dict[str, Any]] = {}
        self._rows: list[dict[str, Any]] = []
        self._before: dict[str, tuple[Image | None, str]] = {}

    def touch(self, *components: str) -> None:
        """Note that this command concerns these components; to be called before they change."""
        new = [component for component in dict.fromkeys(components) if component not in self._before]
        if new:
            rows, where = rows_and_places(self.connection, new)
            for component in new:
                image = _told(rows[component]) if component in rows else None
                self._before[component] = (image, where[component].text if image else "")

    def create(self, component: str, values: Mapping[str, Any]) -> None:
        """Add a component that is known not to exist."""
        self._before[component] = (None, "")
        moments = {"version": 1, "created": self.time, "updated": self.time}
        self.connection.execute(schema.component.insert(), {"id": component, **values, **moments})

    def set(self, component: str, values: Mapping[str, Any]) -> None:
        """Write fields of a component."""
        self.touch(component)
        self.connection.execute(_component_of(), {"of": component, **values})

    def insert(self, table: "Table", **values: Any) -> int:  # noqa: ANN401 - a row
        """Add a row with a number of its own and return that."""
        key = self.connection.execute(table.insert().returning(table.c.id), values).scalar_one()
        self._rows.append({"table": table.name, "key": key, "before": None, "after": image_of(values)})
        return int(key)

    def seal(self, table: "Table", key: int | str, document: Mapping[str, Any]) -> None:
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
        self.rows, where = rows_and_places(self.connection, self._before)
        changes = [*self._rows, *self._components()]
        if not changes:
            self.done = Done(None, self.time, "; ".join(self.said), tuple(self.notices))
            return
        values: dict[str, Any] = {
            "number": head.number + 1,
            "time": self.time,
            "login": self.login,
            "person": self.person,
            "command": self.command,
            "said": "; ".join(self.said),
            "waiver": "; ".join(self.waivers) or None,
            "undoes": self.undoes,
            "changes": changes,
            "previous": head.hash,
        }
        self.connection.execute(schema.event.insert(), {**values, "hash": seal(values)})
        self._after(int(values["number"]), where)
        self.done = Done(values["number"], self.time, values["said"], tuple(self.notices))

    def _components(self) -> Iterator[dict[str, Any]]:
        written = []
        for component, row in self.rows.items():
            before, after = self._before[component][0], _told(row)
            if before is None:
                yield {"table": "component", "key": component, "before": None, "after": after}
                continue
            changed = [field for field in after if after[field] != before[field]]
            if not changed:
                continue
            version = {"version": row["version"] + 1, "updated": self.time}
            written.append({"of": component, **version})
            self.rows[component] = {**row, **version}
            yield {
                "table": "component",
                "key": component,
                "before": {field: before[field] for field in changed},
                "after": {field: after[field] for field in changed},
            }
        if written:
            self.connection.execute(_component_of(), written)

    def _after(self, number: int, where: Mapping[str, Place]) -> None:
        """Say with the event where each component is now, and write down those that moved."""
        rows = [
            {
                "component": component,
                "event": number,
                "status": None if row["voided"] else row["status"],
                "place": where[component].text,
            }
            for component, row in self.rows.items()
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
            if image is not None and where[component].text != before
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
            head = connection.execute(_head()).one()
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


@cache
def _head() -> "Select[Any]":
    return sa.select(schema.chain).with_for_update()


@cache
def _component_of() -> "Update":
    """Built once, for nearly every command writes a component; `of`: its id."""
    return schema.component.update().where(schema.component.c.id == sa.bindparam("of"))


def _told(row: Mapping[str, Any]) -> Image:
    """What an event tells of a component: not when it was changed, which is the event's own time."""
    return image_of({field: value for field, value in row.items() if field != "updated"})


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__
