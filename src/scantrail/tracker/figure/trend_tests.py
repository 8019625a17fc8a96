"""Numbers of tests against time, from the tests to a figure and its numbers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scantrail.errors import Refused
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.quantities import as_number, named, unit_of_number, written
from scantrail.tracker.figure.subject import VERDICTS, Subject, verdict, when
from scantrail.tracker.figure.trend import MARKS, Trend, Value, trend_figure
from scantrail.tracker.moments import stamp

MOST_PANELS = 5


def trend_drawn(
    subject: Subject, tests: Sequence[Mapping[str, Any]], quantity: str | None = None, *, problems: Sequence[str] = ()
) -> Drawn:
    """Return the figure of the numbers in tests against time; of one quantity, or of all that there are.

    Raises Refused if there is no such number.
    """
    trends = [trend for trend in _trends(subject, tests) if quantity in (None, trend.quantity)]
    if not trends:
        raise Refused(_nothing(subject, tests, quantity, problems))
    drawn, rest = trends[:MOST_PANELS], trends[MOST_PANELS:]
    kinds = dict.fromkeys(trend.test_type for trend in drawn)
    figure = trend_figure(drawn, title=f"{subject.id}: {', '.join(kinds)}", rest=[trend.quantity for trend in rest])
    facts = {"component": subject.id, "trends": [_facts(trend) for trend in trends]}
    headings = ("test", "verdict", *(trend.name for trend in drawn))
    rows = [*_rows(drawn, several=len(kinds) > 1)]
    return Drawn(figure, facts, headings, rows, problems=problems)


def _trends(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> list[Trend]:
    found: dict[tuple[str, str], list[Value]] = {}
    lists: set[tuple[str, str]] = set()
    for test in reversed(tests):
        for quantity, measured in test["measurements"].items():
            key = (test["test_type"], quantity)
            number = as_number(measured, subject.unit(*key))
            if number is not None:
                mark = "superseded" if test["superseded"] else verdict(test)
                found.setdefault(key, []).append(Value(test["tested"], number, mark, test["uuid"]))
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
        {"test": value.test, "tested": stamp(value.tested), "value": value.value, "verdict": value.mark}
        for value in trend.values
    ]
    return {"test_type": trend.test_type, "quantity": trend.quantity, "unit": trend.unit, "values": values}


def _rows(trends: Sequence[Trend], *, several: bool) -> Iterator[list[str]]:
    """A row a test, the newest first, with a column for each quantity; `several`: there are several types of test."""
    tests: dict[str, tuple[Value, str]] = {}
    cells: dict[tuple[str, str, str], str] = {}
    for trend in trends:
        for value in trend.values:
            tests[value.test] = (value, trend.test_type)
            cells[value.test, trend.test_type, trend.quantity] = written(value.value, trend.unit)
    for uuid, (value, test_type) in sorted(tests.items(), key=lambda each: each[1][0].tested, reverse=True):
        name = when(value.tested) + f" {test_type}" * several
        said = VERDICTS.get(value.mark) or MARKS[value.mark][0]
        yield [name, said, *(cells.get((uuid, trend.test_type, trend.quantity), "") for trend in trends)]
