"""Any text in any place of any command: done or refused in a sentence, never a traceback, never an order obeyed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from commands import Done

from scantrail.cli import main
from scantrail.tracker import Component, Database, verify

Svt = Callable[..., Done]

# no NUL: no command line can hold one
HOSTILE = (
    "",
    "'; DROP TABLE component; --",
    "../../../etc/passwd\n/",
    "\x1b[2J\x1b]0;title\x07 \u202egnp.exe 🚀",
    "%s %(x)s {0} :name [bold]x",
    "x" * 200_000,
    "\udcff\udcfe",
    "{" * 5000,
)

# what each command needs besides the one word that is tried
NEEDED: dict[str, tuple[str, ...]] = {
    "add": ("--id", "M1"),
    "assemble": ("M1",),
    "at": ("2030-01-01",),
    "blocks": ("M1",),
    "comment": ("M1", "text"),
    "connect": ("M1", "M2"),
    "connections": (),
    "disassemble": ("M1",),
    "disconnect": ("M1", "M2"),
    "findings": (),
    "history": ("M1",),
    "install": ("M1", "Layer1_top_axial"),
    "limit": ("module", "iv_curve", "current"),
    "list": (),
    "locations": (),
    "log": ("M1", "text"),
    "move": ("M1", "Lab"),
    "plot": ("M1", "iv_curve", "current"),
    "positions": (),
    "record": ("1",),
    "remove": ("M1",),
    "search": ("M1",),
    "show": ("M1",),
    "summary": (),
    "test": ("M1", "--type", "visual"),
    "update": ("M1",),
    "update-profile": ("hps-svt",),
}
FILES = {
    "adopt",
    "export",
    "import",
    "label",
    "sync",
    "backup",
    "restore",
    "new-profile",
    "init",
    "verify",
    "test-types",
    "undo",
}


def tries(command: click.Command, needed: tuple[str, ...], text: str) -> Iterator[tuple[str, ...]]:
    """The lines of a command with this text in each of its places by turns."""
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.is_flag and not parameter.multiple:
            yield (*needed, f"{parameter.opts[0]}={text}")
        elif isinstance(parameter, click.Option) and parameter.multiple:
            yield (*needed, f"{parameter.opts[0]}={text}")
            yield (*needed, f"{parameter.opts[0]}={text}=1")
            yield (*needed, f"{parameter.opts[0]}=x={text}")
    for place, word in enumerate(needed):
        if place == len(needed) - 1:
            yield (*needed[:place], "--", text)
        elif not word.startswith("-"):
            yield (*needed[:place], text, *needed[place + 1 :])


@pytest.fixture
def bench(svt: Svt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Svt:
    monkeypatch.setenv("SVT_DB", str(tmp_path / "parts.db"))
    monkeypatch.chdir(tmp_path)
    with Database(tmp_path / "parts.db") as db:
        for name in ("M1", "M2"):
            Component(name, "module", "spare").save(db)
        Component("S1", "sensor", "spare").save(db)
    return svt


@pytest.mark.parametrize("name", NEEDED)
def test_any_text_in_any_place(name: str, bench: Svt, tmp_path: Path) -> None:
    command = main._svt.get_command(click.Context(main._svt), name)
    assert command is not None
    for text in HOSTILE:
        for line in tries(command, NEEDED[name], text):
            done = bench(name, *line)
            assert done.code in (0, 1, 2), (name, line)
            shown = done.out + ("" if done.err.startswith("Usage") else done.err)
            assert not {"\x1b", "\x07", "\u202e", "\0"} & set(shown), (name, line, shown)
            assert len(shown) < 20_000, (name, line)
    with Database(tmp_path / "parts.db") as db:
        assert verify(db) == []
        assert Component.get("M2", db) is not None
    outside = [path for path in tmp_path.rglob("*") if path.is_file() and "parts.db" not in path.name]
    assert outside == []


def test_every_command_is_tried() -> None:
    assert set(main.PARTS) <= set(NEEDED) | FILES
