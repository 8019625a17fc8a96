"""Changes as they are asked for, by a form or a script: what each needs, and the command line that does the same."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from scantrail.errors import InputError
from scantrail.tracker import (
    Database,
    Done,
    TestResult,
    add_component,
    add_maintenance_log,
    assemble_module,
    disassemble_module,
    install_component,
    moment,
    move_component,
    remove_component,
)

LONGEST = 10_000
"""Characters of a text; an id or a name has 120 at most, which the tracker itself sees to."""

Text = Field(default=None, max_length=LONGEST)


class Order(BaseModel):
    """A change that somebody asks for. `by`: who did it, the login of the server if nobody says."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    command: ClassVar[str]
    by_option: ClassVar[str]

    by: str | None = Field(default=None, max_length=LONGEST, description="Who did it.")

    def carry_out(self, database: Database, component: str) -> Done:
        """Do it. Raises whatever the command line would refuse it with."""
        raise NotImplementedError

    def arguments(self, component: str) -> tuple[str, ...]:
        """Return what stands on the command line without an option's name."""
        return (component,)

    def options(self) -> Iterator[str]:
        """Yield the options of the command line."""
        raise NotImplementedError

    def line(self, component: str, more: Iterable[str] = (), *, db_path: str | None = None) -> str:
        """Return the command line that does the same, with more options at its end; db_path: where it is not usual."""
        arguments, options = self.arguments(component), [*self.options(), *self._signed(), *more]
        if any(each.startswith("-") for each in arguments):  # none of which is an option
            return shlex.join([*_svt(db_path), self.command, *options, "--", *arguments])
        return shlex.join([*_svt(db_path), self.command, *arguments, *options])

    def _signed(self) -> tuple[str, ...]:
        return (f"--{self.by_option}", self.by) if self.by else ()


class NewComponent(Order):
    """A component to add."""

    command: ClassVar[str] = "add"
    by_option: ClassVar[str] = "added-by"

    type: str = Field(max_length=LONGEST, description="Its type, as the profile names it.")
    status: str | None = Field(default=None, max_length=LONGEST, description="incoming if not given.")
    manufacturer: str | None = Text
    serial: str | None = Field(default=None, max_length=LONGEST, description="Unique for a manufacturer and type.")
    location: str | None = Field(default=None, max_length=LONGEST, description="Where it is; a new one is made.")
    notes: str | None = Text
    attributes: dict[str, Any] = Field(default_factory=dict, max_length=200)

    def carry_out(self, database: Database, component: str) -> Done:
        """Add the component."""
        given = self.model_dump(exclude={"by", "type"}, exclude_none=True)
        return add_component(component, self.type, given, by=self.by, db=database)

    def line(self, component: str, more: Iterable[str] = (), *, db_path: str | None = None) -> str:
        """Return the command line that does the same; `svt add` names the id by an option."""
        return shlex.join([*_svt(db_path), self.command, "--id", component, *self.options(), *self._signed(), *more])

    def options(self) -> Iterator[str]:
        """Yield the fields that are given."""
        yield from ("--type", self.type)
        for name in ("status", "manufacturer", "serial", "location", "notes"):
            yield from _option(name, getattr(self, name))
        for name, value in self.attributes.items():
            yield from ("--attribute", f"{name}={_as_read(value)}")


class Move(Order):
    """A component that is at another location now."""

    command: ClassVar[str] = "move"
    by_option: ClassVar[str] = "moved-by"

    location: str = Field(max_length=LONGEST)

    def carry_out(self, database: Database, component: str) -> Done:
        """Note where it is."""
        return move_component(component, self.location, by=self.by, db=database)

    def arguments(self, component: str) -> tuple[str, ...]:
        """Return id and location."""
        return component, self.location

    def options(self) -> Iterator[str]:
        """Yield nothing."""
        yield from ()


class Install(Order):
    """A component to put into a position. reason: why the profile's policy is waived, where it holds the step back."""

    command: ClassVar[str] = "install"
    by_option: ClassVar[str] = "installed-by"

    position: str = Field(max_length=LONGEST)
    run_period: str | None = Text
    date: str | None = Field(default=None, max_length=100, description="When; now if not given.")
    notes: str | None = Text
    reason: str | None = Text

    def carry_out(self, database: Database, component: str) -> Done:
        """Put it into the position."""
        return install_component(
            component,
            self.position,
            run_period=self.run_period,
            installed_by=self.by,
            notes=self.notes or "",
            date=_moment(self.date),
            force=bool(self.reason),
            reason=self.reason,
            db=database,
        )

    def arguments(self, component: str) -> tuple[str, ...]:
        """Return id and position."""
        return component, self.position

    def options(self) -> Iterator[str]:
        """Yield what else is given."""
        for name in ("run_period", "date", "notes"):
            yield from _option(name, getattr(self, name))
        if self.reason:
            yield from ("--force", "--reason", self.reason)


class Remove(Order):
    """A component to take out of its position. outcome: its status from then on."""

    command: ClassVar[str] = "remove"
    by_option: ClassVar[str] = "removed-by"

    outcome: str | None = Field(default=None, max_length=LONGEST)
    location: str | None = Text
    reason: str | None = Text
    date: str | None = Field(default=None, max_length=100, description="When; now if not given.")

    def carry_out(self, database: Database, component: str) -> Done:
        """Take it out of its position."""
        return remove_component(
            component,
            reason=self.reason,
            removed_by=self.by,
            location=self.location,
            outcome=self.outcome,
            date=_moment(self.date),
            db=database,
        )

    def options(self) -> Iterator[str]:
        """Yield what is given."""
        for name in ("outcome", "location", "reason", "date"):
            yield from _option(name, getattr(self, name))


class Assemble(Order):
    """Parts to attach to a component: slot -> id. replace: take out what sits in a slot."""

    command: ClassVar[str] = "assemble"
    by_option: ClassVar[str] = "assembled-by"

    parts: dict[str, str] = Field(max_length=100)
    replace: bool = False
    notes: str | None = Text

    def carry_out(self, database: Database, component: str) -> Done:
        """Attach the parts."""
        return assemble_module(
            component,
            parts=self.parts,
            replace=self.replace,
            assembled_by=self.by,
            notes=self.notes or "",
            db=database,
        )

    def options(self) -> Iterator[str]:
        """Yield the parts and what else is given."""
        for slot, part in self.parts.items():
            yield from ("--part", f"{slot}={part}")
        if self.replace:
            yield "--replace"
        yield from _option("notes", self.notes)


class Disassemble(Order):
    """Parts to detach from a component. slots: those alone, all of them if none is named."""

    command: ClassVar[str] = "disassemble"
    by_option: ClassVar[str] = "disassembled-by"

    slots: list[str] = Field(default_factory=list, max_length=100)
    notes: str | None = Text

    def carry_out(self, database: Database, component: str) -> Done:
        """Detach the parts."""
        return disassemble_module(
            component, slots=self.slots, disassembled_by=self.by, notes=self.notes or "", db=database
        )

    def options(self) -> Iterator[str]:
        """Yield the slots and what else is given."""
        for slot in self.slots:
            yield from ("--slot", slot)
        yield from _option("notes", self.notes)


class Log(Order):
    """Something to write down of a component. type: issue, repair, maintenance, note, observation or comment."""

    command: ClassVar[str] = "log"
    by_option: ClassVar[str] = "logged-by"

    text: str = Field(max_length=LONGEST)
    type: str = Field(default="note", max_length=LONGEST)
    severity: str | None = Field(default=None, max_length=LONGEST, description="Such as minor or critical.")

    def carry_out(self, database: Database, component: str) -> Done:
        """Write it down."""
        return add_maintenance_log(
            component, self.text, self.type, severity=self.severity, logged_by=self.by, db=database
        )

    def arguments(self, component: str) -> tuple[str, ...]:
        """Return id and text."""
        return component, self.text

    def options(self) -> Iterator[str]:
        """Yield what else is given."""
        yield from ("--type", self.type)
        yield from _option("severity", self.severity)


class Test(Order):
    """A test to record. passed: the verdict that a person states, null for none; measurements: quantity -> value."""

    __test__: ClassVar[bool] = False  # no test of pytest, whatever its name says

    command: ClassVar[str] = "test"
    by_option: ClassVar[str] = "tested-by"

    type: str = Field(max_length=LONGEST, description="Test type.")
    passed: bool | None = None
    measurements: dict[str, Any] = Field(default_factory=dict, max_length=1000)
    notes: str | None = Text
    date: str | None = Field(default=None, max_length=100, description="When it was made; now if not given.")

    def carry_out(self, database: Database, component: str) -> Done:
        """Record it without files."""
        return self.record(database, component, (), ())

    def record(self, database: Database, component: str, images: tuple[Path, ...], data: tuple[Path, ...]) -> Done:
        """Record it with files, which are copied under names of the tracker's own."""
        return TestResult(
            component,
            self.type,
            self.passed,
            dict(self.measurements),
            tested_by=self.by,
            notes=self.notes or "",
            tested=_moment(self.date),
            images=images,
            data_files=data,
        ).save(database)

    def options(self) -> Iterator[str]:
        """Yield type, verdict, measurements and what else is given."""
        yield from ("--type", self.type)
        if self.passed is not None:
            yield "--pass" if self.passed else "--fail"
        for name, value in self.measurements.items():
            yield from ("--set", f"{name}={_as_read(value)}")
        yield from _option("notes", self.notes)
        yield from _option("date", self.date)


ORDERS: Mapping[str, type[Order]] = {
    kind.command: kind for kind in (NewComponent, Move, Install, Remove, Assemble, Disassemble, Log, Test)
}
"""Command -> what it needs."""


def _svt(db_path: str | None) -> tuple[str, ...]:
    return ("svt",) if db_path is None else ("svt", "--db-path", db_path)


def _option(name: str, value: str | None) -> Iterator[str]:
    if value:
        yield from (f"--{name.replace('_', '-')}", value)


def _as_read(value: object) -> str:
    """Write a value as the command line reads it: as JSON, but for text that it would take for nothing else."""
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    try:
        json.loads(value)
    except ValueError:
        return value if value.strip()[:1] not in {"[", "{"} else json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)


def _moment(given: str | None) -> datetime | None:
    if not given:
        return None
    found = moment(given)
    if found.year < 1900:
        raise InputError(f"{given!r} is before 1900; give the date when it was done")
    return found
