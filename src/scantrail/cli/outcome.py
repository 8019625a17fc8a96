"""What came of an acquisition, as the command that ordered it prints it."""

import textwrap
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from scantrail.cli.answers import print_answers
from scantrail.cli.components import told
from scantrail.cli.runs.points import FIRST, LAST, all_points, caption
from scantrail.cli.runs.wording import COLOURS
from scantrail.cli.wording import at_most, together

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from scantrail.acquire import Outcome
    from scantrail.threshold import ScanDataPoint, ThresholdPlan

LONG = 60
"""Rows from which on a table is printed without its middle."""

INDENT = 14

NOTABLE = ("! ", "yellow")
"""How a line begins that a user should heed."""


def print_outcome(outcome: "Outcome", kind: str, table: "Table") -> None:
    """Print what was measured as a table, how the run ended, its files and what became of the thresholds."""
    from rich.console import Console

    console = Console(highlight=False, emoji=False)
    if table.row_count:
        console.print(table)
        console.print()
    if outcome.verdict is not None:
        print_answers(outcome.verdict.results)
        console.print()
    status = f"[{COLOURS[outcome.status]}]{outcome.status}[/]"
    share = f"{outcome.taken} of {outcome.expected} points"
    console.print(f"run {outcome.number}: {kind.replace('_', ' ')}, {status}, {share}")
    for name, lines in {
        "directory": [str(outcome.directory)],
        "files": _files(outcome),
        "thresholds": together(outcome.restored),
        "recorded": [told(one) for one in outcome.recorded],
    }.items():
        for i, line in enumerate(_wrapped(lines, console)):
            label = f"  {name if i == 0 else '':<{INDENT - 2}}"
            console.print(f"{label}{line}", soft_wrap=True, markup=False)


def print_problems(outcome: "Outcome", warnings: Iterable[str], known: Collection[str] = ()) -> None:
    """Print on stderr whatever is not as it should be, but for what is `known` already, and how to go on."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, emoji=False)
    said = dict.fromkeys([*at_most(outcome.errors, outcome.number), *outcome.notes, *warnings])
    print_warnings((line for line in said if line not in known), console)
    mark = ("Error: ", "red") if outcome.failure else NOTABLE
    for line in outcome.reasons:
        console.print(Text.assemble(mark, line), soft_wrap=not console.is_terminal)
    if outcome.status != "success":
        console.print(Text(outcome.saved), soft_wrap=not console.is_terminal)


def print_warnings(lines: Iterable[str], console: "Console") -> None:
    """Print what a user should know, a sentence a line."""
    from rich.text import Text

    for line in lines:
        console.print(Text.assemble(NOTABLE, line), soft_wrap=not console.is_terminal)


def counts_table(outcome: "Outcome", plan: "ThresholdPlan") -> "Table":
    """Return thresholds and counts of the channels side by side; a long table without its middle."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    columns = [outcome.points.get(steps.channel, []) for steps in plan.steps]
    for steps in plan.steps:
        table.add_column(Text(f"{steps.name} {steps.label}\n[DAC]"), justify="right", no_wrap=True)
        table.add_column(Text("\ncounts"), justify="right", no_wrap=True)
    rows = max(map(len, columns), default=0)
    left_out = range(FIRST, rows - LAST) if rows > LONG else range(0)
    for i in range(rows):
        if i not in left_out:
            table.add_row(*(cell for points in columns for cell in _cells(points, i)))
        elif i == left_out.start:
            table.add_row(*["…"] * len(table.columns))
            table.caption = caption(all_points(outcome.number))
    return table


def _cells(points: "Sequence[ScanDataPoint]", i: int) -> tuple[str, str]:
    return (str(points[i].threshold), str(points[i].event_count)) if i < len(points) else ("", "")


def _files(outcome: "Outcome") -> list[str]:
    """Name the files in the run's directory, and those elsewhere by their whole path."""
    inside = f"{outcome.directory}/"
    names = [path.removeprefix(inside) for path in outcome.files if path.startswith(inside)]
    return [*([", ".join(names)] if names else []), *(path for path in outcome.files if not path.startswith(inside))]


def _wrapped(lines: Iterable[str], console: "Console") -> Iterator[str]:
    """Yield the lines, on a terminal broken between words; a path is never broken."""
    for line in lines:
        if console.is_terminal:
            yield from textwrap.wrap(
                line, max(20, console.width - INDENT), break_long_words=False, break_on_hyphens=False
            )
        else:
            yield line
