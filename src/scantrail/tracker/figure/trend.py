"""The figure of values against time: one component's tests, with their verdicts and the limits of their time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scantrail.errors import Refused
from scantrail.plots import Axis, Colour, Element, Figure, Line, Note, Panel, Points, Shape, numbers
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.quantities import (
    NUMBER_OF,
    Scale,
    as_number,
    named,
    scale_of,
    unit_of_number,
    written,
)
from scantrail.tracker.figure.subject import Bound, Subject, verdict
from scantrail.tracker.moments import stamp

MOST_PANELS = 5
DECADES = 100.0
"""Ratio of the largest to the smallest value or limit from which on the axis is logarithmic."""
MARKS: Mapping[str, tuple[str, Colour, Shape]] = {
    "pass": ("pass", "blue", "disc"),
    "fail": ("fail", "vermilion", "square"),
    "disputed": ("stated and measured verdicts differ", "amber", "diamond"),
    "none": ("no verdict", "ink", "triangle"),
    "superseded": ("superseded", "grey", "ring"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A quantity in one test; `mark` is a key of MARKS."""

    tested: datetime
    value: float
    mark: str
    test: str


@dataclass(frozen=True, slots=True)
class Trend:
    """A quantity of a type of test over time, the oldest value first; `name` says how a list became a number."""

    test_type: str
    quantity: str
    name: str
    unit: str
    values: Sequence[Value]
    bounds: Sequence[Bound] = ()


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


def trend_figure(trends: Sequence[Trend], *, title: str = "", rest: Sequence[str] = ()) -> Figure:
    """A panel a quantity, all against the same time. rest: quantities that have none."""
    one_type = len({trend.test_type for trend in trends}) == 1
    span = _span(trends)
    panels = [_panel(trend, span, alone=len(trends) == 1, one_type=one_type) for trend in trends]
    if rest:
        note = Note(f"not drawn: {', '.join(rest)}")
        panels[0] = Panel(panels[0].x, panels[0].y, (*panels[0].elements, note), panels[0].title)
    return Figure(tuple(panels), title, shared_x=True)


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


def _span(trends: Sequence[Trend]) -> tuple[float, float]:
    times = [value.tested.timestamp() for trend in trends for value in trend.values]
    return min(times), max(times)


def _panel(trend: Trend, span: tuple[float, float], *, alone: bool, one_type: bool) -> Panel:
    values = [value.value for value in trend.values]
    ends = [end for bound in trend.bounds for _, end in bound.ends()]
    on_log = min(values + ends) > 0.0 and max(values + ends) >= DECADES * min(values + ends)
    scale = Scale(1.0, trend.unit) if on_log else scale_of(trend.unit, max(map(abs, values)))
    elements = [*_limit_lines(trend, span, scale.factor), *_course(trend, scale.factor), *_marked(trend, scale.factor)]
    y = Axis(
        trend.name,
        scale.unit,
        "log" if on_log else "linear",
        _y_limits(trend, values + ends, scale.factor, on_log=on_log),
    )
    title = "" if alone or one_type else trend.test_type
    return Panel(Axis("date of the test", scale="time"), y, tuple(elements), title)


def _y_limits(trend: Trend, values: Sequence[float], factor: float, *, on_log: bool) -> tuple[float, float] | None:
    """Room for every value and limit; None where they are all one, which the axis itself makes room for."""
    low, high = min(values) * factor, max(values) * factor
    if trend.name.startswith(NUMBER_OF):
        return 0.0, max(1.1 * high, 5.5)
    if low == high:
        return None
    if on_log:
        margin = (high / low) ** 0.06
        return low / margin, high * margin
    return low - 0.08 * (high - low), high + 0.08 * (high - low)


def _limit_lines(trend: Trend, span: tuple[float, float], factor: float) -> Iterator[Line]:
    """Each limit over the time it was in force; the first also, dotted, over the tests made before there was one."""
    first, last = span
    aside = 0.05 * (last - first) or 43_200.0
    left, right = first - aside, last + aside
    for i, bound in enumerate(trend.bounds):
        made = bound.made.timestamp()
        until = right if bound.voided is None else min(bound.voided.timestamp(), right)
        for word, end in bound.ends():
            label = f"limit of the time: {word} {written(end, trend.unit)}"
            y = numbers([end * factor] * 2)
            if i == 0 and made > left:
                yield Line(
                    numbers([left, min(made, right)]),
                    y,
                    f"limit set later: {word} {written(end, trend.unit)}",
                    "vermilion",
                    "dotted",
                )
            if until > max(made, left) and made < right:
                yield Line(numbers([max(made, left), until]), y, label, "vermilion", "dashed")


def _course(trend: Trend, factor: float) -> Iterator[Element]:
    """A thin line through what still counts."""
    kept = [value for value in trend.values if value.mark != "superseded"]
    x = numbers([value.tested.timestamp() for value in kept])
    if len(kept) > 1:
        yield Line(x, numbers([value.value * factor for value in kept]), colour="grey", stroke="solid")


def _marked(trend: Trend, factor: float) -> Iterator[Points]:
    for mark, (label, colour, shape) in MARKS.items():
        marked = [value for value in trend.values if value.mark == mark]
        x = numbers([value.tested.timestamp() for value in marked])
        if marked:
            yield Points(
                x, numbers([value.value * factor for value in marked]), label=label, colour=colour, shape=shape
            )


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
        when = f"{value.tested.astimezone():%Y-%m-%d %H:%M}{f' {test_type}' * several}"
        said = "verdicts differ" if value.mark == "disputed" else MARKS[value.mark][0]
        yield [when, said, *(cells.get((uuid, trend.test_type, trend.quantity), "") for trend in trends)]
