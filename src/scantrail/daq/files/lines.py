"""What all text files share: their lines, their numbers, and how a fault in one is told."""

import re
from collections.abc import Sequence
from pathlib import Path

from scantrail.errors import InputError

HDF5 = b"\x89HDF"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?nan", re.IGNORECASE | re.ASCII)


def lines_of(path: Path) -> list[str]:
    """Return the lines of a text file. Raises InputError if it cannot be read, or is no text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    if content.startswith(HDF5):
        raise InputError(f"{path} is an HDF5 file; CSV, SPEC and XDI are read")
    if b"\0" in content:
        raise InputError(f"{path} is no text file; CSV, SPEC and XDI are read")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def fault(path: Path, line: int, reason: str) -> InputError:
    """Return the error that tells what is wrong in a line, counted from 1."""
    return InputError(f"{path}, line {line}: {reason}")


def numbers(path: Path, line: int, words: Sequence[str], count: int) -> list[float]:
    """Return the numbers of a row, NaN included. Raises InputError if they are not `count`, or one is no number."""
    if bad := next((word for word in words if not NUMBER.fullmatch(word)), None):
        raise fault(path, line, f"{bad[:40]!r} is no number")
    if len(words) != count:
        raise fault(path, line, f"{count} numbers are needed, and there are {len(words)}")
    found = [float(word) for word in words]
    if any(abs(value) == float("inf") for value in found):
        raise fault(path, line, "a number is larger than numbers reach")
    return found
