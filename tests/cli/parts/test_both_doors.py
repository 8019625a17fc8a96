"""`svt` and `scantrail parts` are one tree: the same commands, options, words, exit codes and database."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from commands import BIN

from scantrail.cli import main
from scantrail.tracker import Component, Database, TestResult, install_component

STEPS = (
    "add --id M1 --type module --manufacturer HPK --location Lab",
    "install M1 Layer1_top_axial --run-period 2025",
    "install M1 Layer1_top_axial",
    "list --status nothing",
    "show M1",
    "summary --json",
)


def test_each_command_is_the_same_object_of_both() -> None:
    parts = main.SCANTRAIL["parts"]
    assert (parts[0], parts[1]) == ("main", "_parts")
    for name in main.PARTS:
        context = click.Context(main._svt)
        assert main._svt.get_command(context, name) is main._parts.get_command(context, name)
    shared = {parameter.name for parameter in main._svt.params} - {"version"}
    assert shared == {parameter.name for parameter in main._parts.params} == {"db_path", "profile"}


@pytest.mark.timeout(120)
def test_as_processes_they_do_the_same(tmp_path: Path) -> None:
    said = {}
    for program in (("svt",), ("scantrail", "parts")):
        path = tmp_path / "-".join(program) / "parts.db"
        said[program] = []
        for step in STEPS:
            command = [BIN / program[0], *program[1:], "--db-path", path, *step.split()]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
            text = re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "now", done.stdout + done.stderr)
            said[program].append((step, done.returncode, text.replace(str(path.parent), "here")))
    assert said["svt",] == said["scantrail", "parts"]
    assert [code for _, code, _ in said["svt",]] == [0, 0, 1, 2, 0, 0]


def test_reading_commands_load_what_they_read(tmp_path: Path) -> None:
    """A command pays for what it does: none of what others need, nor another database's dialect."""
    with Database(tmp_path / "parts.db") as db:
        Component("M1", "module", "spare").save(db)
        TestResult("M1", "iv_curve", True, {"current": 2.3e-6}).save(db)
        install_component("M1", "Layer1_top_axial", db=db)
    script = (
        "import sys; sys.argv = ['svt', *sys.argv[1:]]\n"
        "from scantrail.cli.main import svt\n"
        "try: svt()\n"
        "except SystemExit as ended: code = ended.code\n"
        "heavy = ('alembic', 'numpy', 'pydantic', 'scantrail.runs', 'scantrail.acquire', 'difflib',\n"
        "    'sqlalchemy.orm', 'sqlalchemy.dialects.postgresql')\n"
        "print([name for name in heavy if name in sys.modules], code)"
    )
    for arguments in (["show", "M1"], ["list"], ["summary"], ["positions"], ["history", "M1"], ["at", "2100-01-01"]):
        command = [sys.executable, "-c", script, "--db-path", tmp_path / "parts.db", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        assert done.stdout.splitlines()[-1] == "[] 0", arguments


def test_help_of_the_tracker_is_quick() -> None:
    """Nothing heavy is loaded for help, whichever command it is of."""
    script = (
        "import sys; sys.argv = ['svt', *sys.argv[1:]]\n"
        "from scantrail.cli.main import svt\n"
        "try: svt()\n"
        "except SystemExit: print([name for name in ('sqlalchemy', 'rich', 'pydantic') if name in sys.modules])"
    )
    for arguments in (["--help"], ["show", "--help"], ["test", "--help"]):
        command = [sys.executable, "-c", script, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
        assert done.stdout.splitlines()[-1] == "[]"
