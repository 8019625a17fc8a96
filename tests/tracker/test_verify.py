"""Whatever is altered behind the tracker's back, with plain SQL, is named; nothing that is read there breaks verify."""

import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scantrail.tracker import (
    Component,
    Database,
    TestResult,
    add_maintenance_log,
    assemble_module,
    connect_components,
    install_component,
    move_component,
    new_token,
    remove_component,
    revoke_token,
    set_limit,
    undo,
    verify,
)
from scantrail.tracker.values import canonical

OLD = "'2020-01-01T00:00:00.000000Z'"
NAN = '[{"table": "component", "key": "M1", "before": null, "after": {"notes": 1e999}}]'

# what was done with SQL -> what verify says of it
ALTERED = {
    "UPDATE component SET notes = 'x' WHERE id = 'M2'": "notes of component M2 is 'x', the events say ''",
    f"UPDATE component SET voided = {OLD} WHERE id = 'M2'": "voided of component M2 is",
    "UPDATE component SET version = 99 WHERE id = 'M2'": "version of component M2 is 99, its events make it 2",
    f"UPDATE component SET updated = {OLD} WHERE id = 'M2'": "updated of component M2 is",
    f"INSERT INTO component (id, type, status, manufacturer, notes, attributes, version, created, updated) "
    f"VALUES ('Z', 'feb', 'spare', '', '', '{{}}', 1, {OLD}, {OLD})": "no event tells of component Z",
    f"UPDATE installation SET voided = {OLD}": "voided of installation 1 is",
    "UPDATE installation SET reason = 'other'": "reason of installation 1 is 'other', the events say 'end_of_run'",
    f"UPDATE assembly SET voided = {OLD}": "voided of assembly 1 is",
    "UPDATE connection SET b_port = 'z'": "b_port of connection 1 is 'z', the events say 'b'",
    f"UPDATE test SET voided = {OLD}": "voided of test 1 is",
    "UPDATE measurement SET number = -2 WHERE name = 'current'": "the measurements of test 1 are {'current': -2.0",
    "INSERT INTO measurement VALUES (1, 'zz', 1.0, NULL)": "the measurements of test 1 are",
    "DELETE FROM measurement": "the measurements of test 1 are {}, the events say {'current': -1.0",
    f"UPDATE file SET voided = {OLD}": "voided of file 1 is",
    "DELETE FROM file": "file 1 is missing",
    "UPDATE maintenance SET resolved = opened, resolution = 'x' WHERE type = 'issue'": "resolved of maintenance 3 is",
    f"UPDATE test_limit SET voided = {OLD}": "voided of test_limit 1 is",
    "DROP TRIGGER movement_written; UPDATE movement SET destination = 'Mars' WHERE component = 'M2'": (
        "the movements of M2 are not those that its events tell of"
    ),
    "DROP TRIGGER movement_kept; DELETE FROM movement WHERE component = 'M2'": "the movements of M2 are not those",
    "DROP TRIGGER event_written; UPDATE event SET said = 'x' WHERE number = 3": "event 3 was altered",
    "DROP TRIGGER event_written; UPDATE event SET time = 'yesterday' WHERE number = 3": "event 3 was altered",
    f"DROP TRIGGER event_written; UPDATE event SET changes = '{NAN}' WHERE number = 3": "event 3 was altered",
    "DROP TRIGGER event_written; UPDATE event SET changes = '[1]' WHERE number = 3": "event 3 was altered",
    "PRAGMA ignore_check_constraints = ON; DROP TRIGGER event_written; "
    "UPDATE event SET changes = 'junk' WHERE number = 3": "event 3 was altered",
    "DROP TRIGGER event_kept; DELETE FROM event WHERE number = 3": "events 3 to 3 are missing",
    "DROP TRIGGER event_kept; DELETE FROM event WHERE number > 9": "the newest events after 9 are missing",
    "UPDATE chain SET number = 2": "are missing",
    "UPDATE chain SET time = '2099-01-01T00:00:00.000000Z'": "the head of the chain of events is of 2099",
    "DELETE FROM chain": "the head of the chain of events is missing",
    "DROP TRIGGER event_component_written; "
    "UPDATE event_component SET place = 'Mars' WHERE component = 'M1' AND event = 1": (
        "M1 after event 1 is spare at 'Mars', the event says spare at 'Shelf'"
    ),
    "DROP TRIGGER event_component_kept; DELETE FROM event_component WHERE component = 'M1' AND event = 1": (
        "M1 after event 1 is missing, the event says spare at 'Shelf'"
    ),
    "INSERT INTO event_component VALUES ('M1', 3, 'lost', 'x')": (
        "M1 after event 3 is lost at 'x', the event says nothing of it"
    ),
    "UPDATE location SET parent = NULL": "location 'Lab > Rack' lies in None, its name says 'Lab'",
    "UPDATE profile SET document = json_set(document, '$.policy', 'enforce')": "document of the profile hps-svt is",
    "UPDATE profile SET name = 'x'": "name of the profile x is 'x', the events say 'hps-svt'",
    "UPDATE component_type SET attributes = '{}' WHERE name = 'module'": "attributes of component_type module is {}",
    "DELETE FROM component_type WHERE name = 'mpod_crate'": "component_type mpod_crate is missing",
    "INSERT INTO slot VALUES ('feb', 'x', 'sensor')": "the profile knows nothing of slot x of feb",
    "DELETE FROM slot WHERE name = 'hybrid'": "slot hybrid of module is missing",
    "DELETE FROM position_accepts WHERE position = 'Layer0_top_axial'": "module of Layer0_top_axial is missing",
    "INSERT INTO position_accepts VALUES ('Layer0_top_axial', 'feb')": "knows nothing of position_accepts feb",
    "UPDATE test_type SET quantities = '{}' WHERE name = 'iv_curve'": "quantities of test_type iv_curve is {}",
    f"INSERT INTO user VALUES ('evil', 'admin', NULL, {OLD}, NULL)": "no event tells of user evil",
    "UPDATE token SET scope = 'change'": "is 'change', the events say 'read'",
    "UPDATE token SET voided = NULL": "voided of token",
    "DROP TRIGGER installation_fit": "the trigger installation_fit of the database is missing",
    "CREATE TRIGGER x AFTER INSERT ON test BEGIN SELECT 1; END": "the trigger x of the database was added",
    "DROP INDEX installation_place": "the index installation_place of the database is missing",
    "ALTER TABLE component ADD COLUMN evil TEXT": "the table component of the database was altered",
}


@pytest.fixture
def full(db: Database, tmp_path: Path) -> Path:
    """A database in which something was done with each table, closed."""
    (tmp_path / "a.png").write_bytes(b"image")
    assemble_module("M1", "S1", db=db)
    install_component("M1", "Layer1_top_axial", db=db)
    remove_component("M1", reason="end_of_run", location="Lab > Rack", db=db)
    move_component("M2", "Lab", db=db)
    measured = {"current": -1.0, "list": [1, 2], "note": "t"}
    TestResult("M1", "iv_curve", True, measured, images=[tmp_path / "a.png"]).save(db)
    set_limit("module", "iv_curve", "current", high=1, db=db)
    connect_components("M1:a", "M2:b", cable="C1", db=db)
    add_maintenance_log("M1", "dust", "issue", db=db)
    add_maintenance_log("M1", "more dust", "issue", db=db)
    undo(db)
    new_token(db, "ci")
    new_token(db, "old")
    revoke_token(db, "old")
    assert verify(db) == []
    db.close()
    return Path(db.name)


@pytest.mark.parametrize("statements", ALTERED)
def test_what_was_altered_is_named(statements: str, full: Path) -> None:
    connection = sqlite3.connect(full, isolation_level=None)
    for statement in [statements] if statements.startswith("CREATE") else statements.split("; "):
        connection.execute(statement)
    connection.close()
    with Database(full) as database:
        wrong = verify(database)
    assert any(ALTERED[statements] in sentence for sentence in wrong), wrong
    assert not any(len(sentence) > 700 for sentence in wrong)


def test_a_server_without_a_trigger_is_named(any_db: Database) -> None:
    table = "" if any_db.store.engine.dialect.name == "sqlite" else " ON event"
    with any_db.store.write() as connection:
        connection.exec_driver_sql(f"DROP TRIGGER event_kept{table}")
        connection.exec_driver_sql("DROP INDEX installation_place")
    assert verify(any_db) == [
        "the index installation_place of the database is missing",
        "the trigger event_kept of the database is missing",
    ]


def test_a_profile_that_was_lost_is_named(full: Path) -> None:
    with sqlite3.connect(full) as connection:
        connection.execute("DELETE FROM profile")
    connection.close()
    with pytest.raises(Exception, match="has lost its profile; restore a backup"), Database(full) as database:
        verify(database)


def test_minus_zero_and_large_numbers_are_as_they_were(any_db: Database) -> None:
    values = {"zero": -0.0, "large": 1e300, "whole": 2**53, "list": [-0.0, {"a": -0.0}], "yes": True}
    TestResult("M1", "iv_curve", True, values).save(any_db)
    Component("N1", "module", attributes={"zero": -0.0, "n": 10**20}).save(any_db)
    assert verify(any_db) == []


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**300), 10**300)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_what_is_sealed_reads_the_same_with_each_number_as_a_double(value: object) -> None:
    assert canonical(value) == canonical(_doubles(value)) == canonical(json.loads(json.dumps(value)))


def _doubles(value: object) -> object:
    match value:
        case bool():
            return value
        case int() | float():
            return float(value) + 0.0
        case dict():
            return {key: _doubles(each) for key, each in value.items()}
        case list():
            return [_doubles(each) for each in value]
    return value


def test_undo_passes_over_tokens(db: Database) -> None:
    done = move_component("M2", "Lab", db=db)
    new_token(db, "ci")
    assert undo(db).said == f"undid event {done.event}: {done.said}"
    assert verify(db) == []
