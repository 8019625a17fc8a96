"""Where an axis has ticks and what stands beside them, the same for every back end."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, log10

from scantrail.plots.dates import date_ticks
from scantrail.plots.model import Axis

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
STEPS = (1.0, 2.0, 5.0, 10.0)
NEARLY = 0.8
"""A step so much smaller than asked for is taken, before one twice as large is."""
PLAIN_DECADES = range(-3, 5)
"""Powers of ten that are written out."""
LONGEST = 8
"""Characters of a tick label above which it is written with an exponent."""


@dataclass(frozen=True, slots=True)
class Ticks:
    """Labelled ticks as (place, label) and the places of minor ones, ascending."""

    major: tuple[tuple[float, str], ...]
    minor: tuple[float, ...] = ()


def ticks(axis: Axis, count: int) -> Ticks:
    """Ticks for an axis with settled limits, about `count` labels and never many more."""
    low, high = axis.limits or (0.0, 1.0)
    if axis.scale == "time":
        return Ticks(date_ticks(low, high, count))
    return _log_ticks(low, high, count) if axis.scale == "log" else _linear_ticks(low, high, count)


def _linear_ticks(low: float, high: float, count: int) -> Ticks:
    rough = (high - low) / max(count, 1)
    decade = 10.0 ** floor(log10(rough))
    step = next(s * decade for s in STEPS if s * decade >= NEARLY * rough)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    places = [k * step for k in range(first, last + 1)]
    return Ticks(tuple((place, _linear_label(place, step)) for place in places))


def _linear_label(place: float, step: float) -> str:
    """The place with as many digits as its step needs."""
    decimals = max(0, -floor(log10(step) + 1e-9))
    plain = f"{place:.{decimals}f}"
    if len(plain.lstrip("-")) <= LONGEST:
        return "0" if place == 0.0 else plain
    digits = floor(log10(max(abs(place), step))) - floor(log10(step) + 1e-9)
    return f"{place:.{min(max(digits, 0), 15)}e}"


def _log_ticks(low: float, high: float, count: int) -> Ticks:
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    stride = max(1, ceil((last - first + 1) / max(count, 2)))
    decades = range(first, last + 1, stride)
    if len(decades) > 2 or (len(decades) == 2 and count < 6):
        between = _between(low, high) if stride == 1 else tuple(10.0**k for k in range(first, last + 1))
        return Ticks(tuple(zip((10.0**k for k in decades), powers(decades), strict=True)), between)
    some = [m * 10.0**k for k in range(first - 1, last + 1) for m in (1, 2, 5)]
    some = [place for place in some if low <= place <= high]
    if len(some) > 2:
        return Ticks(tuple((place, _digit_label(place)) for place in some), _between(low, high))
    return _linear_ticks(low, high, count)


def _digit_label(place: float) -> str:
    """One digit, with its power of ten where that is not written out."""
    power = floor(log10(place) + 1e-9)
    if power in PLAIN_DECADES:
        return f"{place:g}"
    return f"{place / 10.0**power:.0f}·{powers([power])[0]}"


def _between(low: float, high: float) -> tuple[float, ...]:
    every = (m * 10.0**k for k in range(floor(log10(low)) - 1, ceil(log10(high)) + 1) for m in range(2, 10))
    return tuple(place for place in every if low <= place <= high)


def powers(exponents: Iterable[int]) -> list[str]:
    """Powers of ten, all in one manner: 0.01, 1, 100 while they are short, else 10⁰, 10³, 10⁶."""
    every = list(exponents)
    if all(k in PLAIN_DECADES for k in every):
        return [f"{10.0**k:g}" for k in every]
    return ["10" + str(k).translate(SUPERSCRIPT) for k in every]
