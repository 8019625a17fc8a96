"""What a sweep of reverse bias says: the current at 20 °C, at the operating voltage, in compliance, at breakdown."""

from dataclasses import dataclass
from math import isfinite

import numpy as np

from scantrail.tracker.sweeps import ZERO_CELSIUS, Floats, Mask, Sweep

EFFECTIVE_GAP = 1.21
"""Of the generation current in depleted silicon [eV]; A. Chilingarov, JINST 8 (2013) P10003 (RD50-2011-01)."""
BOLTZMANN = 8.617333262e-5
"""In eV/K; exact since 2019."""
REFERENCE = 20.0
"""Temperature [°C] at which leakage currents are compared."""
BREAKDOWN = 4.0
"""(dI/dV)(V/I) above which a sensor breaks down: the power of the voltage with which the current grows.

It is 1/2 while a sensor depletes, less when it is depleted, 1 of a resistor. That 4 is the limit is our choice: it is
above all of these, and a breakdown, in which the current grows tenfold within a few volts, is far above it.
"""
FEWEST = 5
"""Points of a sweep from which on it says anything of breakdown."""
HOLE = 2.5
"""A step so many times as long as others is a hole in the sweep."""
RISE = 1.5
"""(dI/dV)(V/I) of the step into a clamp is above this; a resistor has 1, a sensor that depletes has 1/2."""
HELD = 0.005
"""Currents are those of a clamp if they differ by no more than this share of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Reverse:
    """A sweep as it is shown: |bias| [V] and |current| [A] where they have the sign of the sweep's far end.

    bias_sign, current_sign: what they were multiplied with; held: which points stand in compliance; current20: the
    current scaled to 20 °C, NaN where the temperature is unknown.
    """

    bias: Floats
    current: Floats
    temperature: Floats
    current20: Floats
    held: Mask
    bias_sign: int
    current_sign: int

    @property
    def limit(self) -> float | None:
        """The current [A] at which the meter held, None if it did not."""
        return float(np.median(self.current[self.held])) if np.any(self.held) else None


def at_reference(current: Floats, celsius: Floats) -> Floats:
    """Scale currents generated in depleted silicon to 20 °C: I(T) ~ T² exp(-1.21 eV / 2kT), Chilingarov 2013."""
    kelvin, reference = celsius + ZERO_CELSIUS, REFERENCE + ZERO_CELSIUS
    exponent = EFFECTIVE_GAP / (2.0 * BOLTZMANN) * (1.0 / kelvin - 1.0 / reference)
    return np.asarray(current * (reference / kelvin) ** 2 * np.exp(exponent), dtype=float)


def reverse(sweep: Sweep, celsius: float | None = None) -> Reverse:
    """Turn a sweep so that bias and current grow upwards. celsius: its temperature where the file has none."""
    measured = np.isfinite(sweep.voltage) & np.isfinite(sweep.current)
    bias_sign = _sign(sweep.voltage[measured])
    current_sign = _sign(sweep.current[measured])
    temperature = np.where(np.isfinite(sweep.temperature), sweep.temperature, np.nan if celsius is None else celsius)
    bias, current = bias_sign * sweep.voltage, current_sign * sweep.current
    return Reverse(
        bias, current, temperature, at_reference(current, temperature), _held(bias, current), bias_sign, current_sign
    )


def current_at(swept: Reverse, voltage: float, *, scaled: bool = False) -> float | None:
    """The current [A] at a voltage, between the neighbours on the way up; None outside, in a hole, in compliance."""
    bias, current, held = way_up(swept, scaled=scaled)
    after = int(np.searchsorted(bias, voltage))
    if after < len(bias) and held[after]:
        return None
    if after < len(bias) and bias[after] == voltage and isfinite(current[after]):
        return float(current[after])
    if not 0 < after < len(bias) or bias[after] - bias[after - 1] > HOLE * np.median(np.diff(bias)):
        return None
    value = np.interp(voltage, bias[after - 1 : after + 1], current[after - 1 : after + 1])
    return float(value) if isfinite(value) else None


def breakdown(swept: Reverse) -> tuple[float, float] | None:
    """The two neighbouring voltages [V] between which the breakdown begins; None if the sweep does not prove one.

    From there on (dI/dV)(V/I) is above 4 in every step to the end of the sweep, in two steps at least; or in one, if it
    ran into the compliance.
    """
    bias, current, held = _under_bias(swept)
    free = int(np.argmax(held)) if np.any(held) else len(bias)
    bias, current = bias[: free + 1], current[: free + 1]
    if len(bias) < FEWEST:
        return None
    below = np.flatnonzero(~(_slopes(bias, current) > BREAKDOWN))
    first = int(below[-1]) + 1 if len(below) else 0
    if len(bias) - 1 - first < (1 if np.any(held) else 2):
        return None
    return float(bias[first]), float(bias[first + 1])


def free_to(swept: Reverse) -> float | None:
    """The highest voltage [V] of a sweep that ended without breaking down; None if it did, or nobody can tell."""
    bias, current, held = _under_bias(swept)
    if len(bias) < FEWEST or np.any(held) or _slopes(bias, current)[-1] > BREAKDOWN:
        return None
    return float(bias[-1])


def _under_bias(swept: Reverse) -> tuple[Floats, Floats, Mask]:
    bias, current, held = way_up(swept)
    since = int(np.searchsorted(bias, 0.0))
    return bias[since:], current[since:], held[since:]


def way_up(swept: Reverse, *, scaled: bool = False) -> tuple[Floats, Floats, Mask]:
    """Bias, current and compliance of the longer way between an end and the highest voltage, ascending, each once."""
    filled = np.isfinite(swept.bias) & np.isfinite(swept.current)
    bias, held = swept.bias[filled], swept.held[filled]
    current = (swept.current20 if scaled else swept.current)[filled]
    if len(bias):
        top = int(np.argmax(bias))
        last = len(bias) - 1 - int(np.argmax(bias[::-1]))
        there, back = slice(0, last + 1), slice(top, None)
        way = there if last >= len(bias) - 1 - top else back
        bias, current, held = bias[way], current[way], held[way]
    bias, once = np.unique(bias, return_index=True)
    return bias, current[once], held[once]


def _sign(values: Floats) -> int:
    """The sign of the value farthest from zero."""
    return -1 if len(values) and values[np.argmax(np.abs(values))] < 0.0 else 1


def _slopes(bias: Floats, current: Floats) -> Floats:
    """(dI/dV)(V/I) of each step, taken at its middle."""
    middle_bias, middle_current = (bias[1:] + bias[:-1]) / 2.0, (current[1:] + current[:-1]) / 2.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.diff(current) / np.diff(bias) * middle_bias / middle_current, dtype=float)


def _held(bias: Floats, current: Floats) -> Mask:
    """Which points a meter held at its limit: two or more at the highest voltages, with the highest current, all alike.

    The current must have risen into them faster than the voltage: a depleted sensor is as flat, but slows down before.
    """
    held = np.zeros(len(bias), dtype=bool)
    filled = np.flatnonzero(np.isfinite(bias) & np.isfinite(current) & (bias > 0.0))
    order = filled[np.argsort(bias[filled], kind="stable")]
    if len(order) < 3:
        return held
    top = float(np.max(current[order]))
    alike = current[order] >= top * (1.0 - HELD)
    first = len(order) - int(np.argmin(alike[::-1])) if not np.all(alike) else 0
    if top <= 0.0 or first == 0 or len(order) - first < 2:
        return held
    low, high = order[first - 1], order[first]
    rise = (current[high] - current[low]) / (bias[high] - bias[low]) if bias[high] > bias[low] else np.inf
    if rise * bias[high] / current[high] > RISE:
        held[order[first:]] = True
    return held
