"""Every block of code in README.md and docs/ runs as printed; the blocks of a page share a home and a directory.

    ```python     runs in one namespace a page
    ```bash       runs whole, and must end with 0
    ```console    each `$ command` runs; if output is shown under it, it must match (`...` stands for anything)

`<!-- exit: 3 -->` before a block is the exit code its last command must have. `<!-- skip: next -->` leaves a block out.
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sybil import Document, Example
from sybil.parsers.myst import CodeBlockParser, PythonCodeBlockParser, SkipParser

pytestmark = pytest.mark.usefixtures("without_coverage")
"""What these pages run is measured by the tests of the commands; here it would only take longer."""

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = [page for page in PAGES if "_build" not in page.parts]

BLOCK_SECONDS = 120
MARK = "@@exit"
EXIT = re.compile(r"<!-- exit: (\d+) -->\s*\Z")


@dataclass
class Shell:
    """Runs blocks in bash; what one block exports, or where it changes to, holds for the next."""

    place: Path
    groups: list[int] = field(default_factory=list)

    def run(self, script: str) -> str:
        """Run a script to its end, which background processes may outlive, and return what it wrote."""
        state, output = self.place / "state", self.place / "output"
        after = f"{{ export -p; printf 'cd %q\\n' \"$PWD\"; }} > '{state}'"
        whole = f"[ -f '{state}' ] && . '{state}'\ntrap \"{escape(after)}\" EXIT\n{script}"
        with output.open("w") as said:
            shell = subprocess.Popen(
                ["bash", "-c", whole],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                env={**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "COLUMNS": "100"},
            )
            self.groups.append(shell.pid)
            try:
                code = shell.wait(BLOCK_SECONDS)
            except subprocess.TimeoutExpired:
                self.close()
                shell.wait()
                return f"{output.read_text()}\n{MARK} timeout\n"
        return f"{output.read_text()}\n{MARK} {code}\n"

    def close(self) -> None:
        """End what the blocks left running in the background."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            self.groups = [group for group in self.groups if tell(group, number)]
            deadline = time.monotonic() + 5
            while self.groups and time.monotonic() < deadline:
                self.groups = [group for group in self.groups if tell(group, 0)]
                time.sleep(0.02)


def tell(group: int, number: int) -> bool:
    """Send a signal to a process group; False if nobody is left in it."""
    with suppress(ProcessLookupError):
        os.killpg(group, number)
        return True
    return False


def escape(text: str) -> str:
    """Make text safe inside double quotes in bash."""
    return re.sub(r'([\\"$`])', r"\\\1", text)


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Split a console block into (command, output shown under it); `> ` or a final backslash continues a command."""
    command, shown = "", []
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, "\n".join(shown)
            command, shown = line[2:], []
        elif not shown and command and (line.startswith("> ") or command.endswith("\\")):
            command += "\n" + line.removeprefix("> ")
        else:
            shown.append(line)
    if command:
        yield command, "\n".join(shown)


def matches(shown: str, said: str) -> bool:
    """Whether the output is as shown; `...` or `…` stands for anything, blanks at the end of a line for nothing."""
    wanted, got = ("\n".join(line.rstrip() for line in text.strip().splitlines()) for text in (shown, said))
    pattern = ".*".join(re.escape(part) for part in re.split(r"\.\.\.|…", wanted))
    return re.fullmatch(pattern, got, re.DOTALL) is not None


def wanted_exit(example: Example) -> str:
    found = EXIT.search(example.document.text[: example.start])
    return found[1] if found else "0"


def evaluate_bash(example: Example) -> str | None:
    said, code = example.namespace["shell"].run(f"set -e\n{example.parsed}").rsplit(f"\n{MARK} ", 1)
    return None if code.strip() == wanted_exit(example) else f"exit {code.strip()}\n{said}"


def evaluate_console(example: Example) -> str | None:
    steps = list(commands(example.parsed))
    if not steps:
        return "a console block without a line that starts with '$ '"
    script = "".join(f"{command}\nprintf '\\n{MARK} %d\\n' $?\n" for command, _ in steps)
    said = re.split(rf"\n{MARK} (\S+)\n", example.namespace["shell"].run(script))
    for i, (command, shown) in enumerate(steps):
        output, code = said[2 * i : 2 * i + 2]
        wanted = wanted_exit(example) if i == len(steps) - 1 else "0"
        if code != wanted:
            return f"$ {command}\nexit {code} instead of {wanted}\n{output}"
        if shown.strip() and not matches(shown, output):
            return f"$ {command}\nwrote\n{output}\ninstead of\n{shown}"
    return None


def run_page(page: Path, place: Path) -> int:
    """Run every block of a page; return how many."""
    parsers = (
        PythonCodeBlockParser(),
        CodeBlockParser("bash", evaluate_bash),
        CodeBlockParser("console", evaluate_console),
        SkipParser(),
    )
    document = Document.parse(str(page), *parsers)
    shell = document.namespace["shell"] = Shell(place)
    try:
        examples = list(document.examples())
        for example in examples:
            example.evaluate()
    finally:
        shell.close()
    return len(examples)


@pytest.fixture
def place(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the shell keeps its own files; the page's working directory is another, and empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path_factory.mktemp("shell")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_blocks_of_a_page_run_as_printed(page: Path, place: Path) -> None:
    run_page(page, place)


@pytest.mark.parametrize(
    ("block", "complaint"),
    [
        ("```console\n$ echo one; echo two\none\ntwo\n```", None),
        ("```console\n$ seq 9\n1\n...\n9\n```", None),
        ("```console\n$ echo a \\\n    b\na b\n$ true\n```", None),
        ("```console\n$ cd /; export N=7\n```\n\n```console\n$ pwd; echo $N\n/\n7\n```", None),
        ("<!-- exit: 3 -->\n```console\n$ (exit 3)\n```", None),
        ("```bash\nsleep 60 &\n```", None),
        ("```python\nx = 1\n```\n\n```python\nassert x == 1\n```", None),
        ("<!-- skip: next -->\n```bash\nfalse\n```", None),
        ("```console\n$ echo one\ntwo\n```", "instead of"),
        ("```console\n$ false\n```", "exit 1 instead of 0"),
        ("```bash\nfalse\ntrue\n```", "exit 1"),
        ("```console\nno prompt\n```", "without a line"),
    ],
)
def test_the_runner_sees_what_it_should(block: str, complaint: str | None, tmp_path: Path, place: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Page\n\n{block}\n")
    if complaint is None:
        assert run_page(page, place) >= 1
    else:
        with pytest.raises(AssertionError, match=complaint):
            run_page(page, place)
