"""Completion in a shell: names come from the database, at once, and nothing that goes wrong is ever shown."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from commands import BIN, Done
from sample_databases import KINDS, fresh_database, locked

from scantrail.cli import main
from scantrail.tracker import Component, Database, TestResult, complete

Svt = Callable[..., Done]


def words(*given: str) -> list[str]:
    """What a shell offers for the last of these words, as click asks for it."""
    completion = ShellComplete(main._svt, {}, "svt", "_SVT_COMPLETE")
    return [item.value for item in completion.get_completions(list(given[:-1]), given[-1])]


def furnish(db: Database) -> None:
    for name, kind in (("MOD-1", "module"), ("mod-2", "module"), ("SENSOR-1", "sensor")):
        Component(name, kind, "spare", current_location="Lab > Shelf").save(db)
    TestResult("MOD-1", "x-ray").save(db)


@pytest.mark.parametrize("kind", KINDS)
def test_names_come_from_the_database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    with fresh_database(kind, request) as url, Database(url, tmp_path) as db:
        furnish(db)
        name = url.replace("+psycopg", "")
        assert complete(name, "component", "mod") == ["MOD-1", "mod-2"]
        assert complete(name, "component", "") == ["MOD-1", "mod-2", "SENSOR-1"]
        assert complete(name, "position", "LAYER1_top") == ["Layer1_top_axial", "Layer1_top_stereo"]
        assert complete(name, "location", "l") == ["Lab", "Lab > Shelf"]
        assert complete(name, "component_type", "mpod") == ["mpod_crate", "mpod_module"]
        assert complete(name, "test_type", "x") == ["x-ray"]
        assert complete(name, "component", "'; DROP TABLE component; --") == []


def test_what_cannot_be_read_completes_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("no database " * 500)
    for wrong in (
        tmp_path / "none.db",
        tmp_path / "notes",
        tmp_path,
        "mysql://x/y",
        "postgresql://x@127.0.0.1:1/y",
        "",
    ):
        assert complete(str(wrong), "component", "") == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes"]


def test_a_writer_keeps_nobody_from_completing(tmp_path: Path) -> None:
    with Database(tmp_path / "a.db") as db:
        furnish(db)
        with locked(tmp_path / "a.db"):
            assert complete(str(tmp_path / "a.db"), "component", "S") == ["SENSOR-1"]


def test_each_word_of_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SVT_DB", str(tmp_path / "a.db"))
    with Database(tmp_path / "a.db") as db, Database(tmp_path / "b.db", profile="osechi") as other:
        furnish(db)
        other.initialize_schema()
    assert words("sh") == ["show"]
    assert words("show", "s") == ["SENSOR-1"]
    assert words("install", "MOD-1", "layer7_bottom_stereo") == [
        "Layer7_bottom_stereo_hole",
        "Layer7_bottom_stereo_slot",
    ]
    assert words("list", "--type", "m") == ["module", "mpod_crate", "mpod_module"]
    assert words("list", "--status", "re") == ["repair", "retired"]
    assert words("list", "--location", "") == ["Lab", "Lab > Shelf"]
    assert words("--db-path", str(tmp_path / "b.db"), "list", "--type", "") == ["board", "detector", "layer", "other"]
    assert words("limit", "module", "vis") == ["visual"]
    assert words("log", "MOD-1", "text", "--type", "is") == ["issue"]


def commands(group: click.Group) -> list[click.Command]:
    context = click.Context(group)
    return [command for name in group.list_commands(context) if (command := group.get_command(context, name))]


def test_no_id_type_status_or_place_is_left_to_memory() -> None:
    """Whatever names something in the database is completed, in every command."""
    named = {"ID", "[ID]", "A[:PORT]", "B[:PORT]", "[B[:PORT]]", "TYPE", "STATUS", "position", "location"}
    for command in commands(main._svt):
        for parameter in command.params:
            if (parameter.metavar or parameter.name) in named:
                assert parameter._custom_shell_complete is not None, (command.name, parameter.name)


@pytest.mark.parametrize(("program", "line"), [("svt", "svt show MO"), ("scantrail", "scantrail parts show MO")])
def test_a_shell_is_answered_without_loading_sqlalchemy(
    program: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SVT_DB", str(tmp_path / "a.db"))
    with Database(tmp_path / "a.db") as db:
        furnish(db)
    asked = {
        f"_{program.upper()}_COMPLETE": "zsh_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": str(len(line.split()) - 1),
        "PYTHONPROFILEIMPORTTIME": "1",
    }
    done = subprocess.run(
        [BIN / program], env={**os.environ, **asked}, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout.split() == ["plain", "MOD-1", "_", "plain", "mod-2", "_"]
    loaded = {each.rpartition("|")[2].strip() for each in done.stderr.splitlines()}
    assert "sqlite3" in loaded
    assert not {"sqlalchemy", "rich", "pydantic"} & loaded


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_a_shell(shell: str) -> None:
    command = [sys.executable, "-c", "import sys; sys.argv[0] = 'svt'; from scantrail.cli.main import svt; svt()"]
    asked = {**os.environ, "_SVT_COMPLETE": f"{shell}_source"}
    done = subprocess.run(command, env=asked, capture_output=True, text=True, check=True, timeout=30)
    assert "_SVT_COMPLETE" in done.stdout
