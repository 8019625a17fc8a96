"""The figure of I-V sweeps: as measured and scaled to 20 °C, the newest before the older ones. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from math import inf, nan

import numpy as np

from scantrail.plots import Axis, Band, Colour, Element, Figure, Line, Marker, Note, Panel, Points, Shape, numbers
from scantrail.tracker.figure.quantities import written
from scantrail.tracker.leakage import HOLE, REFERENCE, Reverse, breakdown
from scantrail.tracker.sweeps import Floats

NEWEST: tuple[tuple[Colour, Shape], ...] = (
    ("blue", "disc"),
    ("vermilion", "square"),
    ("amber", "diamond"),
    ("sky", "triangle"),
)
OLDER: tuple[tuple[Colour, Shape], ...] = (
    ("grey", "square"),
    ("grey", "triangle"),
    ("grey", "diamond"),
    ("grey", "ring"),
)
ROOM_ABOVE = 2.0
"""Factor between the highest current and the end of its axis: there is text."""
NO_BIAS = 0.01
"""Share of the highest bias below which there is none."""
MOST_POINTS = 500
"""Points of a sweep that are drawn one by one."""
AT_REFERENCE = 0.05
"""A current measured so near to 20 °C [K] needs no scaling."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A sweep as it is drawn; `newest`: of the newest test, which stands out from the older ones."""

    label: str
    swept: Reverse
    newest: bool = True


@dataclass(frozen=True, slots=True)
class Operating:
    """The voltage [V] that is marked, and what it is."""

    voltage: float
    text: str


def iv_figure(
    curves: Sequence[Curve],
    operating: Operating | None = None,
    *,
    title: str = "",
    rest: int = 0,
    unread: Sequence[str] = (),
) -> Figure:
    """Current against bias on a log axis, above as measured, below scaled to 20 °C where a temperature is known.

    curves: the newest first; rest: how many older tests are not drawn; unread: what could not be read, in words.
    """
    x = _bias_axis(curves)
    y = _current_axis(curves, scaled=False)
    notes = [Note(text) for text in _notes(curves, _foot(y), rest)]
    if unread:
        more = f" and {len(unread) - 1} more" if len(unread) > 1 else ""
        notes.append(Note(f"Left out: {unread[0]}{more}", warning=True))
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
    """A log axis for what is measured under bias: without any, a meter shows its own offset, decades below.

    A linear one if nothing is above zero.
    """
    under_bias: list[float] = []
    above_zero = False
    for swept in (curve.swept for curve in curves):
        current = np.where(swept.held, nan, swept.current20) if scaled else swept.current
        biased = (swept.bias > NO_BIAS * np.nanmax(swept.bias)) & (current > 0.0)
        under_bias += [*current[biased]]
        above_zero |= bool(np.any(current > 0.0))
    if not under_bias:
        return Axis("current", "A", "log" if above_zero else "linear")
    low, high = min(under_bias), max(under_bias)
    margin = max((high / low) ** 0.06, (10.0 * low / high) ** 0.5)
    return Axis("current", "A", "log", (low / margin, high * max(margin, ROOM_ABOVE)))


def _foot(y: Axis) -> float:
    """The current [A] at the foot of an axis, below which nothing is drawn."""
    if y.scale == "linear":
        return -inf
    return y.limits[0] if y.limits else 0.0


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
    newest, older = cycle(NEWEST), cycle(OLDER)
    styles = [next(newest if curve.newest else older) for curve in curves]
    for curve, (colour, shape) in reversed([*zip(curves, styles, strict=True)]):
        yield from _sweep(curve, colour, shape, _foot(y), scaled=scaled)


def _sweep(curve: Curve, colour: Colour, shape: Shape, floor: float, *, scaled: bool) -> Iterator[Element]:
    """One sweep: a line that holes and missing voltages part, points, and rings where the meter held the current.

    Of many points, which would lie on each other, only the line. What has no place on the axis widens none of it.
    """
    swept = curve.swept
    current = swept.current20 if scaled else swept.current
    shown = np.where((current > 0.0) | np.isneginf(floor), current, nan)
    if scaled:
        shown = np.where(swept.held, nan, shown)
    if not np.any(np.isfinite(shown)):
        return
    bias = np.where(np.isfinite(shown) | (swept.bias >= 0.0), swept.bias, nan)
    dense, free = len(bias) > MOST_POINTS, ~swept.held
    x, y = _with_holes(bias, np.where(shown >= floor, shown, nan))
    yield Line(numbers(x), numbers(y), curve.label if dense else "", colour)
    if not dense:
        yield Points(numbers(bias[free]), numbers(shown[free]), label=curve.label, colour=colour, shape=shape)
    if np.any(swept.held) and not scaled:
        held = numbers(bias[swept.held]), numbers(shown[swept.held])
        yield Points(*held, label=f"held by the meter at {written(swept.limit, 'A')}", colour=colour, shape="ring")


def _with_holes(bias: Floats, current: Floats) -> tuple[Floats, Floats]:
    """Points with a hole between two that lie much farther apart than those before and after, or before a leap back."""
    steps = np.diff(bias)
    far = [abs(steps[i]) > HOLE * max(abs(steps[i - 1]), abs(steps[i + 1])) for i in range(1, len(steps) - 1)]
    holes = [i for i, parted in enumerate(far, start=2) if parted]
    if len(steps) > 1 and steps[-1] * steps[-2] < 0.0 and abs(steps[-1]) > HOLE * abs(steps[-2]):
        holes.append(len(steps))
    return np.insert(bias, holes, nan), np.insert(current, holes, nan)
