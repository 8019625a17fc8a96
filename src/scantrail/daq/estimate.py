"""How long a scan will take, before it moves: from its plan, the motors' speeds, and what earlier runs needed."""

import statistics
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from scantrail.daq.plans import ScanConfig, data_key, plan_from
from scantrail.errors import RunError
from scantrail.runs import Point, directories, read
from scantrail.station import MotorConfig, Station

LOOK_BACK = 50
"""How many of the newest runs are looked at."""
ENOUGH = 5
"""How many runs of the same kind tell the overhead."""
SAMPLE = 100
"""How many of a run's points, its first: a long journal is not read whole."""


def expected_seconds(plan: ScanConfig, station: Station, overhead: float = 0.0) -> float:
    """Return how long a plan takes [s]: dwells, moves as far as speeds are known, settling, `overhead` [s] a point."""
    return _seconds(plan, plan.points(), station, overhead)


def learned_overhead(plan: ScanConfig, root: Path) -> float:
    """Return what a point takes besides [s]: the median over the newest runs of the same kind below `root`, else 0."""
    return statistics.median([*islice(_overheads(plan, root), ENOUGH)] or [0.0])


def untimed_motors(plan: ScanConfig, station: Station) -> tuple[str, ...]:
    """Return the motors whose moves `expected_seconds` leaves out, for the station does not know their speed."""
    known = {name: _motor(name, station) for name in plan.motors}
    moved = {name for track in plan.tracks for name, places in track.items() if np.ptp(places) > 0.0}
    return tuple(name for name, motor in known.items() if name in moved and (motor is None or motor.speed is None))


def _overheads(plan: ScanConfig, root: Path) -> Iterator[float]:
    for directory in directories(root)[:LOOK_BACK]:
        if f"-{plan.kind}-" not in directory.name:
            continue
        try:
            record = read(directory, most=SAMPLE)
            earlier = plan_from(record.start["scantrail"]["plan"])
            station = Station.from_document(record.start["scantrail"]["station"])
        except (RunError, ValueError, KeyError):  # a run that cannot be read teaches nothing
            continue
        taken = record.stream("primary")
        count = len(taken)
        if count > 1 and taken.columns["point"] == [*range(count)]:  # else it goes on with another run
            planned = _seconds(earlier, islice(earlier.points(), count), station) / count
            yield max(0.0, (taken.time[-1] - taken.time[0]) / (count - 1) - planned)


def _seconds(plan: ScanConfig, points: Iterable[Point], station: Station, overhead: float = 0.0) -> float:
    """Return how long these points, the first ones of the plan, take [s]."""
    sections = {data_key(name): _motor(name, station) for name in plan.motors}
    held: dict[str, float] = {}
    total, last = 0.0, 0
    for point in points:
        moved = [place for place, target in point.setpoints.items() if place in sections and held.get(place) != target]
        total += point.dwell + overhead
        total += max((_move(sections[place], point.setpoints[place], held.get(place)) for place in moved), default=0.0)
        held.update(point.setpoints)
        last = point.index
    every = getattr(plan, "every", 0.0)
    return max(total, every * last + plan.dwell_time)


def _motor(name: str, station: Station) -> MotorConfig | None:
    return station.motors.get(name) or next((motor for motor in station.motors.values() if motor.pv == name), None)


def _move(motor: MotorConfig | None, target: float, held: float | None) -> float:
    if motor is None:
        return 0.0
    distance = 0.0 if held is None else abs(target - held)
    return motor.settle + (distance / motor.speed if motor.speed else 0.0)
