"""How the commands put durations, plans and outcomes into words."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from math import isclose, prod
from typing import TYPE_CHECKING

from scantrail.runs import duration

if TYPE_CHECKING:
    from scantrail.daq import ScanConfig
    from scantrail.runs import Point
    from scantrail.station import Station
    from scantrail.threshold import ThresholdPlan

MOST = 10
"""Sentences of one kind that a command prints; whoever wants more looks at the run."""


def plan_in_words(plan: "ThresholdPlan", seconds: float) -> Iterator[str]:
    """Yield what a threshold scan is about to do, a line each. seconds: how long it takes of our time."""
    speed = plan.duration / seconds if seconds else 1.0
    name = plan.kind.removeprefix("threshold_")
    clock = "" if isclose(speed, 1.0) else f" at {speed:g} times the speed"
    expected = duration(max(0.1, seconds))
    yield f"{name} scan: {plan.shape[0]} points of {plan.dwell:g} s, about {expected}{clock}"
    for steps in plan.steps:
        values = steps.thresholds
        where = f"{steps.name} ({steps.label})" if steps.label else steps.name
        yield f"  {where}: {len(values)} thresholds, {values[0]} to {values[-1]} DAC"
    yield from plan.notices


def scan_in_words(plan: "ScanConfig", seconds: float, station: "Station", untimed: Sequence[str] = ()) -> Iterator[str]:
    """Yield what a position scan is about to do, a line each.

    seconds: how long it is expected to take, without the moves of the motors `untimed`.
    """
    from scantrail.cli.energies import dwells_in_words, energies_in_words
    from scantrail.daq import XAFSScanConfig

    points = prod(plan.shape)
    counted = f"{points} {'point' if points == 1 else 'points'}"
    shape = f" ({' x '.join(map(str, plan.shape))})" if len(plan.shape) > 1 else ""
    dwell = f"{plan.dwell_time:g} s"
    if isinstance(plan, XAFSScanConfig):
        shape = f" ({plan.repeats} passes)" if plan.repeats > 1 else ""
        dwell = dwells_in_words(plan)
    besides = f" and the moves of {' and '.join(untimed)}" if untimed else ""
    yield f"{plan.kind} scan: {counted}{shape} of {dwell}, about {duration(seconds)}{besides}"
    if isinstance(plan, XAFSScanConfig):
        yield from energies_in_words(plan, station)
    if not plan.motors:
        every = getattr(plan, "every", 0.0)
        yield f"  one reading every {every:g} s" if every else "  one reading after the other"
        return
    unit = " from where it stands" if getattr(plan, "relative", False) else ""
    for track in plan.tracks:
        for name, values in track.items():
            yield f"  {name}: {len(values)} positions, {values[0]:g} to {values[-1]:g}{unit}"
    for which, point in zip(("first", "last"), ends(plan), strict=True):
        yield f"  {which} point: {', '.join(f'{key} {value:g}' for key, value in point.setpoints.items())}"


def ends(plan: "ScanConfig") -> "tuple[Point, Point]":
    """Return the first and the last point of a plan in the order of acquisition."""
    every = plan.points()
    first = next(every)
    (last,) = deque(every, maxlen=1) or (first,)
    return first, last


def together(sentences: Iterable[str]) -> list[str]:
    """Say once what sentences say of several channels.

    >>> together(["channel 1 is back at 300 (before)", "channel 2 is back at 300 (before)"])
    ['channels 1 and 2 are back at 300 (before)']
    """
    channels: dict[str, list[str]] = {}
    for sentence in sentences:
        _, channel, said = sentence.split(" ", 2)
        channels.setdefault(said, []).append(channel)
    return [
        f"channel {several[0]} {said}"
        if len(several) == 1
        else f"channels {', '.join(several[:-1])} and {several[-1]} are {said.removeprefix('is ')}"
        for said, several in ((said, sorted(several)) for said, several in channels.items())
    ]


def at_most(sentences: list[str], number: int) -> list[str]:
    """Return the first sentences; of more than MOST, say that there are more in run `number`."""
    if len(sentences) <= MOST:
        return sentences
    more = f'and {len(sentences) - MOST} more; "scantrail runs show {number}" has them all'
    return [*sentences[:MOST], more]
