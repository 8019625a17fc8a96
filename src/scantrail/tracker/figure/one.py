"""Which figure shows the tests of one component: of its sweeps, its channels, or its values against time."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from scantrail.errors import InputError, Refused
from scantrail.tracker.figure.channel_tests import channels_drawn
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.subject import subject
from scantrail.tracker.figure.sweep_tests import sweeps_drawn
from scantrail.tracker.figure.trend_tests import trend_drawn
from scantrail.tracker.store import Database

TREND = "trend"
MOST_NAMED = 3


def plot_component(
    database: Database, component_id: str, what: str, quantity: str | None = None, *, test_type: str | None = None
) -> Drawn:
    """Return the figure of a component's tests. what: a test type, or "trend" for values against time.

    Of a test type are drawn the sweeps in its data files, else the channels in its lists or files, else its numbers
    against time; with a quantity always that against time. What runs measured is drawn by their numbers: their points
    are drawn with the run. test_type: for "trend", only the tests of this type. Raises
    ComponentNotFound, InputError, Refused if there is nothing to draw.
    """
    found = subject(database, component_id)
    if what == TREND:
        tests = found.of_type(test_type) if test_type is not None else [*found.tests]
        if not tests:
            raise Refused(f"{found.id} has no tests yet")
        return trend_drawn(found, tests, quantity)
    if test_type is not None:
        raise InputError(f"the tests of the type {what!r} are asked for; a second type is for {TREND!r}")
    tests = found.of_type(what)
    if quantity is not None:
        return trend_drawn(found, tests, quantity)
    problems: list[str] = []
    by_hand = [test for test in tests if test["run_uid"] is None]
    for drawn_by in (sweeps_drawn, channels_drawn) if by_hand else ():
        drawn = drawn_by(found, by_hand)
        if isinstance(drawn, Drawn):
            return drawn
        problems += drawn
    told = [*dict.fromkeys(problems)]
    return replace(trend_drawn(found, tests, problems=told), notes=[*_not_understood(by_hand)])


def _not_understood(tests: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Name the data files in which nothing was found to draw, the newest first."""
    names = [file["name"] for test in tests for file in test["files"] if file["kind"] == "data"]
    if names:
        more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
        yield f"no columns of voltage and current, nor of channels, in {', '.join(names[:MOST_NAMED])}{more}"
