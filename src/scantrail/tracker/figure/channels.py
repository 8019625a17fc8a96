"""The figure of a quantity that a test has of every channel: from a list in its measurements, or from a data file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from scantrail.errors import InputError
from scantrail.plots import Axis, Element, Figure, Marker, Note, Panel, Points, numbers
from scantrail.tracker.datafile import Columns, Number, read_columns
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.quantities import COUNTED, far_out, is_number, scale_of, spread_of, written
from scantrail.tracker.figure.subject import Bound, Subject, verdict
from scantrail.tracker.heading import Heading
from scantrail.tracker.moments import stamp
from scantrail.tracker.sweeps import Floats, Mask

CHANNEL = {"channel", "channels", "ch", "chan", "strip", "pixel", "apv"}
ELECTRONS = ("e-", "e", "electrons", "ENC")
"""Names of one unit."""
FEWEST = 3
"""Numbers from which on a list is one of channels."""
MOST_TESTS = 2
MOST_NAMED = 12
"""Channels that are named one by one."""


@dataclass(frozen=True, slots=True)
class Channels:
    """A quantity of every channel in one test. listed: channels that the test itself names, as bad or the like."""

    quantity: str
    unit: str
    channel: Floats
    value: Floats
    label: str
    test: Mapping[str, Any]
    listed: Mapping[str, tuple[int, ...]]
    source: str

    @property
    def filled(self) -> Floats:
        """The values that there are."""
        return self.value[np.isfinite(self.value)]


def channels_drawn(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> Drawn | list[str]:
    """Return the figure of tests, the newest first, channel by channel; if there is none, what could not be read."""
    problems: list[str] = []
    found: list[Channels] = []
    for test in tests:
        every = [one for one in _of_test(subject, test, problems) if len(one.filled)]
        quantity = found[0].quantity if found else None
        found += [one for one in every if quantity in (None, one.quantity)][:1]
        if len(found) == MOST_TESTS:
            break
    if not found:
        return problems
    found.sort(key=lambda one: one.test["superseded"])
    newest = found[0]
    same = newest.unit == subject.unit(newest.test["test_type"], newest.quantity)
    bound = subject.bound_now(newest.test["test_type"], newest.quantity) if same else None
    rest = len(tests) - len(found)
    figure = channels_figure(found, bound, title=f"{subject.id}: {newest.test['test_type']}", rest=rest)
    facts = {
        "component": subject.id,
        "test_type": newest.test["test_type"],
        "quantity": newest.quantity,
        "unit": newest.unit,
        "tests": [_facts(one, bound) for one in found],
    }
    rows = [_row(one, bound) for one in found]
    return Drawn(figure, facts, ("test", "channels", "median", "spread", "stand out"), rows, problems=problems)


def channels_figure(found: Sequence[Channels], bound: Bound | None = None, *, title: str = "", rest: int = 0) -> Figure:
    """A quantity against the channel, the newest test over older ones, with median, limit and what stands out."""
    newest = found[0]
    scale = scale_of(newest.unit, float(np.median(np.abs(newest.filled))))
    elements: list[Element] = [
        Points(
            numbers(one.channel), numbers(one.value * scale.factor), label=one.label, colour="grey", shape="triangle"
        )
        for one in reversed(found[1:])
    ]
    x, y = numbers(newest.channel), numbers(newest.value * scale.factor)
    out = standing_out(newest, bound)
    elements.append(Points(_where(x, ~out), _where(y, ~out), label=newest.label, colour="blue"))
    elements += _listed(newest, scale.factor)
    if np.any(out):
        elements.append(Points(_where(x, out), _where(y, out), label="stands out", colour="vermilion", shape="diamond"))
    median = float(np.median(newest.filled))
    label = f"median {written(median, newest.unit)}"
    elements.append(Marker(median * scale.factor, "y", label=label, colour="ink", stroke="dotted"))
    elements += _limits(bound, newest.unit, scale.factor)
    if rest:
        elements.append(Note(f"{rest} older {'tests are' if rest > 1 else 'test is'} not drawn"))
    axis = Axis(newest.quantity.replace("_", " "), scale.unit)
    return Figure((Panel(Axis("channel"), axis, tuple(elements)),), title)


def standing_out(one: Channels, bound: Bound | None) -> Mask:
    """Which channels lie outside the limit, or far from the median in units of the robust spread."""
    outside = np.array(
        [bound is not None and bool(np.isfinite(v)) and not bound.holds(v) for v in one.value], dtype=bool
    )
    return outside | far_out(one.value)


def _limits(bound: Bound | None, unit: str, factor: float) -> Iterator[Marker]:
    for words, end in bound.ends() if bound is not None else ():
        yield Marker(end * factor, "y", f"{words} {written(end, unit)}", colour="vermilion", stroke="dashed")


def _listed(one: Channels, factor: float) -> Iterator[Points]:
    for name, channels in one.listed.items():
        which = np.isin(one.channel, channels)
        if np.any(which):
            x, y = numbers(one.channel[which]), numbers(one.value[which] * factor)
            yield Points(x, y, label=f"noted as {name.replace('_', ' ')}", colour="ink", shape="ring")


def _where(values: tuple[float | None, ...], which: Mask) -> tuple[float | None, ...]:
    return tuple(value for value, chosen in zip(values, which, strict=True) if chosen)


def _of_test(subject: Subject, test: Mapping[str, Any], problems: list[str]) -> Iterator[Channels]:
    """Every quantity that a test has of its channels: of lists in its measurements first, then of its files."""
    test_type = test["test_type"]
    judged = {"pass": ", pass", "fail": ", fail", "disputed": ", verdicts differ", "none": ""}[verdict(test)]
    label = f"{test['tested'].astimezone():%Y-%m-%d %H:%M}{judged}{', superseded' * test['superseded']}"
    measured = test["measurements"]
    lists = {name: value for name, value in measured.items() if isinstance(value, list) and all(map(is_number, value))}
    listed = {name: tuple(map(int, value)) for name, value in lists.items() if subject.unit(test_type, name) == COUNTED}
    for name, value in lists.items():
        if name not in listed and len(value) >= FEWEST:
            column = np.arange(len(value), dtype=float)
            unit = subject.unit(test_type, name)
            yield Channels(name, unit, column, np.array(value, dtype=float), label, test, listed, "measurements")
    quantities = subject.units.get(test_type, {})
    for file in test["files"]:
        if file["kind"] != "data":
            continue
        try:
            columns = read_columns(subject.data_dir / file["path"], file["name"], _chooser(quantities))
        except InputError as error:
            problems.append(str(error))
            continue
        if columns is not None:
            problems += columns.problems
            yield _of_columns(columns, quantities, label, test, listed, file["name"])


def _of_columns(
    columns: Columns,
    quantities: Mapping[str, str],
    label: str,
    test: Mapping[str, Any],
    listed: Mapping[str, tuple[int, ...]],
    source: str,
) -> Channels:
    title = columns.headings["value"]
    name = next((q for q in quantities if q.lower().split("_") == [*title.words]), "_".join(title.words) or title.text)
    declared = quantities.get(name, "")
    unit = declared if title.unit in ("", declared, *ELECTRONS * (declared in ELECTRONS)) else title.unit
    channel, value = (np.array(columns.values[role], dtype=float) for role in ("channel", "value"))
    return Channels(name, unit, channel, value, label, test, listed, source)


def _chooser(quantities: Mapping[str, str]) -> Callable[[Sequence[Heading]], Mapping[str, Number] | None]:
    """Find a column of channels and beside it that of a quantity of the test, or else the first other one."""
    names = [tuple(name.lower().split("_")) for name in quantities]
    words = {word for name in names for word in name}

    def choose(headings: Sequence[Heading]) -> Mapping[str, Number] | None:
        channel = next((i for i, one in enumerate(headings) if CHANNEL & {*one.words}), None)
        if channel is None:
            return None
        others = [i for i in range(len(headings)) if i != channel and headings[i].words]
        others.sort(key=lambda i: (headings[i].words not in names, -len(words & {*headings[i].words})))
        return {"channel": Number(channel), "value": Number(others[0])} if others else None

    return choose


def _facts(one: Channels, bound: Bound | None) -> dict[str, Any]:
    out = one.channel[standing_out(one, bound)]
    return {
        "test": one.test["uuid"],
        "tested": stamp(one.test["tested"]),
        "source": one.source,
        "channels": len(one.filled),
        "median": float(np.median(one.filled)),
        "spread": spread_of(one.filled),
        "standing_out": [int(channel) for channel in out if np.isfinite(channel)],
        "noted": {name: list(channels) for name, channels in one.listed.items()},
    }


def _row(one: Channels, bound: Bound | None) -> list[str]:
    facts = _facts(one, bound)
    out = facts["standing_out"]
    named = _runs(out[:MOST_NAMED]) + (f" and {len(out) - MOST_NAMED} more" if len(out) > MOST_NAMED else "")
    median, spread = (written(facts[key], one.unit) for key in ("median", "spread"))
    return [one.label, str(facts["channels"]), median, spread, named or "none"]


def _runs(channels: Sequence[int]) -> str:
    """Name channels, neighbours as one.

    >>> _runs([47, 128, 300, 301, 302])
    '47, 128, 300-302'
    """
    runs: list[list[int]] = []
    for channel in sorted(channels):
        if runs and channel == runs[-1][-1] + 1:
            runs[-1].append(channel)
        else:
            runs.append([channel])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
