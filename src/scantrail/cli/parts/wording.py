"""How the tracker's texts reach a terminal: nothing of what people typed is ever obeyed by it."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

LONGEST = 2000
"""Characters of one text that a terminal shows; --json has the whole."""

COLOURS = {
    "installed": "cyan",
    "spare": "green",
    "qualified": "green",
    "incoming": "",
    "testing": "yellow",
    "degraded": "yellow",
    "repair": "yellow",
    "failed": "red",
    "retired": "dim",
    "lost": "red",
}


def visible(text: str, rest: str = "; --json has all") -> str:
    r"""Return text with every character that a terminal would obey made visible; line breaks stay.

    What is longer than LONGEST is cut; `rest`: where the rest is.

    >>> visible("\x1b[31mred")
    '␛[31mred'
    """
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}… ({len(text)} characters{rest})"
    return "".join(_shown(character) for character in text)


def line(text: str) -> str:
    """Return text as one visible line."""
    return visible(text).replace("\n", "␊")


def local(moment: datetime | None, spec: str = "%Y-%m-%d %H:%M") -> str:
    """Write a moment in local time; empty for none."""
    return "" if moment is None else moment.astimezone().strftime(spec)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> "Table":
    """Return a plain table; a column named `status` has its colours, which only a terminal shows.

    A cell that is a list of texts has a line for each.
    """
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for index, heading in enumerate(headings):
        made.add_column(Text(heading), no_wrap=index == 0, overflow="fold")
    for row in rows:
        cells = zip(headings, row, strict=True)
        made.add_row(*(status_text(str(cell)) if heading == "status" else Text(_cell(cell)) for heading, cell in cells))
    return made


def status_text(status: str) -> "Text":
    """Return a status in its colour."""
    from rich.text import Text

    return Text(line(status), style=COLOURS.get(status, ""))


def verdict(stated: bool | None, measured: bool | None) -> str:
    """Put the two verdicts of a test into words.

    >>> verdict(True, False)
    'pass (measured: fail)'
    """
    words = {True: "pass", False: "fail", None: ""}
    if measured is None or measured == stated:
        return words[stated]
    return f"{words[stated]} (measured: {words[measured]})".strip()


def _cell(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(map(line, value))
    return "" if value is None else local(value) if isinstance(value, datetime) else line(str(value))


def _shown(character: str) -> str:
    code = ord(character)
    if character == "\n" or not (code < 0x20 or code >= 0x7F):
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    # controls of the upper half, marks that turn the direction of text, and separators of lines
    return "\ufffd" if unicodedata.category(character) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else character
