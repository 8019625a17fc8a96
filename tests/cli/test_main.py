"""The roots: help imports nothing heavy, errors are one sentence, an output that cannot be written is one too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("pydantic", "sqlalchemy", "numpy", "rich", "serial", "alembic", "matplotlib", "importlib.metadata")


@pytest.mark.parametrize("root", ["scantrail", "haniwers"])
def test_help_loads_no_command_and_nothing_heavy(root: str) -> None:
    script = (
        "import sys; sys.argv = ['x', '--help']\n"
        f"from scantrail.cli.main import {root}\n"
        f"try: {root}()\n"
        f"except SystemExit: print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert "threshold" in done.stdout


def test_version() -> None:
    done = subprocess.run([sys.executable, "-m", "scantrail", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("scantrail, version 0.")


def test_an_unknown_command_is_wrong_usage() -> None:
    done = subprocess.run([sys.executable, "-m", "scantrail", "treshold"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "treshold" in done.stderr


def test_a_full_output_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "scantrail", "runs", "list", "--json"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert done.returncode == 1
    assert done.stderr == "Error: the output: No space left on device\n"


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
def test_a_name_that_the_terminal_cannot_show_is_escaped(encoding: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scantrail", "threshold", "parallel", "--mock", "--nsteps", "1", "--duration", "1"]
    workspace = tmp_path / os.fsdecode("µ".encode() + b"\xff")
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run(
        [*command, "--speed", "100", "--workspace", workspace], capture_output=True, env=environment, check=False
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (0, False), done.stderr
    assert rb"\udcff" in done.stdout
    assert len(list(workspace.glob("*.csv"))) == 4
