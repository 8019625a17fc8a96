"""The figure of values against time: tests with their verdicts and the limits of their time. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import cycle

from scantrail.plots import Axis, Colour, Element, Figure, Line, Note, Panel, Points, Shape, numbers
from scantrail.tracker.figure.quantities import NUMBER_OF, Scale, scale_of, written
from scantrail.tracker.figure.subject import Bound

DECADES = 100.0
"""Ratio of the largest to the smallest value or limit from which on the axis is logarithmic."""
COURSES: Sequence[Colour] = ("sky", "green", "purple", "grey")
"""Colours of the lines of several channels, none of which is that of a verdict."""
MARKS: Mapping[str, tuple[str, Colour, Shape]] = {
    "pass": ("pass", "blue", "disc"),
    "fail": ("fail", "vermilion", "square"),
    "disputed": ("stated and measured verdicts differ", "amber", "diamond"),
    "none": ("no verdict", "ink", "triangle"),
    "superseded": ("superseded", "grey", "ring"),
}


@dataclass(frozen=True, slots=True)
class Value:
    """A quantity in one test; `mark` is a key of MARKS. series: the channel that it was measured of, "" for none."""

    tested: datetime
    value: float
    mark: str
    test: str
    error: float | None = None
    series: str = ""

    @property
    def ends(self) -> tuple[float, float]:
        """Return the ends of the error bar, both the value itself if it has no error."""
        return self.value - (self.error or 0.0), self.value + (self.error or 0.0)


@dataclass(frozen=True, slots=True)
class Trend:
    """A quantity of a type of test over time, the oldest value first; `name` says how a list became a number."""

    test_type: str
    quantity: str
    name: str
    unit: str
    values: Sequence[Value]
    bounds: Sequence[Bound] = ()

    @property
    def series(self) -> tuple[str, ...]:
        """Return the channels that it was measured of, in order; one that is "" for values of no channel."""
        return tuple(sorted({value.series for value in self.values}))


def trend_figure(trends: Sequence[Trend], *, title: str = "", rest: Sequence[str] = ()) -> Figure:
    """A panel a quantity, all against the same time. rest: quantities that have none."""
    one_type = len({trend.test_type for trend in trends}) == 1
    span = _span(trends)
    panels = [_panel(trend, span, alone=len(trends) == 1, one_type=one_type) for trend in trends]
    if rest:
        note = Note(f"not drawn: {', '.join(rest)}")
        panels[0] = Panel(panels[0].x, panels[0].y, (*panels[0].elements, note), panels[0].title)
    return Figure(tuple(panels), title, shared_x=True)


def _span(trends: Sequence[Trend]) -> tuple[float, float]:
    times = [value.tested.timestamp() for trend in trends for value in trend.values]
    return min(times), max(times)


def _panel(trend: Trend, span: tuple[float, float], *, alone: bool, one_type: bool) -> Panel:
    values = [value.value for value in trend.values]
    ends = [end for bound in trend.bounds for _, end in bound.ends()]
    on_log = min(values + ends) > 0.0 and max(values + ends) >= DECADES * min(values + ends)
    if not on_log:
        values = [end for value in trend.values for end in value.ends]
    scale = Scale(1.0, trend.unit) if on_log else scale_of(trend.unit, max(map(abs, values)))
    elements = [
        *_limit_lines(trend, span, scale.factor),
        *_course(trend, scale.factor),
        *_marked(trend, scale.factor, on_log=on_log),
        *_told_apart(trend),
    ]
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
    """Each limit over the time it was in force, dashed; over tests from before there was one, the first, dotted.

    Where all tests are older than all limits, the limit of today is drawn over them.
    """
    first, last = span
    oldest = min((value.tested for value in trend.values), default=None)
    aside = 0.05 * (last - first) or 43_200.0
    left, right = first - aside, last + aside
    begun = [bound for bound in trend.bounds if bound.made.timestamp() < right]
    early = begun[:1] or [bound for bound in trend.bounds if bound.voided is None]
    for bound in early:
        if oldest is not None and bound.made > oldest:
            yield from _limit_line(trend, bound, left, min(bound.made.timestamp(), right), factor, later=True)
    for bound in begun:
        until = right if bound.voided is None else min(bound.voided.timestamp(), right)
        since = left if oldest is None or bound.made <= oldest else bound.made.timestamp()
        if until > left:
            yield from _limit_line(trend, bound, since, until, factor, later=False)


def _limit_line(
    trend: Trend, bound: Bound, since: float, until: float, factor: float, *, later: bool
) -> Iterator[Line]:
    x = numbers([since, until])
    for words, end in bound.ends():
        y, said = numbers([end * factor] * 2), f"{words} {written(end, trend.unit)}"
        if later:
            yield Line(x, y, f"limit set later: {said}", "vermilion", "dotted")
        else:
            yield Line(x, y, f"limit of the time: {said}", "vermilion", "dashed")


def _course(trend: Trend, factor: float) -> Iterator[Element]:
    """A thin line through what still counts, one a channel."""
    several = len(trend.series) > 1
    for series, colour in zip(trend.series, cycle(COURSES), strict=False):
        kept = [value for value in trend.values if value.mark != "superseded" and value.series == series]
        x = numbers([value.tested.timestamp() for value in kept])
        if len(kept) > 1:
            y = numbers([value.value * factor for value in kept])
            yield Line(x, y, series if several else "", colour if several else "grey", "solid")


def _told_apart(trend: Trend) -> Iterator[Note]:
    """Say which point is which where every channel has one, so that no line does."""
    if len(trend.series) == len(trend.values) > 1:
        above = sorted(trend.values, key=lambda value: value.value, reverse=True)
        yield Note(f"{trend.name}, from the top: {', '.join(value.series or 'no channel' for value in above)}")


def _marked(trend: Trend, factor: float, *, on_log: bool) -> Iterator[Points]:
    """Points by their verdicts; where one has an error, with error bars, on a logarithmic axis none below zero."""
    for mark, (label, colour, shape) in MARKS.items():
        marked = [value for value in trend.values if value.mark == mark]
        if not marked:
            continue
        x = numbers([value.tested.timestamp() for value in marked])
        y = numbers([value.value * factor for value in marked])
        low: list[float] = []
        high: list[float] = []
        if any(value.error is not None for value in marked):
            low = [(end if (end := value.ends[0]) > 0.0 or not on_log else value.value) * factor for value in marked]
            high = [value.ends[1] * factor for value in marked]
        yield Points(x, y, numbers(low), numbers(high), label=label, colour=colour, shape=shape)
