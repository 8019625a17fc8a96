"""What reaches a terminal: colours, one page of a long list, and nothing that people typed as an order."""

import os
import pty
import re
import subprocess
from pathlib import Path

import pytest
from commands import BIN

from scantrail.tracker import Component, Database

COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7])m")


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """A database with 60 modules in two statuses."""
    path = tmp_path / "parts.db"
    with Database(path) as db:
        for number in range(60):
            Component(f"M{number:02}", "module", "spare" if number % 2 else "failed").save(db)
    return path


def on_terminal(*arguments: str, **environment: str) -> str:
    """What `svt` writes to a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    terminal = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "LANG": "C.UTF-8"}
    hidden = ("NO_COLOR", "FORCE_COLOR", "COLORTERM")
    inherited = {name: value for name, value in os.environ.items() if name not in hidden}
    process = subprocess.Popen(
        [BIN / "svt", *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=inherited | terminal | environment
    )
    os.close(theirs)
    said = b""
    try:
        while chunk := os.read(ours, 1 << 16):
            said += chunk
    except OSError:  # how a terminal says that nobody is left
        pass
    os.close(ours)
    assert process.wait(30) == 0
    return said.decode()


def piped(*arguments: str) -> str:
    done = subprocess.run([BIN / "svt", *arguments], capture_output=True, text=True, check=True, timeout=30)
    return done.stdout


def test_colours_are_for_a_terminal_alone(many: Path) -> None:
    said = on_terminal("--db-path", str(many), "list")
    assert "\x1b[32mspare" in said
    assert "\x1b[31mfailed" in said
    assert not COLOUR.search(on_terminal("--db-path", str(many), "list", NO_COLOR="1"))
    assert "\x1b" not in on_terminal("--db-path", str(many), "list", TERM="dumb")
    assert "\x1b" not in piped("--db-path", str(many), "list")
    assert "\x1b" not in on_terminal("--db-path", str(many), "list", "--json")


def test_a_long_list_is_one_page(many: Path) -> None:
    said = on_terminal("--db-path", str(many), "list")
    assert len(re.findall(r"\bM\d\d\b", said)) == 50
    assert "Components 1 to 50 of 60; --page 2 shows the next." in said
    rest = on_terminal("--db-path", str(many), "list", "--page", "2")
    assert re.findall(r"\bM\d\d\b", rest) == [f"M{number}" for number in range(50, 60)]
    assert "Components 51 to 60 of 60." in rest


def test_every_line_fits_and_no_word_is_an_order(tmp_path: Path) -> None:
    path, nasty = str(tmp_path / "parts.db"), "\x1b]0;title\x07\x1b[2J\u202e[red]text"
    long = "x" * 300
    with Database(path) as db:
        Component("M1", "module", "spare", manufacturer=nasty, notes=long, attributes={nasty: long}).save(db)
    for command in (["show", "M1"], ["list"], ["history", "M1"]):
        said = on_terminal("--db-path", path, *command)
        plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
        assert not {"\x1b", "\x07", "\u202e"} & set(plain)
        assert max(map(len, plain.splitlines())) <= 80
    assert "[red]text" in plain or "[red]text" in on_terminal("--db-path", path, "list")
