"""Where a scan says to go: to its peak, to the centroid, to the middle of its half height."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from scantrail.acquire.rig import SIMULATED, clients
from scantrail.daq import (
    Found,
    Leg,
    Measured,
    Statistic,
    Trip,
    measured_of,
    move_plan,
    plan_from,
    refuse_busy,
    statistics_of,
    told,
    trip_to,
)
from scantrail.errors import InputError, RunError, RunNotFound, RunStateError
from scantrail.runs import Record, chain, directories, held
from scantrail.station import Station, data_root

Place = Literal["peak", "com", "cen"]

STATISTICS: dict[str, dict[Place, str]] = {
    "peak": {"peak": "peak", "com": "com", "cen": "cen"},
    "dip": {"peak": "peak", "com": "centroid", "cen": "cen"},
    "edge": {"cen": "edge"},
}
"""Which statistic a place is, by what the scan shows: the raw centroid of a dip is nowhere, the middle of an edge is
the edge."""
ALIGNING = ("linear", "list", "lockstep", "mesh", "grid")
"""Kinds of scans that one goes by."""
OFF = 0.1
"""How far the background may draw the raw centroid off, in widths at half maximum, without a word."""
MOST_DIMENSIONS = 2
"""Dimensions of a scan that tell a place to go to, with what surrounds it."""


@dataclass(frozen=True, slots=True)
class Aim:
    """Where to go by a run: position of each motor by its name [unit], and what was found.

    sources: control system and PV of the motors' readbacks in that run, by their names. notes: what to mind.
    """

    run: int
    found: Found
    notes: tuple[str, ...]
    targets: Mapping[str, float]
    sources: Mapping[str, str]


def newest_scan(root: Path) -> Path:
    """Return the directory of the newest scan below the data root that one may go by. Raises RunNotFound."""
    for directory in directories(root):
        if directory.name.partition("-")[2].rpartition("-")[0] in ALIGNING:
            return directory
    raise RunNotFound(f"there is no scan of a motor under {root / 'runs'}; take one first")


def aim(directory: Path, place: Place, detector: str | None = None) -> Aim:
    """Return where the run in `directory` says to go, by one of its detectors or derived columns, else by the first.

    Raises RunError with the reason if there is no such place, InputError for a detector that it has not or a run of
    another kind, RunStateError for a run that is still being taken.
    """
    if held(directory):
        raise RunStateError(f"{directory.name} is still being taken; wait for its end, or name another run")
    records, _ = chain(directory)
    last = records[-1]
    number, kind = last.start["scan_id"], last.start["plan_name"]
    if kind not in ALIGNING or len(last.start["shape"]) > MOST_DIMENSIONS:
        raise InputError(
            f"run {number} ({kind}) is none to go by; {', '.join(ALIGNING)} scans of at most 2 dimensions are"
        )
    measured = measured_of(records)
    found = _chosen(statistics_of(measured), number, detector)
    notes = tuple(_drawn_off(found)) if place == "com" and found.shape == "peak" else ()
    return Aim(number, found, notes, _targets(measured, found, place, last), _sources(measured, last))


@contextmanager
def travel(aim: Aim, station: Station, *, chosen: bool = False) -> Iterator[Trip]:
    """Connect the motors of an aim and check that they may go there; nothing has moved yet.

    chosen: whether the user said which control system it is; otherwise it must be the one of the run. Raises InputError
    for other motors than those of the run or a target beyond their limits, RunStateError if a run is moving them,
    UnknownPV, LinkError.
    """
    refuse_busy(data_root(), aim.sources.values())
    if not chosen and not station.beamline.url.startswith(SIMULATED):
        _refuse_simulated(aim)
    with (
        clients(move_plan(aim.targets), station) as (client, others),
        trip_to(aim.targets, client, station, others=others) as trip,
    ):
        _refuse_elsewhere(aim, trip.legs, chosen=chosen)
        yield trip


def _refuse_elsewhere(aim: Aim, legs: Sequence[Leg], *, chosen: bool) -> None:
    """Refuse motors that are not those of the run: other PVs or, unless the user has `chosen` it, another address."""
    for leg in legs:
        then, now = aim.sources[leg.motor].rpartition("/"), leg.source.rpartition("/")
        if then[2] != now[2]:
            raise InputError(f"in run {aim.run} {leg.motor} was {then[2]}, and now it is {now[2]}")
        if then[0] != now[0] and not chosen:
            raise InputError(
                f"run {aim.run} was taken at {then[0]}, and not at {now[0]}; say with --url or --sim where"
            )


def _refuse_simulated(aim: Aim) -> None:
    """Refuse to move real motors by what a simulated beamline showed."""
    if any(source.startswith(SIMULATED) for source in aim.sources.values()):
        raise InputError(f"run {aim.run} was taken on a simulated beamline; say with --sim or --url where to go")


def _chosen(found: Sequence[Found], number: int, detector: str | None) -> Found:
    if detector is None:
        return found[0]
    name = next((one for one in found if one.detector == detector), None)
    if name is None:
        raise InputError(f"run {number} has no {detector}; it has {', '.join(one.detector for one in found)}")
    return name


def _targets(measured: Measured, found: Found, place: Place, last: Record) -> dict[str, float]:
    """Return where each motor shall go; motors in lock step go together."""
    number = last.start["scan_id"]
    if found.shape == "none":
        others = ", ".join(one for one in _others(measured, found))
        raise RunError(f"run {number}: {found.whole}{f'; --det chooses another of {others}' if others else ''}")
    name = STATISTICS[found.shape].get(place)
    if name is None:
        raise RunError(f"run {number}: {found.whole}; an edge has no {place}, but goto cen goes to it")
    motors = plan_from(last.start["scantrail"]["plan"]).motors
    values = [_value(one, found, number) for one in found.all(name)]
    if len(values) == len(motors):
        return dict(zip(motors, values, strict=True))
    order = np.argsort(measured.axes[0].values)
    leading = measured.axes[0].values[order]
    along = [float(np.interp(values[0], leading, axis.values[order])) for axis in measured.axes[1:]]
    return dict(zip(motors, [values[0], *along], strict=True))


def _drawn_off(found: Found) -> Iterator[str]:
    """Tell where the background draws the raw centroid away from the peak."""
    for raw, own, width in zip(found.all("com"), found.all("centroid"), found.all("fwhm"), strict=True):
        if raw.value is None or own.value is None or width.value is None:
            continue
        if abs(raw.value - own.value) > OFF * width.value:
            off = replace(own, value=abs(raw.value - own.value), error=None)
            along = f" along {raw.axis}" if raw.axis else ""
            yield f"the background draws the raw centroid off by {told(off)}{along}; cen is not drawn"


def _value(statistic: Statistic, found: Found, number: int) -> float:
    if statistic.value is None:
        raise RunError(f"run {number}: {found.whole}; there is no way to go: {statistic.reason}")
    return statistic.value


def _others(measured: Measured, found: Found) -> list[str]:
    return [column.name for column in measured.columns if column.name != found.detector]


def _sources(measured: Measured, last: Record) -> dict[str, str]:
    motors = plan_from(last.start["scantrail"]["plan"]).motors
    return dict(zip(motors, (_source(last, axis.name) for axis in measured.axes), strict=True))


def _source(record: Record, key: str) -> str:
    return str(record.descriptors["primary"][-1]["data_keys"][key]["source"])
