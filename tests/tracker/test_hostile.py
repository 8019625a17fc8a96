"""Text from people is text: stored and shown as such, never a path, a query or a command to the terminal."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scantrail.errors import AlreadyExists, InputError, ScantrailError
from scantrail.tracker import (
    Component,
    Database,
    TestResult,
    add_maintenance_log,
    assemble_module,
    at,
    connect_components,
    detail,
    history,
    install_component,
    list_components,
    list_positions,
    remove_component,
    resolve_log,
    set_limit,
    verify,
)

NASTY = [
    "'; DROP TABLE component; --",
    '"><script>alert(1)</script>',
    "../../etc/passwd",
    "line\nbreak\ttab",
    "\x1b[31mred\x1b[0m\x1b]0;title\x07",
    "\u202egnp.exe",
    "🚀 ünïcödé",
    "[bold]markup[/bold]",
    "%s %(x)s {0} :name",
    "x" * 10_000_000,
]


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_text_is_stored_as_it_is(any_db: Database, text: str) -> None:
    Component("X1", "module", manufacturer=text, notes=text, attributes={text: [text]}).save(any_db)
    TestResult("X1", "iv_curve", measurements={"note": text}, notes=text).save(any_db)
    add_maintenance_log("X1", text, db=any_db)
    assemble_module("X1", "S1", notes=text, db=any_db)
    install_component("X1", "Layer0_top_axial", notes=text, db=any_db)
    remove_component("X1", reason=text, db=any_db)
    found = detail(any_db, "X1")
    assert (found["manufacturer"], found["notes"], found["attributes"]) == (text.strip(), text, {text: [text]})
    assert found["tests"][0]["measurements"] == {"note": text}
    assert found["logs"][-1]["text"] == text
    assert verify(any_db) == []


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_names_stay_inside_or_are_refused(db: Database, text: str, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"x")
    for attempt in (
        lambda: Component(text, "module", serial_number=text, current_location=text).save(db),
        lambda: TestResult(text, text, images=[tmp_path / "a.png"]).save(db),
        lambda: TestResult("M1", text, images=[tmp_path / "a.png"]).save(db),
        lambda: install_component("C1", text, run_period=text, installed_by=text, db=db),
        lambda: connect_components(f"M1:{text}", "M2", cable="C2", db=db),
    ):
        try:
            attempt()
        except ScantrailError as error:
            assert "database refuses" not in str(error)
    inside = set(tmp_path.rglob("*.png")) - {tmp_path / "a.png"}
    assert all(path.resolve().is_relative_to(db.data_dir) for path in inside)
    assert verify(db) == []


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_database_keeps_is_refused(any_db: Database, text: str) -> None:
    with pytest.raises(InputError):
        Component("X1", "module", notes=text).save(any_db)
    with pytest.raises(InputError):
        Component("X1", "module", attributes={"a": [text]}).save(any_db)


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_database_keeps_is_not_found_either(any_db: Database, text: str) -> None:
    asked = (
        lambda: detail(any_db, text),
        lambda: history(any_db, text),
        lambda: at(any_db, datetime.now(UTC), kind=text),
        lambda: list_components(any_db, kind=text),
        lambda: list_components(any_db, location=text),
        lambda: list_positions(any_db, run_period=text),
        lambda: connect_components(text, f"M1:{text}", db=any_db),
        lambda: TestResult("M1", "visual", supersedes=text).save(any_db),
        lambda: TestResult("M1", "visual", run_uid=text).save(any_db),
        lambda: TestResult("M1", "visual", tested_by=text).save(any_db),
        lambda: TestResult("M1", text).save(any_db),
        lambda: TestResult("M1", "visual", text).save(any_db),  # type: ignore[arg-type]
        lambda: TestResult("M1", "visual", measurements={text: 1}).save(any_db),
        lambda: TestResult("M1", "visual", measurements={"x": 10**5000}).save(any_db),
        lambda: set_limit("module", "visual", text, high=1, db=any_db),
    )
    for ask in asked:
        with pytest.raises(ScantrailError):
            ask()
    assert Component.get(text, any_db) is None
    assert verify(any_db) == []


def test_a_refusal_shows_what_was_typed_as_text(db: Database) -> None:
    add_maintenance_log("M1", "noisy", "issue", db=db)
    resolve_log(1, NASTY[4], db=db)
    command = [sys.executable, "-c", "from scantrail.cli.main import svt; svt()", "--db-path", db.name]
    done = subprocess.run([*command, "log", "--resolve", "1", "x"], capture_output=True, text=True, check=False)
    assert (done.returncode, "\x1b" in done.stderr) == (1, False)
    assert "is resolved already: ␛[31mred" in done.stderr


def test_an_id_is_found_however_its_accents_are_typed(any_db: Database) -> None:
    Component("Sensor-\u00e9", "sensor").save(any_db)
    assert detail(any_db, "SENSOR-e\u0301")["id"] == "Sensor-\u00e9"
    with pytest.raises(AlreadyExists):
        Component("Sensor-e\u0301", "sensor").save(any_db)


@pytest.mark.parametrize("mark", ["\u200b", "\u202e", "\u00ad"])
def test_an_id_holds_nothing_invisible(db: Database, mark: str) -> None:
    with pytest.raises(InputError, match="invisible character"):
        Component(f"M{mark}1", "module").save(db)


def test_no_escape_sequence_reaches_the_terminal(db: Database) -> None:
    for text in NASTY:
        add_maintenance_log("M1", text, db=db)
    Component("X1", "module", manufacturer="\x1b[2J", notes=NASTY[4], current_location="[red]x").save(db)
    code = "from scantrail.cli.main import svt; svt()"
    for arguments in (["show", "M1"], ["show", "X1"], ["list"], ["history", "M1"]):
        command = [sys.executable, "-c", code, "--db-path", db.name, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)
        assert len(done.stdout) < 100_000
    done = subprocess.run([*command[:-2], "show", "M1", "--json"], capture_output=True, text=True, check=True)
    assert [log["text"] for log in json.loads(done.stdout)["logs"]] == NASTY[::-1]
