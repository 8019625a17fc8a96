"""Every command of the OSECHI detector, as the bytes that go out."""

from typing import Literal

Dialect = Literal["v1", "v2", "legacy"]
"""v1: text events, JSON replies. v2: JSON lines throughout. legacy: text events, three-byte writes, never silent."""

DIALECTS: tuple[Dialect, ...] = ("v1", "v2", "legacy")


def frame(body: bytes) -> bytes:
    r"""Close a command with exactly one `\n`; every command passes here.

    Raises ValueError for a body that holds a newline: the detector would take it for two commands.
    """
    if b"\n" in body or not body:
        raise ValueError(f"a command is one line that is not empty, not {body!r}")
    return body + b"\n"


def command(name: str, *values: int) -> bytes:
    """Build a text command: its name and its values, separated by spaces."""
    return frame(" ".join([name, *map(str, values)]).encode("ascii"))


def set_stream(on: bool) -> bytes:
    """Build the command that starts or stops the events."""
    return command("SET_STREAM", int(on))


def set_threshold(dialect: Dialect, channel: int, value: int) -> bytes:
    """Build the write of one threshold [DAC, 1-1023]; ten bits spread over two bytes in the legacy dialect."""
    if dialect == "legacy":
        return frame(bytes([channel, 0x10 + (value >> 6), (value << 2) & 0xFF]))
    return command("SET_THRESHOLD", channel, value)


def readable(sent: bytes) -> str:
    """Put a command into words for a log: text as it is, legacy bytes in hexadecimal."""
    body = sent.removesuffix(b"\n")
    return body.decode("ascii") if body.isascii() and body.decode("ascii").isprintable() else body.hex(" ")
