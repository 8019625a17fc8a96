"""Numbers of tests against time, from the tests to a figure and its numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from math import floor, log10
from typing import Any

from scantrail.errors import Refused
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.quantities import as_number, is_number, named, unit_of_number, written
from scantrail.tracker.figure.subject import VERDICTS, Subject, verdict, when
from scantrail.tracker.figure.trend import MARKS, Trend, Value, trend_figure
from scantrail.tracker.moments import stamp
from scantrail.tracker.quantities import error_of, parted

MOST_PANELS = 5
MOST_COLUMNS = 7
"""Columns that a narrow terminal has room for."""


def trend_drawn(
    subject: Subject, tests: Sequence[Mapping[str, Any]], quantity: str | None = None, *, problems: Sequence[str] = ()
) -> Drawn:
    """Return the figure of the numbers in tests against time; of one quantity, or of all that there are.

    Raises Refused if there is no such number.
    """
    trends = [*_chosen(_trends(subject, tests), quantity)]
    if not trends:
        raise Refused(_nothing(subject, tests, quantity, problems))
    drawn, rest = trends[:MOST_PANELS], trends[MOST_PANELS:]
    kinds = dict.fromkeys(trend.test_type for trend in drawn)
    figure = trend_figure(drawn, title=f"{subject.id}: {', '.join(kinds)}", rest=[trend.quantity for trend in rest])
    facts = {"component": subject.id, "trends": [_facts(trend) for trend in trends]}
    headings = ("test", "verdict", *(f"{trend.name} {series}".strip() for trend in drawn for series in trend.series))
    rows = [*_rows(drawn, several=len(kinds) > 1)]
    if len(headings) > MOST_COLUMNS:
        headings, rows = ("test", "verdict", "quantity", "value"), [*_one_below_another(headings, rows)]
    return Drawn(figure, facts, headings, rows, problems=problems)


def _trends(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> list[Trend]:
    found: dict[tuple[str, str], list[Value]] = {}
    lists: set[tuple[str, str]] = set()
    for test in reversed(tests):
        measurements = test["measurements"]
        errors = {error_of(name) for name in measurements}
        for name, measured in measurements.items():
            quantity, series = (name, "") if name in subject.units.get(test["test_type"], {}) else parted(name)
            key = (test["test_type"], quantity)
            number = as_number(measured, subject.unit(*key))
            if number is not None and name not in errors:
                mark = "superseded" if test["superseded"] else verdict(test)
                error = measurements.get(error_of(name))
                width = float(error) if is_number(error) else None
                value = Value(test["tested"], number, mark, test["uuid"], width, series)
                found.setdefault(key, []).append(value)
                if isinstance(measured, list):
                    lists.add(key)
    return [
        Trend(
            *key,
            named(key[1], subject.unit(*key), of_lists=key in lists),
            unit_of_number(subject.unit(*key)),
            values,
            subject.bounds.get(key, ()),
        )
        for key, values in sorted(found.items())
    ]


def _chosen(trends: Sequence[Trend], quantity: str | None) -> Iterator[Trend]:
    """Take the trends of a quantity, of `threshold ch1` those of that channel alone; all of them if it is None."""
    for trend in trends:
        if quantity in (None, trend.quantity):
            yield trend
        elif quantity is not None and quantity.startswith(f"{trend.quantity} "):
            series = quantity.removeprefix(f"{trend.quantity} ")
            if values := [value for value in trend.values if value.series == series]:
                yield replace(trend, name=f"{trend.name} {series}", values=[replace(one, series="") for one in values])


def _nothing(
    subject: Subject, tests: Sequence[Mapping[str, Any]], quantity: str | None, problems: Sequence[str]
) -> str:
    measured = dict.fromkeys(name for test in tests for name in test["measurements"])
    kinds = " and ".join(dict.fromkeys(test["test_type"] for test in tests))
    if quantity is not None:
        has = f"it has {', '.join(measured)}" if measured else "it has none at all"
        return f"{subject.id} has no number {quantity!r} in its tests ({kinds}); {has}"
    said = f": {'; '.join(problems)}" if problems else ""
    return f"the tests of {subject.id} ({kinds}) hold no number and no data file that can be drawn{said}"


def _facts(trend: Trend) -> dict[str, Any]:
    values = [
        {"test": value.test, "tested": stamp(value.tested), "value": value.value, "error": value.error}
        | {"channel": value.series or None, "verdict": value.mark}
        for value in trend.values
    ]
    return {"test_type": trend.test_type, "quantity": trend.quantity, "unit": trend.unit, "values": values}


def _rows(trends: Sequence[Trend], *, several: bool) -> Iterator[list[str]]:
    """A row a test, the newest first, with a column for each quantity; `several`: there are several types of test."""
    tests: dict[str, tuple[Value, str]] = {}
    cells: dict[tuple[str, str, str, str], str] = {}
    for trend in trends:
        for value in trend.values:
            tests[value.test] = (value, trend.test_type)
            cells[value.test, trend.test_type, trend.quantity, value.series] = _cell(value, trend.unit)
    for uuid, (value, test_type) in sorted(tests.items(), key=lambda each: each[1][0].tested, reverse=True):
        name = when(value.tested) + f" {test_type}" * several
        said = VERDICTS.get(value.mark) or MARKS[value.mark][0]
        columns = ((trend, series) for trend in trends for series in trend.series)
        told = (cells.get((uuid, trend.test_type, trend.quantity, series), "") for trend, series in columns)
        yield [name, said, *told]


def _one_below_another(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """A row a value, where a column each would be too narrow to read; the test stands at its first."""
    for test, said, *cells in rows:
        told = [(name, cell) for name, cell in zip(headings[2:], cells, strict=True) if cell]
        for number, (name, cell) in enumerate(told):
            yield [test, said, name, cell] if number == 0 else ["", "", name, cell]


def _cell(value: Value, unit: str) -> str:
    """Write a value, to the first digit of its error, which stands behind it."""
    if not value.error:
        return written(value.value, unit)
    places = max(0, -floor(log10(value.error)))
    return f"{value.value:.{places}f} ± {value.error:.{places}f} {unit}".strip()
