"""How values of a test are written and judged: prefixes of units, lists as one number, a spread without outliers."""

from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np

from scantrail.tracker.sweeps import Floats, Mask

PREFIXED = ("A", "V", "W", "s", "Hz", "Ω", "Ohm", "F", "C")
"""Units that take a prefix; DAC, e- and °C do not."""
PREFIXES = {-15: "f", -12: "p", -9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
COUNTED = "channels"
"""The unit of a list that names channels: as one number it is its length."""
NUMBER_OF = "number of"
MAD = 1.4826
"""Median absolute deviations in a standard deviation of a Gaussian."""

FAR = 5.0
"""Spreads from the median beyond which a value stands out; of Gaussian values one in 1.7 million does."""
FEWEST_FOR_A_SPREAD = 5
"""Values from which on their spread says anything."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A unit with a prefix: value * factor is a number in `unit`."""

    factor: float
    unit: str


def scale_of(unit: str, largest: float) -> Scale:
    """Return the prefix under which a value has one to three digits before the point; `unit` itself if it takes none.

    >>> scale_of("A", 2.3e-6)
    Scale(factor=1000000.0, unit='µA')
    """
    if unit not in PREFIXED or not isfinite(largest) or largest == 0.0:
        return Scale(1.0, unit)
    power = 3 * floor(round(log10(abs(largest)), 9) / 3)
    power = min(max(power, min(PREFIXES)), max(PREFIXES))
    return Scale(float(10.0**-power), PREFIXES[power] + unit)


def written(value: float | None, unit: str, digits: int = 3) -> str:
    """Write a value with its unit; a dash for none.

    >>> written(2.345e-6, "A"), written(1580.0, "e-"), written(None, "V")
    ('2.35 µA', '1580 e-', '–')
    """
    if value is None or not isfinite(value):
        return "–"
    scale = scale_of(unit, float(f"{value:.{digits}g}"))
    number = value * scale.factor
    plain = f"{number:.{digits}g}"
    if "e" in plain and 1.0 <= abs(number) < 1e6:
        plain = f"{number:.0f}"
    return f"{plain} {scale.unit}".strip()


def as_number(value: object, unit: str) -> float | None:
    """A measurement as one number: of a list of channels their number, of another list its median; None for text."""
    if isinstance(value, list):
        if unit == COUNTED:
            return float(len(value))
        numbers = [float(each) for each in value if is_number(each)]
        return float(np.median(numbers)) if numbers and len(numbers) == len(value) else None
    return float(value) if is_number(value) else None  # type: ignore[arg-type]


def named(quantity: str, unit: str, *, of_lists: bool) -> str:
    """Name the number that stands for a quantity.

    >>> named("bad_channels", "channels", of_lists=True)
    'number of bad channels'
    """
    plain = quantity.replace("_", " ")
    return plain if not of_lists else f"{NUMBER_OF} {plain}" if unit == COUNTED else f"median {plain}"


def unit_of_number(unit: str) -> str:
    """The unit of what `as_number` returns: a number of channels has none."""
    return "" if unit == COUNTED else unit


def is_number(value: object) -> bool:
    """Whether a JSON value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def spread_of(values: Floats) -> float:
    """The standard deviation as the median absolute deviation tells it, which outliers do not widen."""
    return float(MAD * np.median(np.abs(values - np.median(values))))


def far_out(values: Floats) -> Mask:
    """Which values lie farther than FAR spreads from the median; none where more than half are equal."""
    filled = values[np.isfinite(values)]
    if len(filled) < FEWEST_FOR_A_SPREAD:
        return np.zeros(len(values), dtype=bool)
    spread = spread_of(filled)
    if spread == 0.0:
        return np.zeros(len(values), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.abs(values - np.median(filled)) > FAR * spread, dtype=bool)
