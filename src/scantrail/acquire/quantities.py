"""A run's results as the measurements of a test on one component."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from scantrail.runs import Result
from scantrail.tracker import error_of

OK = "OK"
SAME = {"1/s": "Hz", "counts/s": "Hz"}
"""Units that are written in two ways."""


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
    series: str
    quantity: str
    result: Result


def measurements_of(
    results: Iterable[Result], names: Mapping[str, str], units: Mapping[str, str], channels: Sequence[int] = ()
) -> Measurements:
    """Return the results that a test keeps, under its own names.

    names: what the run calls a number -> the quantity of the test. units: of the quantities, "" for any. channels:
    those that belong to the component; () for all. Results of several channels or detectors carry their name behind
    the quantity: `threshold ch1`.
    """
    found = [one for one in _found(results, names) if not channels or one.series in {f"ch{n}" for n in channels}]
    several = len({one.series for one in found}) > 1
    values: dict[str, float] = {}
    missing, notes = [], []
    for one in found:
        name = f"{one.quantity} {one.series}" if several else one.quantity
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


def _found(results: Iterable[Result], names: Mapping[str, str]) -> Iterator[_Found]:
    """Tell whose result each is: `ch1 mu` is the `mu` of `ch1`; the longest name wins."""
    by_length = sorted(names, key=len, reverse=True)
    for result in results:
        for name in by_length:
            if result.name == name or result.name.endswith(f" {name}"):
                yield _Found(result.name.removesuffix(name).rstrip(), names[name], result)
                break
