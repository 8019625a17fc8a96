"""Databases of the reference, of each generation, taken over whole: nothing lost, nothing twice, nothing touched."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from reference_databases import GENERATIONS, a_laboratory, add_rows, component, reference_database, stay, tables_of
from sample_databases import KINDS, fresh_database

from scantrail.errors import DatabaseError, InputError, Refused
from scantrail.tracker import (
    Database,
    adopt,
    at,
    detail,
    findings,
    install_component,
    list_components,
    schema,
    settle_finding,
    undo,
    verify,
)

NEW_YORK = "America/New_York"


@pytest.fixture(params=KINDS)
def new(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty tracker on SQLite and on PostgreSQL."""
    with fresh_database(request.param, request) as url, Database(url, tmp_path / "new_data") as database:
        yield database


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Database]:
    """An empty tracker in a file."""
    with Database(tmp_path / "new" / "parts.db") as database:
        yield database


def state_of(directory: Path) -> dict[str, str]:
    """Every file below a directory with the hash of what it holds."""
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_row_of_each_generation_is_kept(generation: str, new: Database, tmp_path: Path) -> None:
    rows = a_laboratory(generation, tmp_path / "old/test_data")
    old = reference_database(tmp_path / "old/svt.db", rows, generation)
    before = state_of(tmp_path / "old")
    adopted = adopt(new, old, timezone=NEW_YORK)
    assert {table: adopted.tables[table].rows for table in rows} == {table: len(rows[table]) for table in rows}
    assert all(count.adopted == count.rows for count in adopted.tables.values())
    assert (adopted.findings, findings(new), verify(new)) == (0, [], [])
    assert state_of(tmp_path / "old") == before
    module = detail(new, "M1")
    assert (module["status"], module["position"]) == ("installed", "Layer1_top_axial")
    assert [row["position"] for row in module["installations"]] == ["Layer1_top_axial", "Layer0_top_axial"]
    test = next(row for row in module["tests"] if row["test_type"] == "iv_curve")
    assert (test["pass_fail"], test["tested_by"]) == (True, "Jane Doe")
    assert test["measurements"] == {
        "voltage": 60.0,
        "current": 2.3e-6,
        "temperature": -9.0,
        "leakage [nA]": 2.1,
        "bad_channels": [47, 128],
        "test_setup": "probe station",
    }
    assert "current: after an hour" in test["notes"]
    assert module["created"].isoformat() == "2024-01-10T09:00:00+00:00"  # SQLite's own time, which is UTC
    assert module["updated"].isoformat() == "2024-02-01T15:00:00.250000+00:00"  # the program's, which is local
    assert test["tested"].isoformat() == "2024-01-15T19:30:22+00:00"  # half past two in New York, in winter
    kept = {file["kind"]: (new.data_dir / file["path"]).read_bytes() for file in test["files"]}
    assert kept == {
        "image": b"content of 20240115_143022_iv_curve_0.png",
        "data": b"content of 20240115_143022_iv_curve_data.csv",
    }
    (issue,) = (log for log in detail(new, "F1")["logs"] if log["type"] == "issue")
    assert (issue["resolved"], issue["resolution"]) == (issue["opened"], "cleaned")
    has_assembly = "assembled_sensor_id TEXT" in tables_of(generation)["components"]
    assert detail(new, "S1")["via"] == ("M1" if has_assembly else None)
    attached = {row["attached"].isoformat() for row in module["slots"] if row["child"]}
    assert attached == ({"2024-01-12T15:00:00+00:00"} if has_assembly else set())
    again = adopt(new, old, timezone=NEW_YORK)
    assert again.done.event is None
    assert all(count.before == count.rows for count in again.tables.values())


def test_what_is_known_of_an_adopted_row_is_verified(new: Database, tmp_path: Path) -> None:
    old = reference_database(tmp_path / "old/svt.db", a_laboratory("newest", tmp_path / "old/test_data"))
    adopt(new, old, timezone="UTC")
    table = schema.adopted
    with new.store.write() as connection:
        of = {name: table.c.origin == f"svt.db: components {name}" for name in ("M1", "S1", "H1")}
        connection.execute(table.update().where(of["M1"]).values(document={"id": "M1"}))
        connection.execute(table.update().where(of["S1"]).values(key="M1"))
        connection.execute(table.delete().where(of["H1"]))
        forged = {"source": str(uuid4()), "origin": "svt.db: components X", "kept_in": "component", "key": "M1"}
        connection.execute(table.insert().values(**forged, document={}))
    said = sorted(verify(new))
    assert said.pop(0).startswith("adopted ")  # and is missing
    assert said == [
        "no event tells of the adopted row svt.db: components X",
        "the adopted row svt.db: components M1 was altered",
        "the adopted row svt.db: components S1 was altered",
    ]


def test_an_adoption_is_one_event_that_can_be_undone_and_repeated(new: Database, tmp_path: Path) -> None:
    old = reference_database(tmp_path / "old/svt.db", a_laboratory("newest", tmp_path / "old/test_data"))
    wrong = adopt(new, old, timezone="Asia/Tokyo")
    assert wrong.done.event == 1
    undo(new)
    assert (list_components(new).total, verify(new)) == (0, [])
    right = adopt(new, old, timezone=NEW_YORK)
    assert all(count.adopted == count.rows for count in right.tables.values())
    assert verify(new) == []
    module = detail(new, "M1")
    assert next(row["tested"].isoformat() for row in module["tests"]) == "2024-01-15T19:30:22+00:00"
    assert (module["status"], len(module["tests"]), len(module["installations"])) == ("installed", 2, 2)
    assert adopt(new, old, timezone=NEW_YORK).done.event is None


def test_what_is_written_with_the_old_program_afterwards_is_added(parts: Database, tmp_path: Path) -> None:
    old = reference_database(tmp_path / "old/svt.db", a_laboratory("newest", tmp_path / "old/test_data"))
    adopt(parts, old, timezone="UTC")
    copy = tmp_path / "elsewhere" / "copy.db"
    copy.parent.mkdir()
    copy.write_bytes(old.read_bytes())
    add_rows(copy, "components", component("M9"))
    add_rows(copy, "test_results", {"component_id": "M1", "test_date": "2024-03-01", "test_type": "noise_test"})
    with closing(sqlite3.connect(copy)) as base, base:
        base.execute("UPDATE installation_history SET removal_date = '2024-04-01', removed_by = 'Jo' WHERE id = 2")
    later = adopt(parts, copy, timezone="UTC")
    assert {table: count.adopted for table, count in later.tables.items() if count.adopted} == {
        "components": 1,
        "test_results": 1,
    }
    (changed,) = findings(parts)
    assert "removal_date was None, is '2024-04-01'" in changed["said"]
    does, settles = changed["command"].split(" && ")
    assert does == "svt remove --date 2024-04-01T00:00:00.000000Z --removed-by Jo M1"
    assert settles == f"svt findings --settle {changed['id']} --answer done"
    assert len(detail(parts, "M1")["tests"]) == 3
    assert adopt(parts, copy, timezone="UTC").done.event is None
    assert verify(parts) == []


def test_into_a_tracker_that_holds_components_already(db: Database, tmp_path: Path) -> None:
    install_component("M2", "Layer1_top_axial", db=db)
    old = reference_database(tmp_path / "old/svt.db", a_laboratory("newest", tmp_path / "old/test_data"))
    adopted = adopt(db, old, timezone="UTC")
    rules = {row["origin"].partition(": ")[2]: row["rule"] for row in findings(db)}
    assert {name for name, rule in rules.items() if rule == "an id names one component"} == {
        "components S1",
        "components H1",
        "components M1",
        "components C1",
    }
    taken = next(row for row in findings(db) if row["origin"] == "svt.db: installation_history 2")
    assert taken["command"].startswith("svt remove M2 && svt install")
    assert adopted.tables["components"].adopted == 1
    assert len(detail(db, "M1")["tests"]) == 2  # an id names one component, so its tests are of that
    assert verify(db) == []
    assert adopt(db, old, timezone="UTC").done.event is None


def test_in_place_the_original_is_kept_beside(tmp_path: Path) -> None:
    rows = a_laboratory("newest", tmp_path / "test_data")
    path = reference_database(tmp_path / "svt_components.db", rows)
    before = state_of(tmp_path)
    with Database(path) as database:
        with pytest.raises(DatabaseError, match="svt adopt"):
            database.initialize_schema()
        adopted = adopt(database, path, timezone="UTC")
        assert adopted.original == tmp_path / "svt_components-reference.db"
        assert (verify(database), findings(database)) == ([], [])
        files = [file["path"] for test in detail(database, "M1")["tests"] for file in test["files"]]
        assert "2024/M1/20240115_143022_iv_curve_0.png" in files  # where it was
        assert adopt(database, adopted.original, timezone="UTC").done.event is None
        with pytest.raises(InputError, match="database of Scantrail already"):
            adopt(database, path)
    after = state_of(tmp_path)
    assert after.pop("svt_components-reference.db") == before.pop("svt_components.db")
    assert after.pop("svt_components.db")
    assert after == before  # the files stand where they stood, and nothing lies about


def test_in_place_while_another_program_is_at_work_is_refused(tmp_path: Path) -> None:
    path = reference_database(tmp_path / "svt_components.db", {"components": [component("M1")]})
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("UPDATE components SET notes = 'x'")
        base.commit()
        with Database(path) as database, pytest.raises(Refused, match="another program has the database open"):
            adopt(database, path)
    assert {each.name for each in tmp_path.iterdir()} == {"svt_components.db"}


@pytest.mark.parametrize("journal", ["WAL", "DELETE"])
def test_in_place_nothing_is_exchanged_under_a_program_that_writes(journal: str, tmp_path: Path) -> None:
    path = reference_database(tmp_path / "svt_components.db", {"components": [component("M1")]})
    script = (
        "import sqlite3, sys\n"
        "base = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        f"base.execute('PRAGMA journal_mode = {journal}')\n"
        "base.execute('BEGIN IMMEDIATE')\n"
        "print('writing', flush=True)\n"
        "sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdin is not None
        assert writer.stdout.readline() == "writing\n"
        with Database(path) as database, pytest.raises(Refused, match=r"another program has .* open"):
            adopt(database, path)
        writer.stdin.close()
    assert {each.name for each in tmp_path.iterdir()} - {f"{path.name}-wal", f"{path.name}-shm"} == {path.name}
    with Database(path) as database:
        assert adopt(database, path).tables["components"].adopted == 1


def test_what_a_killed_program_left_in_its_log_is_adopted_and_left_alone(parts: Database, tmp_path: Path) -> None:
    path = reference_database(tmp_path / "live.db", {"components": [component("M1")]})
    with closing(sqlite3.connect(path)) as base:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("INSERT INTO components (id, type, installation_status) VALUES ('M2', 'module', 'spare')")
        base.commit()
        place = tmp_path / "killed"
        place.mkdir()
        for side in ("", "-wal"):
            (place / f"svt.db{side}").write_bytes(Path(f"{path}{side}").read_bytes())
    before = state_of(place)
    assert adopt(parts, place / "svt.db").tables["components"].adopted == 2
    assert state_of(place) == before


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = reference_database(tmp_path / "old/svt.db", a_laboratory("newest", tmp_path / "old/test_data"))
    with Database(tmp_path / "new" / "parts.db") as database:
        database.initialize_schema()

        def fail(*_: Any) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr("scantrail.tracker.adopting.run.tell_changes", fail)
            with pytest.raises(OSError, match="No space"):
                adopt(database, old)
        assert (list_components(database).total, verify(database)) == (0, [])
        assert state_of(database.data_dir) == {}
        assert adopt(database, old).done.event == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "there is no file"), (b"", "has no table components"), (b"not a database" * 100, "file is not a database")],
)
def test_other_files_are_refused(content: bytes | None, said: str, parts: Database, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "other.db").write_bytes(content)
    with pytest.raises((InputError, DatabaseError), match=said):
        adopt(parts, tmp_path / "other.db")
    assert not (tmp_path / "new" / "parts.db").exists()


def test_a_zone_that_there_is_not_is_refused(parts: Database, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="America/Los_Angeles"):
        adopt(parts, reference_database(tmp_path / "old.db", {}), timezone="Mars/Olympus")


def test_what_was_known_then_is_not_rewritten(parts: Database, tmp_path: Path) -> None:
    old = reference_database(tmp_path / "old.db", {"components": [component("M1")]})
    adopted = adopt(parts, old)
    assert [row["id"] for row in at(parts, adopted.done.time)] == ["M1"]


def test_a_finding_is_settled_once_and_the_row_left_alone_from_then_on(parts: Database, tmp_path: Path) -> None:
    rows = {"components": [component("M1")], "installation_history": [stay("M7", "Layer0_top_axial", "2024-01-01")]}
    old = reference_database(tmp_path / "old.db", rows)
    assert adopt(parts, old).waiting == 1
    (found,) = findings(parts)
    assert (found["adopted"], found["component"]) == (False, None)
    assert found["document"] == {
        **dict.fromkeys(column.split()[0] for column in tables_of("newest")["installation_history"]),
        **rows["installation_history"][0],
        "id": 1,
    }
    done = settle_finding(found["id"], "M7 was scrapped", db=parts)
    assert done.event == 2
    with pytest.raises(Refused, match="M7 was scrapped"):
        settle_finding(found["id"], "again", db=parts)
    with pytest.raises(Refused, match="no finding 99"):
        settle_finding(99, "x", db=parts)
    with pytest.raises(InputError):
        settle_finding(found["id"], " ", db=parts)
    add_rows(old, "components", component("M7"))
    later = adopt(parts, old)
    assert (later.tables["installation_history"].settled, later.waiting) == (1, 0)
    assert findings(parts) == []
    assert [row["answer"] for row in findings(parts, everything=True)] == ["M7 was scrapped"]
    assert verify(parts) == []
    undo(parts)
    undo(parts)
    assert [row["id"] for row in findings(parts)] == [found["id"]]
    assert json.dumps(found["document"])
