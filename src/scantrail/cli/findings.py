"""Tables of what scans of positions show, and of results of any other kind."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from scantrail.cli.answers import by_channel, with_error

if TYPE_CHECKING:
    from rich.table import Table

    from scantrail.runs import Result

SHAPE = "shape"

HEADINGS = {
    "peak": "peak",
    "value": "value",
    "com": "raw\ncentroid",
    "centroid": "less\nbackground",
    "fwhm": "FWHM",
    "cen": "centre",
    "edge": "edge",
    "width": "beam\nFWHM",
}
"""What the table shows, by the first word of a quantity."""
DIGITS = 7
"""Digits of a number that has no error: as many as positions have."""


def findings_table(results: "Sequence[Result]") -> "Table":
    """Return what each detector shows, a row a detector, or one for each axis of a map."""
    from rich.text import Text

    rows = [(detector, axis, of) for detector, all_of in by_channel(results, SHAPE) for axis, of in _by_axis(all_of)]
    shown = [name for name in HEADINGS if any(name in of and of[name].value is not None for *_, of in rows)]
    along = any(axis for _, axis, _ in rows)
    table = _table()
    table.add_column("", no_wrap=True)
    if along:
        table.add_column("along", no_wrap=True)
    for name in shown:
        table.add_column(
            Text(_heading(name, [of[name] for *_, of in rows if name in of])), justify="right", no_wrap=True
        )
    for detector, axis, of in rows:
        table.add_row(Text(detector), *([Text(axis)] if along else []), *(_number(of.get(name)) for name in shown))
    return table


def plain_table(results: "Sequence[Result]") -> "Table":
    """Return results of any kind, a row each, as far as they are numbers."""
    from rich.text import Text

    table = _table()
    table.add_column("", no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.show_header = False
    for result in results:
        if result.value is not None:
            table.add_row(Text(result.name), _number(result), Text(result.unit))
    return table


def _by_axis(of: "dict[str, Result]") -> "Iterator[tuple[str, dict[str, Result]]]":
    """Yield the axes of a detector's results, "" for a single one, each with its quantities by their first word."""
    axes = dict.fromkeys(name.partition(" ")[2] for name in of if name.partition(" ")[2])
    common = {name: result for name, result in of.items() if " " not in name}
    if not axes:
        yield "", common
    for i, axis in enumerate(axes):
        own = {name.partition(" ")[0]: result for name, result in of.items() if name.partition(" ")[2] == axis}
        yield axis, own | (common if i == 0 else {})


def _heading(name: str, results: "Sequence[Result]") -> str:
    units = {result.unit for result in results if result.value is not None}
    unit = units.pop() if len(units) == 1 else ""
    return f"{HEADINGS[name]}\n[{unit}]" if unit else HEADINGS[name]


def _number(result: "Result | None") -> str:
    if result is None or result.value is None:
        return "–"
    return with_error(result) if result.error is not None and result.error > 0 else f"{result.value:.{DIGITS}g}"


def _table() -> "Table":
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
