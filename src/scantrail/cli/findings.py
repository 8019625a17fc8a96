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
    "mean": "mean",
    "std": "standard\ndeviation",
    "drift": "drift",
}
"""What the table shows, by the first word of a quantity."""
IMPORTANCE = ("peak", "fwhm", "cen", "edge", "width", "com", "centroid", "value", "mean", "std", "drift")
"""The order in which quantities are given room."""
DIGITS = 7
"""Digits of a number that has no error: as many as positions have."""


def findings_table(results: "Sequence[Result]", room: int) -> "Table":
    """Return what each detector shows, a row a detector, or one for each axis of a map.

    Where `room` characters do not hold all quantities, the caption names those that are left out.
    """
    from rich.text import Text

    rows = [(detector, axis, of) for detector, all_of in by_channel(results, SHAPE) for axis, of in _by_axis(all_of)]
    names = [name for name in HEADINGS if any(name in of and of[name].value is not None for *_, of in rows)]
    cells = {name: [_number(of.get(name)) for *_, of in rows] for name in names}
    heads = {name: _heading(name, [of[name] for *_, of in rows if name in of]) for name in names}
    along = any(axis for _, axis, _ in rows)
    used = max(len(detector) for detector, *_ in rows) + (max(5, *(len(axis) for _, axis, _ in rows)) + 1) * along
    widths = {name: max(map(len, [*heads[name].split("\n"), *cells[name]])) + 1 for name in names}
    shown = _fitting(widths, room - used)
    table = _table()
    if len(shown) < len(names):
        table.caption = f"Not shown, for want of room: {', '.join(_heard(n) for n in names if n not in shown)}"
        table.caption_justify = "left"
    table.add_column("", no_wrap=True)
    if along:
        table.add_column("along", no_wrap=True)
    for name in shown:
        table.add_column(Text(heads[name]), justify="right", no_wrap=True)
    for i, (detector, axis, _) in enumerate(rows):
        table.add_row(Text(detector), *([Text(axis)] if along else []), *(cells[name][i] for name in shown))
    return table


def _fitting(widths: dict[str, int], room: int) -> list[str]:
    """Return the quantities that stand side by side in `room` characters, the most important ones."""
    kept: list[str] = []
    for name in sorted(widths, key=IMPORTANCE.index):
        if sum(widths[one] for one in (*kept, name)) <= room:
            kept.append(name)
    return [name for name in widths if name in kept]


def _heard(name: str) -> str:
    return HEADINGS[name].replace("\n", " ")


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
