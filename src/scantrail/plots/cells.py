"""Text in terminal cells: Chinese and Japanese letters take two, and nothing may move the cursor."""

from unicodedata import combining, east_asian_width


def cells(text: str) -> int:
    """How many columns a text takes."""
    return sum(_cells(letter) for letter in text)


def plain(text: str) -> str:
    """The text on one line, with a question mark for every letter that a terminal would obey instead of show."""
    return "".join(letter if letter.isprintable() else "?" for letter in " ".join(text.split()))


def cut(text: str, width: int) -> str:
    """The text in at most `width` columns, with an ellipsis if it was longer."""
    if cells(text) <= width:
        return text
    return _head(text, width - 1).rstrip() + "…" if width > 0 else ""


def padded(text: str, width: int) -> str:
    """The text, cut or filled with blanks to exactly `width` columns."""
    short = cut(text, width)
    return short + " " * (width - cells(short))


def folded(text: str, width: int) -> list[str]:
    """The text on as many lines of at most `width` columns as it needs, broken at blanks where there are any."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        if line and cells(line) + 1 + cells(word) <= width:
            line += " " + word
            continue
        if line:
            lines.append(line)
        while cells(word) > max(width, 2):
            head = _head(word, max(width, 2))
            lines.append(head)
            word = word[len(head) :]
        line = word
    return [*lines, line] if line else lines


def _head(text: str, width: int) -> str:
    taken = 0
    for i, letter in enumerate(text):
        taken += _cells(letter)
        if taken > width:
            return text[:i]
    return text


def _cells(letter: str) -> int:
    if combining(letter):
        return 0
    return 2 if east_asian_width(letter) in "WF" else 1
