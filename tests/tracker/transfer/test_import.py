"""Tables of components, tests, installations and connections: all of a file or nothing, and twice is once."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scantrail.errors import ImportRefused, InputError
from scantrail.tracker import (
    Component,
    Database,
    Imported,
    TestResult,
    assemble_module,
    connect_components,
    detail,
    history,
    import_table,
    install_component,
    list_components,
    moment,
    open_connections,
    set_limit,
    stamp,
    undo,
    verify,
)


@pytest.fixture
def bring(db: Database, tmp_path: Path) -> Any:
    """Import a text as a table; see that it changes nothing the second time, and that the tracker is whole."""

    def take(text: str, *, twice: bool = True, encoding: str = "utf-8") -> Imported:
        path = tmp_path / "table.csv"
        path.write_text(text, encoding=encoding, newline="")
        rehearsed = import_table(db, path, dry_run=True)
        assert rehearsed.done.event is None
        imported = import_table(db, path)
        assert imported.outcomes == rehearsed.outcomes
        if twice:
            again = import_table(db, path)
            assert again.done.event is None
            assert {outcome.did for outcome in again.outcomes} <= {"unchanged"}
        assert verify(db) == []
        return imported

    return take


@pytest.fixture
def refused(db: Database, tmp_path: Path) -> Any:
    """Import a text that is refused; see that nothing of it is there; return the problems."""

    def take(text: str) -> list[tuple[int, str, str]]:
        path = tmp_path / "table.csv"
        path.write_text(text)
        before = [(row["id"], len(history(db, row["id"]))) for row in list_components(db).rows]
        with pytest.raises(ImportRefused) as refusal:
            import_table(db, path)
        assert "nothing of" in str(refusal.value)
        assert [(row["id"], len(history(db, row["id"]))) for row in list_components(db).rows] == before
        assert verify(db) == []
        return list(refusal.value.problems)

    return take


# --- components -------------------------------------------------------------------------------------------------------


def test_components_are_added_and_changed(bring: Any, db: Database) -> None:
    imported = bring(
        "\ufeffid;type;serial_number;Status;location;channel_count;attribute:thickness;notes\r\n"
        "N1;module;7;testing;Clean Room;512;320,5 um;'=1+1\r\n"
        "m1;;;testing;;;;glued again\r\n"
        "S1;;;;;;;\r\n"
    )
    assert [(row.about, row.did) for row in imported.outcomes] == [
        ("N1", "added"),
        ("M1", "changed"),
        ("S1", "unchanged"),
    ]
    assert imported.done.said == "imported components of table.csv: 1 added, 1 changed, 1 unchanged"
    new = detail(db, "N1")
    assert (new["serial"], new["place"], new["notes"]) == ("7", "Clean Room", "=1+1")
    assert new["attributes"] == {"channel_count": 512, "thickness": "320,5 um"}
    assert (detail(db, "M1")["status"], detail(db, "M1")["place"]) == ("testing", "Shelf")


def test_every_bad_component_is_named_by_line_and_column(refused: Any) -> None:
    problems = refused(
        "id,type,status,serial,attribute:gain\n"
        "A/B,module,,,\n"
        "N1,modul,,,\n"
        "N2,module,brokn,,\n"
        "N3,module,installed,,\n"
        "N4,,,,\n"
        'N5,module,,,"2,5"\n'
        "N6,module,,1,\n"
        "N7,module,,1,\n"
        "n6,module,,2,\n"
        "M1,sensor,,,\n"
        "M2,,lost,,\n"
        "S1,,repair,,\n"
        ",module,,,\n"
    )
    assert [(line, column) for line, column, _ in problems] == [
        (2, "id"),
        (3, "type"),
        (4, "status"),
        (5, "status"),
        (6, "type"),
        (7, "attribute:gain"),
        (9, "serial"),
        (10, "id"),
        (11, "type"),
        (13, "status"),
        (14, "id"),
    ]
    said = {line: text for line, _, text in problems}
    assert "nearest: module" in said[3]
    assert "write 2.5" in said[7]
    assert "that of N6" in said[9]
    assert "N6 stands in line 8 already" in said[10] or "n6 stands in line 8" in said[10]


def test_parts_move_with_their_whole_and_not_alone(bring: Any, refused: Any, db: Database) -> None:
    assemble_module("M1", "S1", db=db)
    install_component("M2", "Layer0_top_axial", db=db)
    bring("id,location\nM1,Hall > Shelf 2\n")
    assert (detail(db, "M1")["place"], detail(db, "S1")["place"]) == ("Hall > Shelf 2", "Hall > Shelf 2")
    problems = refused("id,location\nS1,Attic\nM2,Attic\nC1,Hall >  > x\nC2,Attic\n")
    assert [(line, column) for line, column, _ in problems] == [(2, "location"), (3, "location"), (4, "location")]


def test_an_import_is_undone_and_done_again(bring: Any, db: Database) -> None:
    bring("id,type,notes\nN1,module,x\nM1,,y\n", twice=False)
    undo(db)
    assert (list_components(db).total, detail(db, "M1")["notes"]) == (7, "")
    bring("id,type,notes\nN1,module,x\nM1,,y\n")
    assert detail(db, "N1")["notes"] == "x"


# --- tests ------------------------------------------------------------------------------------------------------------


def test_results_of_many_components(bring: Any, db: Database, tmp_path: Path) -> None:
    (tmp_path / "sweeps").mkdir()
    (tmp_path / "sweeps" / "M1.csv").write_text("voltage_V,current_A\n")
    (tmp_path / "a.png").write_bytes(b"a")
    set_limit("module", "iv_curve", "current", high=1e-6, db=db)
    imported = bring(
        "component,type,tested,pass_fail,by,voltage [V],current,bad_channels,quantity:humidity,data,images,notes\n"
        'M1,iv_curve,2024-01-15T14:30,pass,Jane,60,2.3E-06,"[47, 128]",low,sweeps/M1.csv,"[""a.png""]",fine\n'
        "m2,iv_curve,2024-01-15,FAIL,,60,,,,,,\n"
        "M2,visual,,,,,,,,,,\n"
        "M2,visual,,,,,,,,,,\n"
    )
    assert [outcome.did for outcome in imported.outcomes] == ["added", "added", "added", "unchanged"]
    (test,) = detail(db, "M1")["tests"]
    assert (test["pass_fail"], test["measured"], test["tested_by"]) == (True, False, "Jane")
    assert test["measurements"] == {"voltage": 60.0, "current": 2.3e-6, "bad_channels": [47, 128], "humidity": "low"}
    assert [(file["kind"], file["name"]) for file in test["files"]] == [("image", "a.png"), ("data", "M1.csv")]
    assert any("stated to pass" in notice for notice in imported.done.notices)
    assert [row["test_type"] for row in detail(db, "M2")["tests"]] == ["visual", "iv_curve"]


def test_every_bad_result_is_named_by_line_and_column(refused: Any, db: Database) -> None:
    result = TestResult("M1", "visual", measurements={"score": 1})
    result.save(db)
    problems = refused(
        "component,test_type,tested,stated,voltage,uuid,supersedes,data,quantity:note\n"
        "M9,iv_curve,,,60,,,,\n"
        "M1,,,,60,,,,\n"
        "M1,iv_curve,15.01.2024,,60,,,,\n"
        "M1,iv_curve,,maybe,60,,,,\n"
        "M1,iv_curve,,,60 V,,,,\n"
        'M1,iv_curve,,,"60,5",,,,\n'
        "M1,iv_curve,,,,nouuid,,,\n"
        "M1,iv_curve,,,1e999,,,,\n"
        f"M1,visual,,,,{result.uuid},,,other\n"
        f"M2,visual,,,,,{result.uuid},,\n"
        "M1,visual,,,,,,lost.csv,\n"
    )
    assert [(line, column) for line, column, _ in problems] == [
        (2, "component"),
        (3, "test_type"),
        (4, "tested"),
        (5, "stated"),
        (6, "voltage"),
        (7, "voltage"),
        (8, "uuid"),
        (9, "voltage"),
        (10, "uuid"),
        (11, "supersedes"),
        (12, "data"),
    ]
    assert "measured in V" in problems[4][2]
    assert not db.data_dir.exists() or not list(db.data_dir.rglob("*.csv"))


def test_a_result_may_supersede_another_of_the_table(bring: Any, db: Database) -> None:
    one, two, three = (f"00000000-0000-0000-0000-00000000000{number}" for number in (1, 2, 3))
    bring(
        "component,type,uuid,supersedes,tested\n"
        f"M1,visual,{two},{one},2024-01-02\n"
        f"M1,visual,{one},,2024-01-01\n"
        f"M1,visual,{three},{two},2024-01-03\n"
    )
    assert [row["superseded"] for row in detail(db, "M1")["tests"]] == [False, True, True]


def test_undone_results_can_be_imported_again(bring: Any, db: Database) -> None:
    text = "component,type,voltage,tested\nM1,iv_curve,60,2024-01-01\nM2,iv_curve,61,2024-01-01\n"
    bring(text, twice=False)
    undo(db)
    bring(text)
    assert [row["measurements"] for row in detail(db, "M1")["tests"]] == [{"voltage": 60.0}]


# --- installations ----------------------------------------------------------------------------------------------------


def test_installations_past_and_present(bring: Any, db: Database) -> None:
    install_component("M1", "Layer0_top_axial", date=moment("2025-06-01"), db=db)
    assemble_module("M2", "S1", db=db)
    bring(
        "component,position,installed,installed_by,removed,run_period,reason,outcome\n"
        "M2,layer0_TOP_axial,,Jo,,2025_run,,\n"
        "M1,Layer0_top_axial,,,2026-01-01,,end_of_run,testing\n"
        "M1,Layer3_top_axial,2024-01-01,,2024-02-01,2024_run,,\n"
        "C1,Tray 7,2024-01-01T08:00,,,,,\n"
    )
    assert [(row["position"], row["outcome"]) for row in detail(db, "M1")["installations"]] == [
        ("Layer0_top_axial", "testing"),
        ("Layer3_top_axial", "spare"),
    ]
    assert (detail(db, "M1")["status"], detail(db, "M2")["position"]) == ("testing", "Layer0_top_axial")
    assert (detail(db, "S1")["via"], detail(db, "S1")["place"]) == ("M2", "Layer0_top_axial")
    assert detail(db, "C1")["place"] == "Tray 7"


def test_every_bad_installation_is_named_by_line_and_column(refused: Any, db: Database) -> None:
    install_component("M1", "Layer0_top_axial", run_period="one", db=db)
    assemble_module("M2", "S1", "H1", db=db)
    Component("R1", "module", installation_status="retired").save(db)
    problems = refused(
        "component,position,installed,removed,run_period,outcome\n"
        "M9,Layer1_top_axial,,,,\n"
        "M2,Layer9_top_axial,,,,\n"
        "M2,,,,,\n"
        "M2,Layer0_top_axial,,,,\n"
        "S1,Rack,,,,\n"
        "M1,Layer1_top_axial,,,,\n"
        "R1,Layer2_top_axial,,,,\n"
        "M2,Layer2_top_axial,2999-01-01,,,\n"
        "M2,Layer2_top_axial,2024-02-01,2024-01-01,,\n"
        "M2,Layer2_top_axial,,2024-01-01,,\n"
        "M2,Layer2_top_axial,2024-01-01,2024-02-01,,installed\n"
        "M1,Layer0_top_axial,,,two,\n"
        "C1,Layer3_top_axial,,,,\n"
        "M1,Layer0_top_axial,,2024-01-01,,\n"
    )
    assert [(line, column) for line, column, _ in problems] == [
        (2, "component"),
        (3, "position"),
        (4, "position"),
        (5, "position"),
        (6, "component"),
        (7, "component"),
        (8, "component"),
        (9, "installed"),
        (10, "removed"),
        (11, "installed"),
        (12, "outcome"),
        (13, "run_period"),
        (14, "position"),
        (15, "removed"),
    ]
    assert "Layer0_top_axial is taken: M1 sits there" in problems[3][2]


def test_stays_that_overlap_are_refused(bring: Any, refused: Any, db: Database) -> None:
    bring(
        "component,position,installed,removed\n"
        "M1,Layer0_top_axial,2024-01-01,2024-02-01\n"
        "M2,Layer0_top_axial,2024-02-01,2024-03-01\n"
        "M1,Layer1_top_axial,2024-02-01,\n"
    )
    problems = refused(
        "component,position,installed,removed\n"
        "M2,Layer0_top_axial,2024-01-31,2024-02-01\n"
        "M2,Layer1_top_axial,2024-02-15,2024-02-20\n"
        "M2,Layer2_top_axial,2024-01-01,2024-02-02\n"
        "M2,Layer3_top_axial,2024-05-01,2024-07-01\n"
        "M1,Layer3_top_axial,2023-06-01,2023-07-01\n"
        "M2,Layer3_top_axial,2023-06-01T12:00,2023-06-02\n"
    )
    assert [(line, column) for line, column, _ in problems] == [
        (2, "position"),
        (3, "position"),
        (4, "component"),
        (7, "position"),
    ]
    assert problems[0][2] == ("M1 was in Layer0_top_axial from 2024-01-01 00:00 until 2024-02-01 00:00, which overlaps")
    assert problems[1][2].startswith("M1 was in Layer1_top_axial from 2024-02-01 00:00 to this day")
    bring("component,position,installed,removed\nM2,Layer1_top_axial,2024-06-01,\nM1,Layer1_top_axial,,2024-06-01\n")


# --- connections ------------------------------------------------------------------------------------------------------


def test_connections_open_and_over(bring: Any, db: Database) -> None:
    connect_components("M1:J1", "M2", cable="C1", db=db)
    bring(
        "a,a_port,b,b_port,cable,connected,connected_by,disconnected\n"
        "M1,J1,S1,,C1,,Jo,\n"
        f"M1,J1,M2,,C1,,,{stamp(datetime.now(UTC))}\n"
        "M1:J2,,M2:J2,,,2024-01-01,,2024-02-01\n"
        "S2,,H1,,,2024-01-01,,\n"
    )
    assert {(row["a"], row["a_port"], row["b"], row["cable"]) for row in open_connections(db)} == {
        ("M1", "J1", "S1", "C1"),
        ("S2", None, "H1", None),
    }


def test_every_bad_connection_is_named_by_line_and_column(refused: Any, db: Database) -> None:
    connect_components("M1:J1", "M2", cable="C1", db=db)
    Component("R1", "module", installation_status="retired").save(db)
    problems = refused(
        "a,b,cable,connected,disconnected\n"
        "M9,M1,,,\n"
        "M1,M1,,,\n"
        "M1:J1,S1,,,\n"
        "S1,S2,C1,,\n"
        "S1,S2,H1,,\n"
        "S1,R1,,,\n"
        "S1,S2,,2024-02-01,2024-01-01\n"
        "S1,S2,,,2024-01-01\n"
        "S1,S2,,2999-01-01,\n"
        "M1:J1,M2,C1,2024-01-01,\n"
        "M1:J1,M2,C1,,2024-01-01\n"
    )
    assert [(line, column) for line, column, _ in problems] == [
        (2, "a"),
        (3, "b"),
        (4, "a"),
        (5, "cable"),
        (6, "cable"),
        (7, "b"),
        (8, "disconnected"),
        (9, "connected"),
        (10, "connected"),
        (11, "connected"),
        (12, "disconnected"),
    ]


# --- headings ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        ("name,kind", "headings of no table"),
        ("id,type,serail", "nearest: serial"),
        ("component,type,current [uA]", "current is kept in A, not in uA"),
        ("component,type,amps", "quantity:amps to keep it"),
        ("component,type,test_type", "both mean 'type'"),
        ("component,type,current,current (A)", "both mean 'current'"),
        ("component,position,colour", "means nothing for installations"),
    ],
)
def test_headings_that_mean_nothing_are_refused(headings: str, said: str, db: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(f"{headings}\n")
    with pytest.raises(InputError) as refusal:
        import_table(db, tmp_path / "a.csv")
    assert said in str(refusal.value)


@pytest.mark.parametrize(
    "kind", ["component,type,tested,quantity:x\nM1,visual,2024-01-01,", "id,type,attribute:x\nN1,module,"]
)
@pytest.mark.parametrize(
    "value", ["[" * 40 + "]" * 40, '["\\ud800"]', '["a\\u0000b"]', '{"a": 1e999}', "[1e999]", "9" * 400]
)
def test_a_value_that_no_database_keeps_is_told_in_its_column(kind: str, value: str, refused: Any) -> None:
    quoted = value.replace('"', '""')
    ((line, column, _),) = refused(f'{kind}"{quoted}"\n')
    assert (line, column.partition(":")[2]) == (2, "x")


def test_headings_that_are_not_known_are_told_with_those_that_are(db: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("component,type,zzz\n")
    with pytest.raises(InputError, match=r"known are component, type, .*, voltage, current, temperature.*quantity:zzz"):
        import_table(db, tmp_path / "a.csv")


def test_rows_of_too_many_cells_are_told_with_all_others(refused: Any) -> None:
    problems = refused("id,type\nN1,module,x\nN2,modul\nN3,module\nN4,module,1,2\n")
    assert [(line, column) for line, column, _ in problems] == [(2, "row"), (3, "type"), (5, "row")]


def test_a_table_without_rows_changes_nothing(db: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id,type\n\n")
    assert import_table(db, tmp_path / "a.csv").done.event is None
