"""Everything out and in again: an equal tracker, nothing that a spreadsheet would run, nothing overwritten."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reference_databases import a_laboratory, component, entry, reference_database
from sample_databases import KINDS, fresh_database

from scantrail.errors import InputError, OutputError, ProfileError, Refused, VerifyError
from scantrail.tracker import (
    Component,
    Database,
    TestResult,
    add_maintenance_log,
    adopt,
    assemble_module,
    at,
    connect_components,
    detail,
    disassemble_module,
    disconnect_components,
    export,
    findings,
    import_export,
    import_table,
    install_component,
    list_components,
    move_component,
    read_export,
    remove_component,
    resolve_log,
    set_limit,
    undo,
    verify,
)
from scantrail.tracker.transfer.sheets import SHEETS, rows_of

FORMS: list[tuple[str, Literal["csv", "json"]]] = [("out", "csv"), ("out", "json"), ("out.json", "csv")]


@pytest.fixture(params=KINDS)
def full(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A tracker with something of everything, on SQLite and on PostgreSQL."""
    with fresh_database(request.param, request) as url, Database(url, tmp_path / "full_data") as database:
        fill(database, tmp_path)
        yield database


def fill(database: Database, place: Path) -> None:
    """Do everything that there is to do, also what is undone."""
    rows = {**a_laboratory("newest", place / "old/test_data")}
    rows["components"] = [*rows["components"], component("A/B", "wire bonder", serial_number="=7")]
    rows["maintenance_log"] = [*rows["maintenance_log"], entry("F9", "2024-01-01", "note", "of nothing")]
    adopt(database, reference_database(place / "old/svt.db", rows), timezone="UTC")
    attributes = {"=cmd|' /C calc'!A0": "-1+1", "n": 1, "x": 1.5, "t": "1.5", "l": [1, "a"], "none": None, " b ": ""}
    Component("M2", "module", manufacturer="@home", notes="line\r\nbreak\t", attributes=attributes).save(database)
    Component("S2", "sensor", serial_number="+1", current_location="-shelf").save(database)
    assemble_module("M2", "S2", notes="'quoted'", db=database)
    disassemble_module("M2", db=database)
    assemble_module("M2", "S2", db=database)
    set_limit("module", "iv_curve", "current", high=1e-6, source="=paper", db=database)
    (place / "a b.png").write_bytes(b"picture")
    first = TestResult("M2", "iv_curve", True, {"current": 2e-6, "who": "=me", "list": [1]}, images=[place / "a b.png"])
    first.save(database)
    TestResult("M2", "iv_curve", None, {"current": 1e-300}, supersedes=first.uuid).save(database)
    install_component("M2", "Layer2_top_axial", run_period="=run", db=database)
    remove_component("M2", location="@lab", outcome="degraded", db=database)
    move_component("M2", "Hall", db=database)
    connect_components("M2:=1", "F1:2", db=database)
    disconnect_components("M2:=1", db=database)
    add_maintenance_log("M2", "\ttab", "issue", severity="minor", db=database)
    resolve_log(1, "", db=database)
    Component("X1", "other").save(database)
    undo(database)


def content(database: Database) -> dict[str, Any]:
    """All that is kept: of each sheet every row; and what people see of each component."""
    with database.read() as connection:
        sheets = {sheet.name: rows_of(connection, sheet) for sheet in SHEETS}
    shown = {row["id"]: detail(database, row["id"]) for row in list_components(database, size=1000).rows}
    return {"sheets": sheets, "shown": shown, "findings": findings(database, everything=True)}


@pytest.mark.parametrize(("name", "form"), FORMS)
def test_an_export_comes_back_equal(
    full: Database, name: str, form: Literal["csv", "json"], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    exported = export(full, tmp_path / name, form)
    assert (exported.rows["components"], exported.files) == (8, 5)
    kind = full.store.engine.dialect.name
    with fresh_database(kind, request) as url, Database(url + ".2" * (kind == "sqlite"), tmp_path / "other") as copy:
        assert import_export(copy, read_export(tmp_path / name), dry_run=True).event is None
        assert (list_components(copy).total, list((tmp_path / "other").rglob("*.png"))) == (0, [])
        done = import_export(copy, read_export(tmp_path / name))
        assert verify(copy) == []
        assert content(copy) == content(full)
        assert import_export(copy, read_export(tmp_path / name)).event is None
        assert [row["id"] for row in at(copy, done.time)] == [row["id"] for row in list_components(full).rows]
        Component("N1", "module").save(copy)  # the numbers go on
        TestResult("N1", "visual").save(copy)
        add_maintenance_log("N1", "new", db=copy)
        assert verify(copy) == []


@pytest.fixture
def out(db: Database, tmp_path: Path) -> Path:
    """An export of a small tracker."""
    (tmp_path / "a.png").write_bytes(b"picture")
    TestResult("M1", "visual", images=[tmp_path / "a.png"]).save(db)
    return export(db, tmp_path / "out").target


def test_no_cell_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    with Database(tmp_path / "parts.db") as database:
        fill(database, tmp_path)
        target = export(database, tmp_path / "out").target
    for path in target.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert [
            cell for cell in cells if cell[:1] in set("=@\t\r") or (cell[:1] in set("+-") and not number(cell))
        ] == []


def number(cell: str) -> bool:
    return cell.lstrip("+-").replace(".", "").replace("e-", "").isdigit()


@pytest.mark.parametrize("name", ["components", "tests", "installations", "connections"])
def test_a_sheet_of_an_export_is_a_table_to_import(name: str, tmp_path: Path) -> None:
    with Database(tmp_path / "parts.db") as database:
        fill(database, tmp_path)
        before = content(database)
        target = export(database, tmp_path / "out").target
        assert import_table(database, target / f"{name}.csv").done.event is None
        assert content(database) == before


def test_nothing_is_overwritten(db: Database, out: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="never overwrites"):
        export(db, out)
    (tmp_path / "one_files").mkdir()
    with pytest.raises(Refused, match="one_files exists"):
        export(db, tmp_path / "one.json")
    with pytest.raises(InputError, match="one table"):
        export(db, tmp_path / "one.csv")
    with pytest.raises(OutputError):
        export(db, tmp_path / "a.png" / "below")
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize("name", ["full", "full.json"])
def test_a_full_disk_is_said_and_leaves_nothing(
    name: str, db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("scantrail.tracker.transfer.exporting.json.dump", fail)
    with pytest.raises(OutputError, match=f"/{name} cannot be written: No space left on device"):
        export(db, tmp_path / name)
    assert not [path for path in tmp_path.iterdir() if "full" in path.name]


def test_a_lost_or_altered_file_is_said_and_nothing_written(db: Database, out: Path, tmp_path: Path) -> None:
    (file,) = db.data_dir.rglob("*.png")
    file.write_bytes(b"altered")
    with pytest.raises(VerifyError, match="altered"):
        export(db, tmp_path / "second")
    file.unlink()
    with pytest.raises(VerifyError, match="missing"):
        export(db, tmp_path / "second")
    assert not (tmp_path / "second").exists()
    (kept,) = out.rglob("*.png")
    kept.unlink()
    with Database(tmp_path / "new/parts.db") as new, pytest.raises(VerifyError, match="missing or altered"):
        import_export(new, read_export(out))


def test_an_export_goes_into_an_empty_database_of_its_profile(db: Database, out: Path, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is not empty"):
        import_export(db, read_export(out))
    with Database(tmp_path / "o/parts.db", profile="osechi") as other:
        other.initialize_schema()
        with pytest.raises(Refused, match="another profile"):
            import_export(other, read_export(out))
    other = Database(tmp_path / "o/parts.db", profile=read_export(out).profile)
    with pytest.raises(ProfileError, match="keeps the profile osechi, not hps-svt"):
        other.initialize_schema()


def test_a_sheet_that_was_altered_is_refused(out: Path) -> None:
    path = out / "components.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Shelf", "Attic"), encoding="utf-8")
    with pytest.raises(VerifyError, match=r"components\.csv is not as it was exported"):
        read_export(out)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", '{"format": 1, "version": 1}', "[" * 100_000, "\udc80"])
def test_what_is_no_export_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8", errors="surrogateescape")
    with pytest.raises(InputError):
        read_export(tmp_path / "a.json")
    with pytest.raises(InputError, match="holds no export"):
        read_export(tmp_path)


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        ("files", 0, "path", "../../stolen.png"),
        ("files", 0, "path", None),
        ("files", 0, "size", "many"),
        ("components", 0, "status", "broken"),
        ("components", 0, "created", "yesterday"),
        ("components", 0, "colour", "red"),
        ("tests", 0, "component", "M9"),
        ("tests", 0, "stated", 7),
        ("tests", 0, "measurements", {"x": "\u0000"}),
    ],
)
def test_an_export_that_was_forged_is_refused_whole(
    table: str, row: int, column: str, value: object, db: Database, tmp_path: Path
) -> None:
    (tmp_path / "a.png").write_bytes(b"picture")
    TestResult("M1", "visual", images=[tmp_path / "a.png"]).save(db)
    path = export(db, tmp_path / "one.json").target
    document = json.loads(path.read_text())
    document["tables"][table][row][column] = value
    path.write_text(json.dumps(document))
    with Database(tmp_path / "new/parts.db") as new:
        with pytest.raises((InputError, Refused, VerifyError)):
            import_export(new, read_export(path))
        assert list_components(new).total == 0
        assert not list(new.data_dir.rglob("*.png"))
    assert not (tmp_path / "stolen.png").exists()


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty tracker, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "parts.db"
    with Database(path) as database:
        database.initialize_schema()
    return path


@given(
    fields=st.fixed_dictionaries({"manufacturer": texts, "notes": texts}),
    attributes=st.dictionaries(texts, values, max_size=3),
    measurements=st.dictionaries(st.text("abc=+-@ ", min_size=1).filter(str.strip), values, max_size=3),
    log=texts.filter(str.strip),
    form=st.sampled_from(["csv", "json"]),
)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_people_write_comes_back(
    fields: dict[str, str],
    attributes: dict[str, Any],
    measurements: dict[str, Any],
    log: str,
    form: Literal["csv", "json"],
    empty: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    place = tmp_path_factory.mktemp("any")
    for name in ("a.db", "b.db"):
        shutil.copy(empty, place / name)
    with Database(place / "a.db") as database, Database(place / "b.db", place / "b") as copy:
        Component("M1", "module", attributes=attributes, **fields).save(database)
        TestResult("M1", "visual", measurements=measurements, notes=log).save(database)
        add_maintenance_log("M1", log, db=database)
        import_export(copy, read_export(export(database, place / "out", form).target))
        assert content(copy) == content(database)
        assert verify(copy) == []
