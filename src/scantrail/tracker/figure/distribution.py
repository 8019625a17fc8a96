"""The figure of a quantity over all components of a type: a histogram with its limits, and who stands out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scantrail.plots import Axis, Bars, Element, Figure, Marker, Note, Panel
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.histogram import Histogram, histogram, on_log, standing_far
from scantrail.tracker.figure.population import Measured, Population, population
from scantrail.tracker.figure.quantities import Scale, scale_of, spread_of, written
from scantrail.tracker.moments import stamp
from scantrail.tracker.store import Database

MOST_NAMED, MOST_IN_FIGURE = 20, 5
"""Components that stand out and are named, in the list and in the figure; the facts have all."""
ROOM_ABOVE, LOWEST_TOP = 1.12, 5.5
"""The axis of counts, so that it has whole numbers and room for text."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the values lie: their median, and 1.4826 median absolute deviations, a factor where they span decades."""

    median: float
    spread: float
    factor: float | None

    def in_words(self, unit: str) -> str:
        """Say both in words."""
        width = written(self.spread, unit) if self.factor is None else f"a factor {self.factor:.2g}"
        return f"Median {written(self.median, unit)}, spread {width}"

    def off(self, value: float) -> float:
        """How many spreads a value lies from the median; inf if they are all one."""
        if self.factor is not None:
            distance, width = abs(np.log10(value / self.median)), np.log10(self.factor)
        else:
            distance, width = abs(value - self.median), self.spread
        return float(distance / width) if width > 0.0 else np.inf


def plot_type(database: Database, kind: str, quantity: str, *, test_type: str | None = None) -> Drawn:
    """Return the figure of a quantity over all components of a type, each with its newest test that has it.

    Raises InputError for an unknown type and for a quantity of several test types if none is named, Refused if it was
    never measured.
    """
    found = population(database, kind, quantity, test_type)
    values = np.array([one.value for one in found.measured])
    lie = spread(values)
    out = [
        (one, _why(one.value, found, lie)) for one, stands in zip(found.measured, _out(found), strict=True) if stands
    ]
    out.sort(key=lambda each: -lie.off(each[0].value))
    facts = _facts(found, lie) | {
        "standing_out": [
            {"component": one.component, "channel": one.channel or None, "value": one.value}
            | {"why": why, "tested": stamp(one.tested)}
            for one, why in out
        ],
        "values": [
            {"component": one.component, "channel": one.channel or None, "value": one.value} for one in found.measured
        ],
    }
    rows = [
        [one.label, written(one.value, found.unit), why, f"{one.tested.astimezone():%Y-%m-%d %H:%M}"]
        for one, why in out
    ]
    more = [f"and {len(rows) - MOST_NAMED} more; --json has all"] if len(rows) > MOST_NAMED else []
    headings = ("stands out", found.name, "why", "tested")
    return Drawn(distribution_figure(found), facts, headings, rows[:MOST_NAMED], notes=more)


def distribution_figure(found: Population) -> Figure:
    """A histogram of a population with its median and limits; who stands out is in bars of another colour."""
    values = np.array([one.value for one in found.measured])
    out, lie = _out(found), spread(values)
    ends = found.bound.ends() if found.bound is not None else ()
    bins = histogram(values, out, tuple(end for _, end in ends))
    scale = Scale(1.0, found.unit) if bins.on_log else scale_of(found.unit, float(np.max(np.abs(bins.edges))))
    edges = tuple(float(edge) for edge in bins.edges * scale.factor)
    elements: list[Element] = []
    if bins.counts != bins.bulk:
        elements.append(Bars(edges, bins.counts, label="stands out", colour="vermilion"))
    components = f"{found.kind.replace('_', ' ')}s"
    newest = f"newest {found.test_type} of each of {found.components} {components}"
    counted = "channels" if found.of_channels else components
    label = f"{newest}, {len(values)} channels" if found.of_channels else newest
    elements.append(Bars(edges, bins.bulk, label=label))
    median = f"median {written(lie.median, found.unit)}"
    elements.append(Marker(lie.median * scale.factor, text=median, colour="ink", stroke="dotted"))
    for word, end in ends:
        if bins.edges[0] <= end <= bins.edges[-1]:
            text = f"{word} {written(end, found.unit)}"
            elements.append(Marker(end * scale.factor, text=text, colour="vermilion", stroke="dashed"))
    elements += map(Note, _notes(found, lie, bins))
    top = max(ROOM_ABOVE * max(bins.counts), LOWEST_TOP)
    x = Axis(found.name, scale.unit, "log" if bins.on_log else "linear", _with_margin(edges, log=bins.on_log))
    panel = Panel(x, Axis(f"{counted} in a bin", limits=(0.0, top)), tuple(elements))
    return Figure((panel,), f"{found.name} of {found.components} {components}")


def spread(values: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> Spread:
    """Return median and robust spread of values, of their logarithms where they span decades."""
    factor = float(10.0 ** spread_of(np.log10(values))) if on_log(values) else None
    return Spread(float(np.median(values)), spread_of(values), factor)


def _out(found: Population) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    values = np.array([one.value for one in found.measured])
    outside = np.array([found.bound is not None and not found.bound.holds(value) for value in values], dtype=bool)
    return np.asarray(outside | standing_far(values), dtype=bool)


def _with_margin(edges: Sequence[float], *, log: bool) -> tuple[float, float]:
    first, last = edges[0], edges[-1]
    if log:
        margin = (last / first) ** 0.02
        return first / margin, last * margin
    return first - 0.02 * (last - first), last + 0.02 * (last - first)


def _notes(found: Population, lie: Spread, bins: Histogram) -> Iterator[str]:
    out = _out(found)
    named = [one for one, stands in zip(found.measured, out, strict=True) if stands]
    yield f"{lie.in_words(found.unit)}; {_in_short(named, found, lie) if named else 'none stands out'}"
    for number, word, edge, which in (
        (bins.below, "below", bins.edges[0], "first"),
        (bins.above, "above", bins.edges[-1], "last"),
    ):
        if number:
            are, stand = ("values lie", "stand") if number > 1 else ("value lies", "stands")
            yield f"{number} {are} {word} {written(float(edge), found.unit)} and {stand} in the {which} bar"
    for words, end in found.bound.ends() if found.bound is not None else ():
        if not bins.edges[0] <= end <= bins.edges[-1]:
            yield f"The limit, {words} {written(end, found.unit)}, lies beyond the axis"
    if found.without:
        others = f"{found.without} others have" if found.without > 1 else "1 other has"
        yield f"{others} no such test"


def _why(value: float, found: Population, lie: Spread) -> str:
    for words, end in found.bound.ends() if found.bound is not None else ():
        if value < end if words == "at least" else value > end:
            return f"must be {words} {written(end, found.unit)}"
    return f"{lie.off(value):.1f} spreads {'above' if value > lie.median else 'below'} the median"


def _in_short(out: Sequence[Measured], found: Population, lie: Spread) -> str:
    far = sorted(out, key=lambda one: -lie.off(one.value))
    names = ", ".join(f"{one.label} ({written(one.value, found.unit)})" for one in far[:MOST_IN_FIGURE])
    more = f" and {len(far) - MOST_IN_FIGURE} more" if len(far) > MOST_IN_FIGURE else ""
    return f"{'stand' if len(far) > 1 else 'stands'} out: {names}{more}"


def _facts(found: Population, lie: Spread) -> dict[str, Any]:
    values = [one.value for one in found.measured]
    return {
        "type": found.kind,
        "test_type": found.test_type,
        "quantity": found.quantity,
        "unit": found.unit,
        "count": len(values),
        "without": found.without,
        "median": lie.median,
        "spread": lie.spread,
        "spread_factor": lie.factor,
        "minimum": min(values),
        "maximum": max(values),
        "limits": [None, None] if found.bound is None else [found.bound.low, found.bound.high],
    }
