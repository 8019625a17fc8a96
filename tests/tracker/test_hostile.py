"""Text from people is text: stored and shown as such, never a path, a query or a command to the terminal."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scantrail.errors import InputError, ScantrailError
from scantrail.tracker import (
    Component,
    Database,
    TestResult,
    add_maintenance_log,
    assemble_module,
    connect_components,
    detail,
    install_component,
    remove_component,
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
