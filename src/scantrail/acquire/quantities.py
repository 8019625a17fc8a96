"""A run's results as the measurements of a test on one component."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scantrail.runs import Result
from scantrail.tracker import error_of, joined

OK = "OK"
SAME = {"1/s": "Hz", "counts/s": "Hz"}
"""Units that are written in two ways."""
_CHANNEL = re.compile(r"ch\d+")


@dataclass(frozen=True, slots=True)
class Measurements:
    """What a test measured: values and errors by name; the names of what should have been measured and was not.

    notes: what was left out and why, a sentence each.
    """

    values: dict[str, float]
    missing: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A result, the quantity that it is; source: the channel or detector; axis: the motor, "" where there is one."""

    source: str
    axis: str
    quantity: str
    result: Result

    def name(self, *, of_several: bool) -> str:
        """Return the name of the measurement: `threshold ch1`, `peak @I0`, of a mesh `peak @x` or `peak @I0 x`."""
        parts = [part for part in (self.source * of_several, self.axis) if part]
        if parts and not _CHANNEL.fullmatch(parts[0]):
            parts[0] = f"@{parts[0]}"
        return joined(self.quantity, " ".join(parts))


def measurements_of(
    results: Iterable[Result],
    names: Mapping[str, str],
    units: Mapping[str, str],
    channels: Sequence[int] = (),
    axes: Sequence[str] = (),
) -> Measurements:
    """Return the results that a test keeps, under its own names.

    names: what the run calls a number -> the quantity of the test. units: of the quantities, "" for any. channels:
    those that belong to the component; () for all. axes: the motors of a mesh, each of which has results of its own.
    Results of several channels, detectors or axes carry these behind the quantity: `threshold ch1`, `peak @I0`. A run
    that found nothing at all misses every quantity.
    """
    found = [one for one in _found(results, names, axes) if not channels or one.source in {f"ch{n}" for n in channels}]
    several = len({one.source for one in found}) > 1
    values: dict[str, float] = {}
    missing, notes = [] if found else [*names.values()], []
    for one in found:
        name = one.name(of_several=several)
        unit, declared = one.result.unit, units.get(one.quantity, "")
        if one.result.value is None:
            missing.append(name)
        elif unit and declared and SAME.get(unit, unit) != SAME.get(declared, declared):
            missing.append(name)
            notes.append(f"{name} is left out: it was measured in {unit}, and is declared in {declared}")
        else:
            values[name] = one.result.value
            if one.result.error is not None:
                values[error_of(name)] = one.result.error
            if one.result.status != OK:
                missing.append(name)
    return Measurements(values, tuple(missing), tuple(notes))


def _found(results: Iterable[Result], names: Mapping[str, str], axes: Sequence[str]) -> Iterator[_Found]:
    """Tell whose result each is: `ch1 mu` is the `mu` of `ch1`, `I0 peak x` the `peak` of `I0` along `x`.

    The longest name wins; capital letters make no difference.
    """
    by_length = sorted(names, key=len, reverse=True)
    for result in results:
        axis = next((each for each in axes if result.name.endswith(f" {each}")), "")
        told = result.name.removesuffix(f" {axis}") if axis else result.name
        for name in by_length:
            if f" {told}".casefold().endswith(f" {name}".casefold()):
                yield _Found(told[: -len(name)].rstrip(), axis, names[name], result)
                break
