"""Statistics as results that are kept beside a run."""

from collections.abc import Iterable, Iterator

from scantrail.daq.stats.found import Found, Statistic
from scantrail.runs import Result

SHAPE = "shape"
"""Quantity whose sentence is the whole verdict on a detector; it comes first of its results."""
OK, MISSING = "OK", "not available"


def results_of(found: Iterable[Found]) -> list[Result]:
    """Return the results: of each detector its shape in a sentence, then each number, or why there is none."""
    return [result for one in found for result in _of_detector(one)]


def _of_detector(found: Found) -> Iterator[Result]:
    yield Result(f"{found.detector} {SHAPE}", None, None, "", found.shape, found.whole)
    for one in found.statistics:
        yield Result(f"{found.detector} {named(one)}", one.value, one.error, one.unit, _status(one), one.reason)


def named(statistic: Statistic) -> str:
    """Return the name of a statistic with its axis, if there are several."""
    return f"{statistic.name} {statistic.axis}" if statistic.axis else statistic.name


def _status(statistic: Statistic) -> str:
    return MISSING if statistic.value is None else OK
