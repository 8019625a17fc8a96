"""One command: one transaction, few statements, its rows and its event together or neither."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import sqlalchemy as sa

from scantrail.errors import InputError, Refused
from scantrail.tracker import (
    Component,
    Database,
    TestResult,
    add_maintenance_log,
    detail,
    history,
    install_component,
    move_component,
    verify,
)

P1 = "Layer1_top_axial"


@contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """Note the first word of every statement that reaches the database, and every transaction that is begun."""
    said: list[str] = []
    engine = db.store.engine
    listeners = {
        "before_cursor_execute": lambda connection, cursor, statement, *rest: said.append(statement.split()[0]),
        "begin": lambda connection: said.append("transaction"),
    }
    for name, listener in listeners.items():
        sa.event.listen(engine, name, listener)
    yield said
    for name, listener in listeners.items():
        sa.event.remove(engine, name, listener)


COMMANDS: dict[str, tuple[Callable[[Database], object], int]] = {
    "add": (lambda db: Component("N1", "module").save(db), 6),
    "test": (lambda db: TestResult("M1", "iv_curve", True, {"current": 1e-6}).save(db), 10),
    "log": (lambda db: add_maintenance_log("M1", "dust", db=db), 7),
    "move": (lambda db: move_component("M1", "Lab", db=db), 13),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_one_transaction_of_few_statements(command: str, db: Database) -> None:
    act, most = COMMANDS[command]
    add_maintenance_log("M2", "this process writes already", db=db)
    with counted(db) as said:
        act(db)
    assert said.count("transaction") == 1
    assert len(said) - 1 <= most, said


def test_what_is_saved_knows_what_the_database_holds(any_db: Database) -> None:
    part = Component("N1", "module", notes="a", attributes={"channel_count": 512, "list": [1, {"b": None}]})
    part.save(any_db)
    for notes in ("b", "b", "c"):
        part.notes = notes
        part.attributes["channel_count"] = 1
        part.save(any_db)
        assert part == Component.get("N1", any_db)
    assert part.version == 3
    install_component("N1", P1, db=any_db)
    part.manufacturer = "HPK"
    part.save(any_db)
    found = Component.get("N1", any_db)
    assert found == part
    assert found is not None
    assert (found.version, found.installation_status, found.updated) == (5, "installed", part.updated)
    assert verify(any_db) == []


def test_numbers_of_numpy_are_numbers(any_db: Database) -> None:
    given = {
        "current": np.float32(0.5),
        "bad_channels": np.array([47, 128]),
        "count": np.int64(3),
        "good": np.bool_(True),
    }
    TestResult("M1", "iv_curve", np.bool_(True), given).save(any_db)
    (row,) = TestResult.get_for_component("M1", any_db)
    assert row["pass_fail"] is True
    assert row["measurements"] == {"current": 0.5, "bad_channels": [47, 128], "count": 3, "good": True}
    with pytest.raises(InputError, match="finite"):
        TestResult("M1", "iv_curve", measurements={"current": np.array([1.0, np.nan])}).save(any_db)


def test_a_component_that_was_refused_is_as_before(db: Database) -> None:
    part = Component("M9", "module", serial_number="7")
    part.save(db)
    other = Component("M8", "module", serial_number="7")
    with pytest.raises(Refused, match="is that of M9"):
        other.save(db)
    assert (other.version, len(history(db, "M9"))) == (None, 1)
    other.serial_number = "8"
    other.save(db)
    assert detail(db, "M8")["serial"] == "8"
