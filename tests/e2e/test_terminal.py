"""What a person sees: the commands on a pseudo-terminal of 80 columns."""

import codecs
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from commands import PATIENCE, newest, points, run_with_points, scantrail, started

from scantrail.runs import ask

ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)")
SCAN = ("threshold", "parallel", "--thresholds", "1:300;2:308;3:292", "--nsteps", 4, "--step", 5, "--mock")


class Terminal:
    """A command on a terminal; `text` is all that it wrote."""

    def __init__(self, arguments: list[str], columns: int, lines: int) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.text = ""
        self.process = subprocess.Popen(
            arguments,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self._master, keys.encode())

    def shows(self, words: str) -> None:
        """Read until `words` have been written."""
        deadline = time.monotonic() + PATIENCE
        while words not in self.plain and self._read(deadline):
            pass
        assert words in self.plain, self.plain

    def ended(self) -> int:
        """Read to the end and return the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._read(deadline):
            pass
        assert "Traceback" not in self.text
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """Kill it unless it has ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    @property
    def plain(self) -> str:
        """What it wrote, without the escape sequences."""
        return ESCAPE.sub("", self.text)

    @property
    def left(self) -> list[str]:
        """Lines that stand on the screen when the live view has gone: before its first and after its last frame."""
        before, *frames = re.split(r"\x1b\[\?25[lh]", self.text)
        return ESCAPE.sub("", before + (frames[-1] if frames else "")).replace("\r", "").splitlines()

    def _read(self, deadline: float) -> bool:
        if not select.select([self._master], [], [], max(0.0, deadline - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # the other side is closed
            return False
        self.text += self._decoder.decode(data)
        return bool(data)


@contextmanager
def on_a_terminal(*arguments: object, columns: int = 80, lines: int = 40) -> Iterator[Terminal]:
    terminal = Terminal([sys.executable, "-m", "scantrail", *map(str, arguments)], columns, lines)
    try:
        yield terminal
    finally:
        terminal.close()


def test_a_scan_from_its_plan_to_its_files():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20) as terminal:
        assert terminal.ended() == 0
    assert "run 1  ━" in terminal.plain
    assert "of 9 points" in terminal.plain
    assert "s left" in terminal.plain
    assert "live [s]" in terminal.plain
    assert "…" in terminal.plain  # the point that is being counted
    lines = terminal.left
    assert lines[0] == "parallel scan: 9 points of 5 s, about 2.3 s at 20 times the speed"
    assert sum("280" in line for line in lines) == 2  # in the plan and in the table: the view has gone
    assert {line for line in lines if len(line) > 80} <= {f"  directory   {newest()}"}
    [files] = [i for i, line in enumerate(lines) if line.startswith("  files")]
    assert lines[files].split(maxsplit=1)[1] == "scan_results_ch1.csv, scan_results_ch2.csv, scan_results_ch3.csv,"
    assert lines[files + 1].strip() == "threshold_scan.png"
    [restored] = [line for line in lines if line.startswith("  thresholds")]
    assert restored.split(maxsplit=1)[1].startswith("channels 1, 2 and 3 are back at 1023 (suppressed")


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (100, 30)])
def test_the_curves_are_drawn_while_they_grow(columns, lines):
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20, "--plot", columns=columns, lines=lines) as terminal:
        assert terminal.ended() == 0
    first, *_, last = re.split(r"\x1b\[\?25[lh]", terminal.text)
    growing = terminal.text.removeprefix(first).removesuffix(last)
    assert "rate [events/s]" in growing
    assert "ch1 top" in growing
    assert max(int(up) for up in re.findall(r"\x1b\[(\d+)A", growing) or ["1"]) < lines  # it never scrolls
    assert {line for line in terminal.left if len(line) > columns} <= {f"  directory   {newest()}"}
    assert "run 1: threshold parallel" in terminal.left  # the title of the last picture
    assert terminal.left[terminal.left.index("run 1: threshold parallel") - 1] == ""


def test_the_keys_ctrl_c():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20) as terminal:
        terminal.shows("2 of 9 points")
        terminal.type("\x03")
        terminal.shows("stops after this point; Ctrl-C again stops at once")
        assert terminal.ended() == 130
    assert terminal.text.rindex("\x1b[?25h") > terminal.text.rindex("\x1b[?25l")  # the cursor is back
    assert f"{points(newest())} of 9 points are saved in run 1" in terminal.plain


def test_a_pause_is_shown():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 20) as terminal:
        terminal.shows("1 of 9 points")
        ask(newest(), "pause")
        terminal.shows('paused after this point; "scantrail runs resume 1" goes on')
        ask(newest(), "resume")
        assert terminal.ended() == 0


def test_a_resumed_scan_counts_on_from_where_it_stood():
    with started(*SCAN, "--duration", 5, "--speed", 20) as running:
        run_with_points(3)
        running.process.kill()
    with on_a_terminal("runs", "resume", 1) as terminal:
        assert terminal.ended() == 0
    seen = [int(number) for number in re.findall(r"(\d+) of 9 points  ", terminal.plain)]
    assert seen[0] >= 3
    assert "run 1: threshold parallel, success, 9 of 9 points" in terminal.left


def test_nothing_moves_where_nobody_looks():
    done = scantrail(*SCAN, "--duration", 1, "--speed", 100)
    assert "\x1b" not in done.out + done.err
    assert "left" not in done.err


def test_warnings_break_between_words():
    with on_a_terminal(*SCAN, "--duration", 5, "--speed", 300) as terminal:
        assert terminal.ended() == 0
    said = [line for line in terminal.left if not line.startswith("  directory")]
    assert max(map(len, said)) <= 80
