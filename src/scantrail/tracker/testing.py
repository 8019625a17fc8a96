"""Tests of components: what was measured, by whom, with which files, and the verdicts, stated and measured."""

import uuid as uuids
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scantrail.errors import AlreadyExists, InputError
from scantrail.tracker import schema
from scantrail.tracker.change import Change, Done, changing
from scantrail.tracker.files import Attachment, Stored, check, stored
from scantrail.tracker.leftover import removed_unless_recorded
from scantrail.tracker.limits import Judged, judge
from scantrail.tracker.lookup import find
from scantrail.tracker.quantities import declared_name
from scantrail.tracker.results import tests_of
from scantrail.tracker.store import Database, using
from scantrail.tracker.texts import name, text
from scantrail.tracker.values import plain

if TYPE_CHECKING:
    from sqlalchemy import Row

MOST_NAMED = 5
"""Undeclared quantities that a notice names."""


@dataclass
class TestResult:
    """One test of one component. `pass_fail` is the verdict that a person states; None: none yet.

    `measurements`: quantity -> number, or any JSON value. `images`, `data_files`: paths to attach on saving. `missing`:
    quantities that should have been measured and were not; the limits of these never pass the test.
    """

    __test__ = False  # no test of pytest, whatever its name says

    component_id: str
    test_type: str
    pass_fail: bool | None = None
    measurements: dict[str, Any] = field(default_factory=dict)
    tested_by: str | None = None
    notes: str = ""
    tested: datetime | None = None
    images: Iterable[str | Path] = ()
    data_files: Iterable[str | Path] = ()
    run_uid: str | None = None
    supersedes: str | None = None
    missing: Iterable[str] = ()
    uuid: str = field(default_factory=lambda: str(uuids.uuid4()))
    id: int | None = field(default=None, init=False)
    measured: bool | None = field(default=None, init=False)

    def save(self, db: Database | None = None) -> Done:
        """Record this test with its files. The same uuid twice is one test: the second time nothing is done.

        Raises ComponentNotFound, InputError (a missing file, a number that is not finite), AlreadyExists for a uuid of
        another component's test.
        """
        attachments = [Attachment("image", Path(path).expanduser()) for path in self.images]
        attachments += [Attachment("data", Path(path).expanduser()) for path in self.data_files]
        check(attachments)
        with (
            using(db) as database,
            removed_unless_recorded(database) as made,
            changing(database, "test", self.tested_by) as change,
        ):
            row = find(change.connection, self.component_id)
            test_type = name(self.test_type, "the test type")
            if self._known(change, row.id):
                change.said.append(f"this test of {row.id} is recorded already")
                return change.done
            when = self.tested.astimezone() if self.tested else change.time
            keeping = stored(database.data_dir, row.id, test_type, when, attachments)
            with keeping as files:
                made.extend(database.data_dir / file.path for file in files)
                self._write(change, row, test_type, when, files)
        return change.done

    @classmethod
    def get_for_component(
        cls, component_id: str, db: Database | None = None, test_type: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the tests of a component, newest first, as `detail` gives them: `row["test_type"]` and the like."""
        with using(db) as database, database.read() as connection:
            row = find(connection, component_id)
            found = tests_of(connection, row.id)
        return [test for test in found if test_type in (None, test["test_type"])]

    def _known(self, change: Change, component: str) -> bool:
        self.uuid = _uuid(self.uuid)
        table = schema.test
        row = change.connection.execute(sa.select(table).where(table.c.uuid == self.uuid)).first()
        if row is None:
            return False
        if row.component != component:
            raise AlreadyExists(f"the test {self.uuid} is one of {row.component}, not of {component}")
        self.id, self.measured = row.id, row.measured
        return True

    def _write(self, change: Change, row: "Row[Any]", test_type: str, when: datetime, files: list[Stored]) -> None:
        measurements = checked_measurements(self.measurements)
        if self.pass_fail not in (None, True, False):
            raise InputError(f"pass_fail is {self.pass_fail!r}; it is True, False, or None for no verdict")
        self.pass_fail = None if self.pass_fail is None else bool(self.pass_fail)
        declare_test_type(change, test_type, measurements)
        judged = judge(change.connection, row.type, test_type, measurements, self.missing)
        self.measured = judged.within
        change.touch(row.id)
        number = change.insert(
            schema.test,
            uuid=self.uuid,
            component=row.id,
            type=test_type,
            tested=when,
            tested_by=change.person,
            stated=self.pass_fail,
            measured=self.measured,
            notes=text(self.notes, "the notes"),
            run_uid=None if self.run_uid is None else _uuid(self.run_uid),
            supersedes=self._superseded(change, row.id),
            limits=list(judged.limits) or None,
        )
        if measurements:
            for rows in measurement_rows(number, measurements):
                change.connection.execute(schema.measurement.insert(), rows)
            change.seal(schema.measurement, number, measurements)
        for file in files:
            change.insert(
                schema.file,
                test=number,
                kind=file.kind,
                path=file.path,
                name=text(file.name, "the name of a file"),
                size=file.size,
                sha256=file.sha256,
                media_type=file.media_type,
            )
        self._notice(change, judged)
        self.id = number
        verdict = {True: "pass", False: "fail", None: "no verdict"}[
            self.measured if self.pass_fail is None else self.pass_fail
        ]
        attached = f", {len(files)} file{'s' * (len(files) != 1)}" if files else ""
        change.said.append(f"recorded {test_type} of {row.id}: {verdict}{attached}")

    def _notice(self, change: Change, judged: Judged) -> None:
        breaches = "; ".join(judged.breaches)
        if self.pass_fail and breaches:
            change.notices.append(f"stated to pass, but {breaches}: both verdicts are kept")
        elif breaches:
            change.notices.append(breaches)
        elif judged.lacking:
            change.notices.append(_lack(judged.lacking))

    def _superseded(self, change: Change, component: str) -> int | None:
        if self.supersedes is None:
            return None
        table = schema.test
        wanted = _uuid(self.supersedes)
        query = sa.select(table.c.id).where(table.c.uuid == wanted, table.c.component == component)
        number = change.connection.execute(query).scalar()
        if number is None:
            raise InputError(f"there is no test {self.supersedes} of {component} to supersede")
        return int(number)


def _uuid(given: str) -> str:
    try:
        return str(uuids.UUID(given))
    except (ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{given!r} is no uuid") from error


def _lack(names: Sequence[str]) -> str:
    have, were = ("has", "was") if len(names) == 1 else ("have", "were")
    return f"no verdict: {', '.join(names)} {have} a limit and {were} not measured"


def checked_measurements(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return measurements that can be kept. Raises InputError for one that is not finite or has no name."""
    values = {name(key, "a quantity"): plain(value, f"the measurement {key!r}") for key, value in given.items()}
    return {key: value for key, value in values.items() if value is not None}


def measurement_rows(test: int, measurements: Mapping[str, Any]) -> list[list[dict[str, Any]]]:
    """Return the rows of a test's measurements, numbers and other values apart: PostgreSQL is given no null as JSON."""
    numbers: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for key, value in measurements.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            numbers.append({"test": test, "name": key, "number": float(value)})
        else:
            others.append({"test": test, "name": key, "other": value})
    return [rows for rows in (numbers, others) if rows]


def declare_test_type(change: Change, test_type: str, measurements: Mapping[str, Any]) -> None:
    """Make a test type that is new, and give notice of it and of quantities that are not declared."""
    declared = _quantities(change, test_type)
    if declared is None:
        table = schema.test_type
        change.connection.execute(table.insert().values(name=test_type, description="", quantities={}))
        change.notices.append(f"the test type {test_type!r} is not declared; it is kept all the same")
        return
    unknown = [repr(key) for key in measurements if key not in declared and declared_name(key) not in declared]
    if len(unknown) == 1:
        change.notices.append(f"the quantity {unknown[0]} is not declared for {test_type}; it is kept all the same")
    elif unknown:
        names = ", ".join(unknown[:MOST_NAMED]) + f" and {len(unknown) - MOST_NAMED} more" * (len(unknown) > MOST_NAMED)
        change.notices.append(f"the quantities {names} are not declared for {test_type}; they are kept all the same")


def _quantities(change: Change, test_type: str) -> Mapping[str, str] | None:
    if test_type in change.profile.tests:
        return change.profile.tests[test_type].quantities
    table = schema.test_type
    query = sa.select(table.c.quantities).where(table.c.name == test_type)
    return change.connection.execute(query).scalar()
