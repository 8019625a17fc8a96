"""A command on a pseudo-terminal, as a person uses it."""

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

from commands import PATIENCE

ESCAPE = re.compile(r"\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)")


class Terminal:
    """A command on a terminal; `text` is all that it wrote."""

    def __init__(self, arguments: list[str], columns: int, lines: int) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")  # the echo of a key may part a character
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

    def hang_up(self) -> None:
        """Close the window."""
        master, self._master = self._master, -1
        os.close(master)

    def close(self) -> None:
        """Kill it unless it has ended."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self._master >= 0:
            self.hang_up()

    @property
    def plain(self) -> str:
        """What it wrote, without the escape sequences."""
        return ESCAPE.sub("", self.text)

    @property
    def left(self) -> list[str]:
        """Lines that stand on the screen when the live view has gone: before its first and after its last frame."""
        before, *frames = re.split(r"\x1b\[\?25[lh]", self.text)
        return ESCAPE.sub("", before + (frames[-1] if frames else "")).replace("\r", "").splitlines()

    @property
    def growing(self) -> str:
        """What it wrote while the live view was there."""
        first, *_, last = re.split(r"\x1b\[\?25[lh]", self.text)
        return self.text.removeprefix(first).removesuffix(last)

    @property
    def tallest(self) -> int:
        """Lines of the tallest frame of the live view."""
        return max(int(up) for up in re.findall(r"\x1b\[(\d+)A", self.growing) or ["1"])

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
