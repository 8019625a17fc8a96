"""What no constraint of the reference forbade: every row is kept, every violation is a finding with its command."""

import re
import shlex
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_databases import component, entry, reference_database, stay, tables_of

from scantrail.tracker import (
    Adopted,
    Component,
    Database,
    adopt,
    detail,
    export,
    findings,
    import_export,
    list_components,
    read_export,
    verify,
)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Database]:
    """An empty tracker in a file."""
    with Database(tmp_path / "new" / "parts.db") as database:
        yield database


@pytest.fixture
def taken_over(parts: Database, tmp_path: Path) -> Any:
    """Take over rows; see that all of them are accounted for, that the tracker is whole, and that twice is once."""

    def take(rows: dict[str, list[dict[str, Any]]], timezone: str = "UTC", **options: Any) -> Adopted:
        old = reference_database(tmp_path / "old/svt.db", rows, **options)
        adopted = adopt(parts, old, timezone=timezone)
        for table, given_rows in rows.items():
            count = adopted.tables[table]
            assert (count.rows, count.adopted + count.waiting) == (len(given_rows), len(given_rows))
        waiting = {row["origin"] for row in findings(parts) if not row["adopted"]}
        assert len(waiting) == adopted.waiting
        assert verify(parts) == []
        before = findings(parts)
        assert adopt(parts, old, timezone=timezone).done.event is None
        assert findings(parts) == before
        return adopted

    return take


def rules(parts: Database) -> dict[str, str]:
    """Where each finding was made -> what is said of it."""
    return {row["origin"].removeprefix("svt.db: "): row["said"] for row in findings(parts)}


def commands(parts: Database) -> list[str]:
    """What is to be done of each finding, without what marks it as settled."""
    return [row["command"].partition(" && svt findings --settle")[0] for row in findings(parts)]


def test_two_in_one_position(taken_over: Any, parts: Database) -> None:
    installed = {"status": "installed", "installed_position": "Layer1_top_axial"}
    taken_over(
        {
            "components": [component("M1", **installed), component("M2", **installed)],
            "installation_history": [
                stay("M1", "Layer1_top_axial", "2024-01-01"),
                stay("M2", "layer1_TOP_axial", "2024-02-01"),
            ],
        }
    )
    # both confirm it, and the second spells it in its own way; so the first, whose spelling agrees, has it
    assert detail(parts, "M1")["position"] == "Layer1_top_axial"
    assert detail(parts, "M2")["status"] == "spare"
    assert rules(parts) == {
        "installation_history 2": ("M1 sits in layer1_TOP_axial, and by this row M2, too, which is kept as spare")
    }
    assert commands(parts) == ["svt remove M1 && svt install M2 layer1_TOP_axial"]


def test_the_last_of_two_that_are_alike_has_the_position(taken_over: Any, parts: Database) -> None:
    installed = {"status": "installed", "installed_position": "FEB1", "kind": "feb"}
    taken_over(
        {
            "components": [component("F1", **installed), component("F2", **installed)],
            "installation_history": [stay("F1", "FEB1", "2024-01-01"), stay("F2", "FEB1", "2024-02-01")],
        }
    )
    assert (detail(parts, "F1")["status"], detail(parts, "F2")["position"]) == ("spare", "FEB1")


@pytest.mark.parametrize("status", ["spare", "failed", "retired", "lost", "repair"])
def test_an_open_installation_of_what_was_removed(taken_over: Any, parts: Database, status: str) -> None:
    taken_over(
        {
            "components": [component("M1", status=status)],
            "installation_history": [stay("M1", "Layer1_top_axial", "2024-01-01")],
        }
    )
    assert detail(parts, "M1")["status"] == status
    assert rules(parts) == {
        "installation_history 1": f"M1 is {status}, but its installation in Layer1_top_axial was never closed"
    }


def test_one_component_in_two_positions(taken_over: Any, parts: Database) -> None:
    taken_over(
        {
            "components": [component("M1", status="installed", installed_position="Layer2_top_axial")],
            "installation_history": [
                stay("M1", "Layer1_top_axial", "2024-02-01"),
                stay("M1", "Layer2_top_axial", "2024-01-01"),
            ],
        }
    )
    assert detail(parts, "M1")["position"] == "Layer2_top_axial"
    assert list(rules(parts)) == ["installation_history 1"]


def test_installed_by_its_status_alone(taken_over: Any, parts: Database) -> None:
    taken_over(
        {
            "components": [
                component("M1", status="installed", installed_position="Layer1_top_axial"),
                component("M2", status="Installed", installed_position="Layer1_top_axial"),
                component("M3", status="installed"),
                component("M4", status="installed", installed_position="Attic"),
            ]
        }
    )
    states = {row["id"]: (row["status"], row["place"]) for row in list_components(parts).rows}
    assert states == {
        "M1": ("installed", "Layer1_top_axial"),
        "M2": ("spare", None),
        "M3": ("spare", None),
        "M4": ("spare", None),
    }
    assert [row["origin"] for row in findings(parts)] == [f"svt.db: components M{number}" for number in (1, 2, 3, 4)]


def test_installations_that_cannot_be(taken_over: Any, parts: Database) -> None:
    adopted = taken_over(
        {
            "components": [component("M1"), component("S1", "sensor")],
            "installation_history": [
                stay("M1", "Layer1_top_axial", "2024-02-01", "2024-01-01"),
                stay("M1", "Layer9_top_axial", "2024-01-01", "2024-02-01"),
                stay("S1", "Layer1_top_axial", "2024-01-01", "2024-02-01"),
                stay("M1", "Layer1_top_axial", "01/02/2024", "2024-02-01"),
                stay("M1", "Layer1_top_axial", "2024-01-01", "later"),
                stay("M9", "Layer1_top_axial", "2024-01-01", "2024-02-01"),
                {"component_id": "M1", "installation_date": "2024-01-01", "removal_date": "2024-02-01"},
                stay("M1", "Layer1_top_axial", "2024-01-01", "2024-02-01", run_period="x" * 300),
            ],
        }
    )
    assert adopted.tables["installation_history"].waiting == 7
    assert len(detail(parts, "M1")["installations"]) == 1
    assert len(detail(parts, "M1")["installations"][0]["run_period"]) <= 120


def test_one_part_of_two_modules(taken_over: Any, parts: Database) -> None:
    taken_over(
        {
            "components": [
                component("S1", "sensor"),
                component("H1", "hybrid"),
                component("M1", assembled_sensor_id="S1", assembled_hybrid_id="S1", updated_at="2024-05-01"),
                component("M2", assembled_sensor_id="S1", assembled_hybrid_id="H9", updated_at="2024-06-01"),
                component("F1", "feb", assembled_sensor_id="S1"),
                component("M3", assembled_sensor_id="M3", assembled_hybrid_id="H1", status="installed"),
            ],
            "maintenance_log": [entry("M1", "2024-07-01", "maintenance", "Assembly: sensor S1 - glued")],
        }
    )
    assert detail(parts, "S1")["part_of"] == "M1"  # its log is later than the last change of M2
    assert rules(parts) == {
        "components.assembled_sensor_id M2": "S1 is part of M1, and M2 names it, too",
        "components.assembled_sensor_id F1": "S1, a sensor, is sensor of F1, a feb",
        "components.assembled_sensor_id M3": "M3, a module, is sensor of M3, a module",
        "components.assembled_hybrid_id M1": "S1, a sensor, is hybrid of M1, a module",
        "components.assembled_hybrid_id M2": "M2 has 'H9' as its hybrid, which is no component",
        "components M3": "M3 has the status installed, but no open installation; it is kept as spare",
    }
    assert "svt add --id H9 --type hybrid && svt assemble --hybrid H9 M2" in commands(parts)


def test_a_part_that_is_installed(taken_over: Any, parts: Database) -> None:
    taken_over(
        {
            "components": [
                component("S1", "sensor", "installed", installed_position="Shelf 1", current_location="Box"),
                component("S2", "sensor", "installed"),
                component("M1", assembled_sensor_id="S1", current_location="Hall"),
                component("M2", "module", "installed", installed_position="Layer1_top_axial", assembled_sensor_id="S2"),
            ],
            "installation_history": [
                stay("S1", "Shelf 1", "2024-01-01"),
                stay("M2", "Layer1_top_axial", "2024-01-01"),
            ],
        }
    )
    part = detail(parts, "S1")
    assert (part["status"], part["place"], part["attributes"]) == ("spare", "Hall", {"current_location": "Box"})
    assert detail(parts, "S2")["via"] == "M2"
    assert list(rules(parts)) == ["installation_history 1"]


def test_ids_that_name_no_directory(taken_over: Any, parts: Database) -> None:
    names = ["HPK/12", "..\\x", ".hidden", "feb-1", "FEB-1", "x" * 300, "日" * 100, "two\nlines", " M1 ", "M1", ""]
    taken_over(
        {
            "components": [component(name, "other") for name in names],
            "test_results": [
                {"component_id": name, "test_date": "2024-01-01", "test_type": "visual"} for name in names
            ],
        }
    )
    found = [row["id"] for row in list_components(parts).rows]
    assert len(found) == len(names)
    for name in ("HPK-12", "-x", "hidden", "feb-1", "FEB-1-2", "two lines", "M1", "M1-2", "unnamed"):
        assert len(detail(parts, name)["tests"]) == 1
    assert len(findings(parts)) == len(names) - 2  # one was as it should be, and one after blanks were taken off
    for command in commands(parts):
        assert shlex.split(command)[0] == "svt"


def test_types_statuses_and_serial_numbers_that_are_not_known(taken_over: Any, parts: Database) -> None:
    taken_over(
        {
            "components": [
                component("A", "wire bonder", "broken", serial_number="7", manufacturer="HPK"),
                component("B", "", "", serial_number="7"),
                component("C", "wire bonder", serial_number="7", manufacturer="HPK"),
                {"id": "D", "type": "module"},
            ]
        }
    )
    assert (detail(parts, "A")["type"], detail(parts, "A")["status"]) == ("wire bonder", "incoming")
    assert (detail(parts, "B")["type"], detail(parts, "B")["serial"]) == ("other", "7")
    assert (detail(parts, "C")["serial"], detail(parts, "D")["status"]) == (None, "incoming")
    Component("E", "wire bonder").save(parts)
    assert len(findings(parts)) == 6


def test_values_that_are_not_what_their_columns_say(taken_over: Any, parts: Database) -> None:
    test = {"component_id": "M1", "test_date": "2024-01-01", "test_type": "iv_curve"}
    taken_over(
        {
            "components": [
                component("M1", attributes_json="{broken", notes=b"\xffbytes"),
                component("M2", attributes_json='[1, "a\\u0000b", NaN]', manufacturer="Universit\x00y"),
                component("M3", attributes_json='{"a": 1e999, "deep": {"b": "\\ud800"}}'),
            ],
            "test_results": [
                {**test, "voltage_measured": "60 V", "current_measured": "2.3e-6", "pass_fail": "maybe"},
                {**test, "measurements_json": "{broken", "temperature": 9e999, "pass_fail": "PASS"},
                {**test, "measurements_json": '{"voltage": 61, "": 1, "none": null}', "voltage_measured": 60},
                {**test, "measurements_json": "[1, 2]", "test_type": "x" * 200, "tested_by": "two\nlines"},
                {**test, "test_date": "yesterday", "pass_fail": 0, "noise_level": 1580.5},
                {**test, "test_date": None},
                {**test, "test_type": None, "test_conditions": '{"humidity": 3}'},
            ],
        }
    )
    kept = {row["uuid"]: row["measurements"] for row in detail(parts, "M1")["tests"]}
    assert {"voltage": "60 V", "current": 2.3e-6} in kept.values()
    assert {"temperature": "inf", "measurements_json": "{broken"} in kept.values()
    assert {"voltage": 60.0, "voltage (measurements_json)": 61.0, "unnamed": 1.0} in kept.values()
    assert detail(parts, "M1")["attributes"] == {"attributes_json": "{broken"}
    assert detail(parts, "M2")["attributes"] == {"attributes_json": [1, "a␀b", "nan"]}
    assert detail(parts, "M3")["attributes"] == {"a": "inf", "deep": {"b": "?"}}
    undated = next(row for row in findings(parts) if row["origin"] == "svt.db: test_results 5")
    assert undated["command"].startswith("svt test --type iv_curve --fail --set noise=1580.5 --date DATE -- M1 && ")
    text = next(row for row in findings(parts) if row["rule"] == "voltage_measured is a number")
    assert re.search(r"--supersedes [0-9a-f-]{36} ", text["command"])
    assert "--set voltage=NUMBER" in text["command"]


def test_connections_that_cannot_be(taken_over: Any, parts: Database) -> None:
    plug = {"component_a_id": "M1", "component_b_id": "F1", "installation_date": "2024-01-01"}
    adopted = taken_over(
        {
            "components": [component("M1"), component("M2"), component("F1", "feb"), component("C1", "cable")],
            "connections": [
                {**plug, "cable_id": "C1"},
                {**plug, "component_a_id": "M2", "cable_id": "C1"},
                {**plug, "component_a_id": "M2", "cable_id": "C8"},
                {**plug, "cable_id": "C1"},
                {**plug, "cable_id": "C9"},
                {**plug, "cable_id": "F1"},
                {**plug, "component_b_id": "M1"},
                {**plug, "component_b_id": None},
                {**plug, "installation_date": ""},
            ],
        }
    )
    assert adopted.tables["connections"].adopted == 3
    assert rules(parts)["connections 6"] == "M1 and F1 are connected, and by this row once more"
    assert "svt disconnect C1 && svt connect --cable C1 M2 F1" in commands(parts)
    assert "svt add --id C8 --type cable && svt disconnect M2 F1 && svt connect --cable C8 M2 F1" in commands(parts)


def test_log_entries_that_cannot_be(taken_over: Any, parts: Database) -> None:
    adopted = taken_over(
        {
            "components": [component("M1")],
            "maintenance_log": [
                entry("M1", "2024-01-02", "issue", "", resolved_date="2024-01-01", resolution="glued"),
                entry("M1", "2024-01-02", None, None, severity="x" * 200),
                entry("M1", "?", "note", "undated"),
                entry(None, "2024-01-02", "note", "of nothing"),
            ],
        }
    )
    assert adopted.tables["maintenance_log"].adopted == 2
    assert {log["text"] for log in detail(parts, "M1")["logs"]} == {"(no text)"}
    assert "svt log --type note M1 undated" in commands(parts)


def test_stays_that_overlap_in_the_past_are_kept_and_said(taken_over: Any, parts: Database) -> None:
    adopted = taken_over(
        {
            "components": [component("M1"), component("M2"), component("M3")],
            "installation_history": [
                stay("M1", "Layer1_top_axial", "2023-01-01", "2023-06-01"),
                stay("M2", "Layer1_top_axial", "2023-05-01", "2023-07-01"),
                stay("M2", "Layer2_top_axial", "2023-07-01", "2023-08-01"),
                stay("M3", "Layer2_top_axial", "2023-08-01", "2023-09-01"),
                stay("M3", "Layer3_top_axial", "2023-08-15", "2023-08-20"),
            ],
        }
    )
    assert adopted.tables["installation_history"].adopted == 5
    assert rules(parts) == {
        "installation_history 2": "M1 was in Layer1_top_axial until 2023-06-01, and by this row M2 was put into "
        "Layer1_top_axial at 2023-05-01",
        "installation_history 5": "M3 was in Layer2_top_axial until 2023-09-01, and by this row M3 was put into "
        "Layer3_top_axial at 2023-08-15",
    }


def test_a_type_in_other_letters_is_that_of_the_profile(taken_over: Any, parts: Database) -> None:
    taken_over({"components": [component("M1", "Module"), component("C1", "CABLE"), component("X1", "Widget")]})
    assert {row["id"]: row["type"] for row in list_components(parts).rows} == {
        "M1": "module",
        "C1": "cable",
        "X1": "Widget",
    }
    assert list(rules(parts)) == ["components X1"]


def test_a_measurement_nested_too_deep_is_kept_as_text(taken_over: Any, parts: Database, tmp_path: Path) -> None:
    deep = "[" * 50 + "]" * 50
    measured = {"component_id": "M1", "test_date": "2024-01-01", "test_type": "visual", "measurements_json": None}
    taken_over(
        {
            "components": [component("M1")],
            "test_results": [{**measured, "measurements_json": f'{{"deep": {deep}}}'}],
        }
    )
    target = export(parts, tmp_path / "out.json").target
    with Database(tmp_path / "again" / "parts.db") as again:
        import_export(again, read_export(target))
        assert verify(again) == []
        assert detail(again, "M1")["tests"][0]["measurements"] == detail(parts, "M1")["tests"][0]["measurements"]


def test_a_file_that_moved_with_its_directory_or_was_copied_is_found(parts: Database, tmp_path: Path) -> None:
    data = tmp_path / "old" / "test_data"
    (data / "2024").mkdir(parents=True)
    (data / "2024" / "iv.csv").write_bytes(b"0,1")
    (data / "loop.png").symlink_to(data / "loop.png")
    rows = {
        "components": [component("M1")],
        "test_results": [{"component_id": "M1", "test_date": "2024-01-01", "test_type": "visual"}],
        "test_files": [
            {"test_id": 1, "file_path": "/home/jo/.hps_svt_tracker/test_data/2024/iv.csv", "file_size": 3},
            {"test_id": 1, "file_path": "2024/iv.csv", "file_size": 9},
            {"test_id": 1, "file_path": "/home/jo/Desktop/plot.png"},
            {"test_id": 1, "file_path": "../elsewhere/data.csv"},
            {"test_id": 1, "file_path": "loop.png"},
        ],
    }
    old = reference_database(tmp_path / "old" / "svt.db", rows)
    assert adopt(parts, old, timezone="Europe/Berlin").tables["test_files"].adopted == 2
    said = rules(parts)
    assert said["test_files 2"] == "iv.csv has 3 bytes, and had 9 when it was attached"
    assert said["test_files 3"].startswith(f"/home/jo/Desktop/plot.png lies outside {data}; put it there")
    assert said["test_files 5"].startswith("loop.png is a link that leads back to itself")
    assert {row["command"] for row in findings(parts) if not row["adopted"]} == {
        f"svt adopt --data {data} --timezone Europe/Berlin {old}"
    }
    (data / "plot.png").write_bytes(b"plot")
    (data / "data.csv").write_bytes(b"data")
    assert adopt(parts, old, timezone="Europe/Berlin").tables["test_files"].adopted == 2
    assert list(rules(parts)) == ["test_files 2", "test_files 5"]
    assert verify(parts) == []


def test_files_that_are_lost_or_elsewhere(parts: Database, tmp_path: Path) -> None:
    data = tmp_path / "old" / "test_data"
    (data / "2024").mkdir(parents=True)
    (tmp_path / "secret.png").write_bytes(b"secret")
    (data / "link.png").symlink_to(tmp_path / "secret.png")
    (data / "here.png").write_bytes(b"here")
    paths = [
        "lost.png",
        "2024",
        "../../secret.png",
        str(tmp_path / "secret.png"),
        "link.png",
        "here.png",
        str(data / "here.png"),
        "test_data/here.png",
        "x" * 500,
        "",
    ]
    rows = {
        "components": [component("M1")],
        "test_results": [{"component_id": "M1", "test_date": "2024-01-01", "test_type": "visual"}],
        "test_files": [
            *({"test_id": 1, "file_path": path} for path in paths),
            {"test_id": 9, "file_path": "here.png"},
        ],
        "maintenance_log": [entry("M1", "2024-01-01", "note", "x", image_path="gone.png")],
        "component_images": [{"component_id": "M1", "image_path": "here.png"}],
    }
    old = reference_database(tmp_path / "old" / "svt.db", rows)
    adopted = adopt(parts, old)
    assert (adopted.tables["test_files"].adopted, adopted.tables["test_files"].waiting) == (3, 8)
    assert verify(parts) == []
    lost = next(row for row in findings(parts) if row["origin"] == "svt.db: test_files 1")
    assert "lost.png is not in" in lost["said"]
    assert lost["command"] == f"svt adopt --data {data} {old}"
    (data / "lost.png").write_bytes(b"found again")
    later = adopt(parts, old)
    assert (later.tables["test_files"].adopted, later.findings) == (1, 0)
    files = next(row["files"] for row in detail(parts, "M1")["tests"] if row["test_type"] == "visual")
    assert (parts.data_dir / files[-1]["path"]).read_bytes() == b"found again"
    assert lost["id"] not in {row["id"] for row in findings(parts)}
    assert verify(parts) == []


def test_times_that_came_twice_or_never(taken_over: Any, parts: Database) -> None:
    times = ["2024-11-03 01:30:00", "2024-03-10 02:30:00", "2024-11-03T01:30:00-04:00", "2124-01-01", "2024-07-01"]
    rows = [{"component_id": "M1", "test_date": time, "test_type": "visual"} for time in times]
    taken_over({"components": [component("M1")], "test_results": rows}, timezone="America/New_York")
    tested = {row["tested"].isoformat()[:19] for row in detail(parts, "M1")["tests"]}
    assert tested == {
        "2024-11-03T05:30:00",
        "2024-03-10T07:30:00",
        "2124-01-01T05:00:00",
        "2024-07-01T04:00:00",
    }
    assert rules(parts) == {
        "test_results 1": (
            "test_date 2024-11-03 01:30:00 came twice in America/New_York, for clocks were set back; the first is taken"
        ),
        "test_results 2": (
            "test_date 2024-03-10 02:30:00 never came in America/New_York, for clocks were set forward; "
            "07:30 UTC is taken"
        ),
        "test_results 4": "test_date 2124-01-01 has not come yet",
    }


def test_rows_without_a_key_and_tables_nobody_knows(taken_over: Any, parts: Database, tmp_path: Path) -> None:
    twice = [component("M1"), component("M1")]
    adopted = taken_over(
        {"components": twice, "maintenance_log": [entry("M1", "2024-01-01", "note", "x")] * 2}, keys=False
    )
    assert adopted.tables["components"].adopted == 2
    assert detail(parts, "M1-2")
    with closing(sqlite3.connect(tmp_path / "old/svt.db")) as base, base:
        base.execute('CREATE TABLE "odd ""name""" (x)')
        base.execute("ALTER TABLE components ADD COLUMN colour TEXT")
        base.execute("DROP TABLE component_images")
        base.execute("ALTER TABLE components DROP COLUMN serial_number")
        base.execute(
            "INSERT INTO components (id, type, installation_status, colour) VALUES ('X', 'feb', 'lost', 'red')"
        )
    later = adopt(parts, tmp_path / "old/svt.db")
    assert later.tables["components"].adopted == 1
    assert any("odd" in notice for notice in later.done.notices)


words = st.text(alphabet=st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["M1", "m1", "M2", "S1", "installed", "spare", "module", "sensor", "Layer1_top_axial", "FEB1", "2024-01-01", "{}"]
)
cells = st.none() | words | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.binary(max_size=8)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty tracker, to be copied: making the tables takes longer than everything else."""
    path = tmp_path_factory.mktemp("empty") / "parts.db"
    with Database(path) as database:
        database.initialize_schema()
    return path


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_in_it_every_row_is_accounted_for(
    data: st.DataObject, empty: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("any")
    shutil.copy(empty, place / "parts.db")
    rows: dict[str, list[dict[str, Any]]] = {}
    for table, columns in tables_of("newest").items():
        names = [column.split()[0] for column in columns if not column.startswith("id INTEGER")]
        rows[table] = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(names, cells)), max_size=4))
    old = reference_database(place / "old/svt.db", rows, keys=False)
    with Database(place / "parts.db") as parts:
        adopted = adopt(parts, old, timezone="Europe/Berlin")
        for table, given_rows in rows.items():
            count = adopted.tables.get(table)
            assert (count.rows if count else 0) == len(given_rows)
        assert verify(parts) == []
        assert adopt(parts, old, timezone="Europe/Berlin").done.event is None
