"""The figure of I-V sweeps: as measured and scaled to 20 °C, the newest before the older ones."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import nan
from typing import Any

import numpy as np

from scantrail.errors import InputError
from scantrail.plots import Axis, Band, Colour, Element, Figure, Line, Marker, Note, Panel, Points, Shape, numbers
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.quantities import is_number, written
from scantrail.tracker.figure.subject import Subject, verdict
from scantrail.tracker.leakage import FEWEST, HOLE, REFERENCE, Reverse, breakdown, current_at, reverse
from scantrail.tracker.moments import stamp
from scantrail.tracker.sweeps import Floats, read_sweeps

MOST_TESTS = 5
"""Tests over each other that an eye still tells apart."""
NEWEST: tuple[tuple[Colour, Shape], ...] = (
    ("blue", "disc"),
    ("vermilion", "square"),
    ("amber", "diamond"),
    ("sky", "triangle"),
)
OLDER: tuple[Shape, ...] = ("square", "triangle", "diamond", "ring", "disc")
ROOM_ABOVE = 2.0
"""Factor between the highest current and the end of its axis: there is text."""
NO_BIAS = 0.01
"""Share of the highest bias below which there is none."""
AT_REFERENCE = 0.05
"""A current measured so near to 20 °C [K] needs no scaling."""
STEADY = 1.0
"""A temperature that varies by no more [K] in a sweep is told as one."""


@dataclass(frozen=True, slots=True)
class Curve:
    """One sweep as it is drawn. tested: when, None if its file belongs to no test; newest: of the test highlighted."""

    label: str
    swept: Reverse
    newest: bool = True
    test: Mapping[str, Any] | None = None
    file: str = ""


@dataclass(frozen=True, slots=True)
class Operating:
    """The voltage [V] that is marked, and what it is."""

    voltage: float
    text: str


def iv_curves(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> tuple[list[Curve], list[str], int]:
    """Read the sweeps of tests, the newest first; return them, what could not be read, how many tests were left out."""
    curves: list[Curve] = []
    problems: list[str] = []
    drawn = 0
    highlighted: int | None = None
    for i, test in enumerate(tests):
        if drawn == MOST_TESTS:
            rest = sum(any(file["kind"] == "data" for file in each["files"]) for each in tests[i:])
            return curves, problems, rest
        found: list[Curve] = []
        if highlighted is None and not test["superseded"]:
            highlighted = i
        for file in test["files"]:
            if file["kind"] == "data":
                found += _of_file(subject, test, file, problems, newest=highlighted == i)
        if not found and highlighted == i:
            highlighted = None
        drawn += bool(found)
        alike = len({one.label for one in found}) < len(found)
        curves += [replace(one, label=f"{one.label} ({n})") for n, one in enumerate(found, 1)] if alike else found
    return curves, problems, 0


def _of_file(
    subject: Subject, test: Mapping[str, Any], file: Mapping[str, Any], problems: list[str], *, newest: bool
) -> list[Curve]:
    try:
        found = read_sweeps(subject.data_dir / file["path"], file["name"])
    except InputError as error:
        problems.append(str(error))
        return []
    if found is None:
        return []
    problems += found.problems
    noted = test["measurements"].get("temperature")
    celsius = float(noted) if is_number(noted) else None
    swept = [reverse(sweep, celsius) for sweep in found.sweeps]
    return [Curve(_label(test, one), one, newest, test, file["name"]) for one in swept]


def _label(test: Mapping[str, Any], swept: Reverse) -> str:
    when: datetime = test["tested"]
    judged = {"pass": "pass", "fail": "fail", "disputed": "verdicts differ", "none": ""}[verdict(test)]
    parts = (f"{when.astimezone():%Y-%m-%d %H:%M}", _temperature(swept), judged, "superseded" * test["superseded"])
    return ", ".join(filter(None, parts))


def _temperature(swept: Reverse) -> str:
    known = swept.temperature[np.isfinite(swept.temperature)]
    if not len(known):
        return ""
    if np.ptp(known) <= STEADY:
        return f"{np.median(known):.1f} °C"
    return f"{np.min(known):.0f} to {np.max(known):.0f} °C"


def iv_drawn(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> Drawn | list[str]:
    """Return the figure of the sweeps in the files of tests; if there is none, what could not be read."""
    curves, problems, rest = iv_curves(subject, tests)
    if not curves:
        return problems
    operating = _operating(subject, tests)
    title = f"{subject.id}: {tests[0]['test_type']}"
    figure = iv_figure(curves, operating, title=title, rest=rest, unread=len(problems))
    facts = {
        "component": subject.id,
        "test_type": tests[0]["test_type"],
        "sweeps": [_facts(c, operating) for c in curves],
    }
    headings, rows = _table(curves, operating)
    return Drawn(figure, facts, headings, rows, problems=problems)


def iv_figure(
    curves: Sequence[Curve], operating: Operating | None = None, *, title: str = "", rest: int = 0, unread: int = 0
) -> Figure:
    """Current against bias on a log axis, above as measured, below scaled to 20 °C where a temperature is known.

    rest: how many older tests are not drawn; unread: how many cells or files could not be read.
    """
    x = _bias_axis(curves)
    y = _current_axis(curves, scaled=False)
    notes = [Note(text) for text in _notes(curves, y.limits[0] if y.limits else 0.0, rest)]
    if unread:
        several = f"{unread} cells or files" if unread > 1 else "1 cell or file"
        notes.append(Note(f"{several} could not be read and what was in there is left out", warning=True))
    measured = [*_marks(curves, operating), *_sweeps(curves, y, scaled=False), *notes]
    known = [np.isfinite(c.swept.current20) for c in curves]
    apart = any(
        np.any(np.abs(c.swept.temperature[k] - REFERENCE) > AT_REFERENCE) for c, k in zip(curves, known, strict=True)
    )
    upper = Panel(x, y, tuple(measured), "as measured" if apart else "")
    if not apart:
        return Figure((upper,), title)
    unknown = sum(not np.any(k) for k in known)
    without = [Note(f"{unknown} of {len(curves)} sweeps have no temperature and are not scaled")] if unknown else []
    unnamed = None if operating is None else replace(operating, text="")
    y = _current_axis(curves, scaled=True)
    scaled = (*_operating_mark(unnamed), *_sweeps(curves, y, scaled=True), *without)
    lower = Panel(x, y, scaled, "scaled to 20 °C")
    return Figure((upper, lower), title, shared_x=True)


def _bias_axis(curves: Sequence[Curve]) -> Axis:
    signs = {curve.swept.bias_sign for curve in curves}
    return Axis("bias voltage" if signs == {1} else "|bias voltage|", "V")


def _current_axis(curves: Sequence[Curve], *, scaled: bool) -> Axis:
    """A log axis for what is measured under bias: without any, a meter shows its own offset, decades below."""
    under_bias = []
    for swept in (curve.swept for curve in curves):
        current = np.where(swept.held, nan, swept.current20) if scaled else swept.current
        biased = (swept.bias > NO_BIAS * np.nanmax(swept.bias)) & (current > 0.0)
        under_bias += [*current[biased]]
    if not under_bias:
        return Axis("current", "A", "log")
    low, high = min(under_bias), max(under_bias)
    margin = max((high / low) ** 0.06, (10.0 * low / high) ** 0.5)
    return Axis("current", "A", "log", (low / margin, high * max(margin, ROOM_ABOVE)))


def _notes(curves: Sequence[Curve], floor: float, rest: int) -> Iterator[str]:
    """What a reader must know. floor: the current at the foot of the axis [A]."""
    turned: dict[str, list[str]] = {}
    for name in ("bias", "current"):
        number = sum(getattr(curve.swept, f"{name}_sign") < 0 for curve in curves)
        if number:
            turned.setdefault("" if number == len(curves) else f" in {number} of {len(curves)} sweeps", []).append(name)
    for of, names in turned.items():
        were, sizes = ("were", "their sizes are") if len(names) > 1 else ("was", "its size is")
        yield f"{' and '.join(names)} {were} negative{of}: {sizes} shown".capitalize()
    below = sum(int(np.sum(curve.swept.current <= floor)) for curve in curves)
    if below:
        lie = f"{below} points lie" if below > 1 else "1 point lies"
        yield f"{lie} below the axis: no bias, or no current above zero"
    if rest:
        yield f"{rest} older {'tests are' if rest > 1 else 'test is'} not drawn"


def _marks(curves: Sequence[Curve], operating: Operating | None) -> Iterator[Element]:
    """What is drawn behind the sweeps: where the newest breaks down, the operating voltage, limits of the meter."""
    for curve in curves:
        span = breakdown(curve.swept) if curve.newest else None
        if span is not None:
            yield Band(*span, label="breakdown begins: (dI/dV)(V/I) above 4 from here on", colour="purple")
    yield from _operating_mark(operating)
    limits: list[float] = []
    for limit in (curve.swept.limit for curve in curves):
        if limit is not None and not any(abs(limit - other) <= 0.01 * other for other in limits):
            limits.append(limit)
            yield Marker(limit, "y", colour="grey", stroke="dotted")


def _operating_mark(operating: Operating | None) -> Iterator[Marker]:
    if operating is not None:
        yield Marker(operating.voltage, text=operating.text, stroke="dashed")


def _sweeps(curves: Sequence[Curve], y: Axis, *, scaled: bool) -> Iterator[Element]:
    """The sweeps, the oldest first, so that the newest lies on top."""
    floor = y.limits[0] if y.limits else 0.0
    first = next((i for i, curve in enumerate(curves) if not curve.newest), len(curves))
    for i, curve in reversed([*enumerate(curves)]):
        older = max(i - first, 0)
        colour, shape = NEWEST[i % len(NEWEST)] if curve.newest else ("grey", OLDER[older % len(OLDER)])
        yield from _sweep(curve, colour, shape, floor, scaled=scaled)


def _sweep(curve: Curve, colour: Colour, shape: Shape, floor: float, *, scaled: bool) -> Iterator[Element]:
    """One sweep: a line that holes and missing voltages part, points, and rings where the meter held the current."""
    swept = curve.swept
    current = swept.current20 if scaled else swept.current
    shown = np.where(current > 0.0, current, nan)
    if scaled:
        shown = np.where(swept.held, nan, shown)
    if not np.any(np.isfinite(shown)):
        return
    x, y = _with_holes(swept.bias, np.where(shown >= floor, shown, nan))
    yield Line(numbers(x), numbers(y), colour=colour)
    free = ~swept.held
    yield Points(numbers(swept.bias[free]), numbers(shown[free]), label=curve.label, colour=colour, shape=shape)
    if np.any(swept.held) and not scaled:
        held = numbers(swept.bias[swept.held]), numbers(shown[swept.held])
        yield Points(*held, label=f"held by the meter at {written(swept.limit, 'A')}", colour=colour, shape="ring")


def _with_holes(bias: Floats, current: Floats) -> tuple[Floats, Floats]:
    """Points with a hole between two that lie much farther apart than those before and after, or before a leap back."""
    steps = np.diff(bias)
    far = [abs(steps[i]) > HOLE * max(abs(steps[i - 1]), abs(steps[i + 1])) for i in range(1, len(steps) - 1)]
    holes = [i for i, parted in enumerate(far, start=2) if parted]
    if len(steps) > 1 and steps[-1] * steps[-2] < 0.0 and abs(steps[-1]) > HOLE * abs(steps[-2]):
        holes.append(len(steps))
    return np.insert(bias, holes, nan), np.insert(current, holes, nan)


def _operating(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> Operating | None:
    """The profile's voltage, else the least that a limit asks for, else what the newest test says it was noted at."""
    if subject.operating_voltage is not None:
        voltage = abs(subject.operating_voltage)
        return Operating(voltage, f"operating voltage {voltage:g} V")
    bound = subject.bound_now(tests[0]["test_type"], "voltage")
    if bound is not None and bound.low is not None:
        return Operating(abs(bound.low), f"{abs(bound.low):g} V, the least allowed")
    for test in tests:
        noted = test["measurements"].get("voltage")
        if is_number(noted) and not test["superseded"]:
            return Operating(abs(float(noted)), f"{abs(float(noted)):g} V, as noted with the test")
    return None


def _facts(curve: Curve, operating: Operating | None) -> dict[str, Any]:
    swept = curve.swept
    known = swept.temperature[np.isfinite(swept.temperature)]
    facts: dict[str, Any] = {
        "file": curve.file,
        "points": int(np.sum(np.isfinite(swept.bias) & np.isfinite(swept.current))),
        "bias_sign": swept.bias_sign,
        "current_sign": swept.current_sign,
        "temperature": float(np.median(known)) if len(known) else None,
        "compliance": swept.limit,
        "breakdown": breakdown(swept),
        "newest": curve.newest,
    }
    if curve.test is not None:
        facts |= {"test": curve.test["uuid"], "tested": stamp(curve.test["tested"]), "verdict": verdict(curve.test)}
        facts["superseded"] = curve.test["superseded"]
    if operating is not None:
        facts |= {
            "voltage": operating.voltage,
            "current": current_at(swept, operating.voltage),
            "current_20C": current_at(swept, operating.voltage, scaled=True),
        }
    return facts


def _table(curves: Sequence[Curve], operating: Operating | None) -> tuple[list[str], list[list[str]]]:
    headings = ["sweep", "held at", "breakdown"]
    if operating is not None:
        headings[1:1] = [f"{operating.voltage:g} V", f"{operating.voltage:g} V, 20 °C"]
    rows = []
    for curve in curves:
        facts = _facts(curve, operating)
        span, top = facts["breakdown"], np.nanmax(curve.swept.bias)
        broke = f"{span[0]:g}–{span[1]:g} V" if span else f"> {top:g} V" if facts["points"] >= FEWEST else "–"
        row = [curve.label, written(facts["compliance"], "A"), broke]
        if operating is not None:
            row[1:1] = [written(facts["current"], "A"), written(facts["current_20C"], "A")]
        rows.append(row)
    return headings, rows
