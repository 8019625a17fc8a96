"""On which line of a TOML text each section and key stands."""

import tomllib
from collections.abc import Iterator
from typing import Any

Path = tuple[str, ...]


def lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) where each section or key first stands, by its path: `("sensors", "ch1", "nsteps")`.

    `text` must be valid TOML. Statement after statement is parsed by itself, so that quoting, multi-line values and
    inline tables are tomllib's business.
    """
    found: dict[Path, int] = {}
    section: Path = ()
    for line, statement, document in _statements(text):
        paths = list(_paths(document))
        if statement.lstrip().startswith("["):
            section = paths[-1]
        else:
            paths = [section + path for path in paths]
        for path in paths:
            found.setdefault(path, line)
    return found


def _statements(text: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """Yield each section header and each assignment: the line it begins on, its text, what it says by itself."""
    held: list[str] = []
    first = 1
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), 1):
        held.append(line)
        try:
            statement = "\n".join(held)
            document = tomllib.loads(statement)
        except tomllib.TOMLDecodeError:
            continue
        if document:
            yield first, statement, document
        held, first = [], number + 1


def _paths(table: Any) -> Iterator[Path]:  # noqa: ANN401 - any TOML value
    if isinstance(table, dict):
        for key, value in table.items():
            yield (key,)
            yield from ((key, *path) for path in _paths(value))
