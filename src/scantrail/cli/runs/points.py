"""The points of a run as a table, whatever its columns are."""

import textwrap
from collections.abc import Mapping
from typing import TYPE_CHECKING

from scantrail.cli.runs.wording import local
from scantrail.runs import PRIMARY, Columns, cell, heading, main_columns

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from scantrail.runs import Record

FIRST, LAST = 14, 6
"""Points that a long table keeps of its beginning and its end."""
GAP = 2
"""Spaces between two columns."""


def points_table(record: "Record", room: int, *, whole: bool) -> "Table":
    """Return the primary stream as far as it fits into `room` characters; the caption says what is left out, and where.

    A long one is shown without its middle, unless the whole is asked for.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    columns = main_columns(record.start, record.descriptors.get(PRIMARY, ()))
    tall = height(columns)
    heads = {"#": "#", "time": "time"} | {key: heading(key, about["units"]) for key, about in columns.items()}
    rows = _rows(record, columns, whole=whole)
    widths = {key: max(len(text) for text in [*heads[key].split("\n"), *(row[key] for row in rows)]) for key in heads}
    shown = fitting(widths, room)
    left_out = [key for key in columns if key not in shown]
    below = textwrap.wrap(f"Not shown, for want of room: {', '.join(left_out)}", room) if left_out else []
    if len(rows) < len(record.stream(PRIMARY)):
        below.append(all_points(record.start["scan_id"]))
    table = Table(box=box.SIMPLE_HEAD, padding=(0, GAP - 1, 0, 0), pad_edge=False, show_edge=False)
    table.caption = caption(*below)
    for key in shown:
        table.add_column(Text(filled(heads[key], tall)), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*(row[key] for key in shown))
    return table


def caption(*lines: str) -> "Text | None":
    """Return lines to stand below a table, however narrow it is."""
    from rich.text import Text

    return Text("\n".join(lines), no_wrap=True, overflow="ignore", justify="left") if lines else None


def all_points(number: int) -> str:
    """Say where the points of a table are that is shown without its middle."""
    return f'"scantrail runs show {number} --all" shows every point.'


def _rows(record: "Record", columns: Columns, *, whole: bool) -> list[dict[str, str]]:
    points = record.stream(PRIMARY)
    left_out = range(0) if whole or len(points) <= FIRST + LAST + 1 else range(FIRST, len(points) - LAST)
    rows = []
    for i, row in enumerate(points.rows()):
        if i not in left_out:
            cells = {key: cell(row.get(key)) for key in columns}
            rows.append({"#": str(points.seq[i]), "time": local(points.time[i], "%H:%M:%S"), **cells})
        elif i == left_out.start:
            rows.append({"#": "…", "time": f"{len(left_out)} more", **dict.fromkeys(columns, "…")})
    return rows


def fitting(widths: Mapping[str, int], room: int) -> list[str]:
    """Return the first columns that stand side by side in `room` characters, one at least."""
    shown: list[str] = []
    used = -GAP
    for key, width in widths.items():
        used += GAP + width
        if used > room and shown:
            break
        shown.append(key)
    return shown


def height(columns: Columns) -> int:
    """Return how many lines the tallest heading takes."""
    return max((heading(key, about["units"]).count("\n") + 1 for key, about in columns.items()), default=1)


def filled(text: str, tall: int) -> str:
    """Return a heading with empty lines below it, so that all begin on the first."""
    return text + "\n" * (tall - 1 - text.count("\n"))
