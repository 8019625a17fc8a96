"""A trip of a few motors to one place, with the checks of a scan: limits, tolerance, backlash, settling."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf, isfinite
from typing import Literal

from pydantic import Field

from scantrail.daq.checks import standing
from scantrail.daq.client import Client
from scantrail.daq.motion import Mover
from scantrail.daq.plans import GridScanConfig
from scantrail.daq.plans.base import Device
from scantrail.daq.rig import Axis, Rig
from scantrail.daq.survey import survey
from scantrail.errors import InputError, MotionError
from scantrail.station import Station


class _Move(GridScanConfig):
    """A plan of one point at which nothing is counted."""

    detectors: list[Device] = Field(default=[], max_length=0)


@dataclass(frozen=True, slots=True)
class Leg:
    """The way of one motor: where it stands and where it shall go [unit].

    source: control system and PV of its readback, as the descriptor of a run names it.
    """

    motor: str
    start: float
    target: float
    unit: str
    source: str


class Trip:
    """Motors that may all go where they shall; nothing has moved yet."""

    def __init__(self, targets: Mapping[str, float], rig: Rig) -> None:
        self._rig = rig
        self._targets = {axis.place: targets[axis.name] for axis in rig.axes}
        for axis in rig.axes:
            _refuse_beyond(axis, targets[axis.name])
        self._standing = standing(rig)
        self.legs = tuple(self._leg(axis) for axis in rig.axes)

    def go(self) -> dict[str, float]:
        """Move all motors at once and return their readbacks, by their names, once they have arrived and settled.

        Whatever interrupts it stops them. Raises MotionError, MotionTimeout, ValueRefused, LinkError, ReplyTimeout.
        """
        mover = Mover(self._rig, self._standing)
        try:
            mover.go(self._targets, _sleep)
        except BaseException as error:
            try:
                mover.stop()
            except MotionError as failed:
                error.add_note(f"the motors may still move: {failed}")
            raise
        reached = standing(self._rig)
        for axis in self._rig.axes:
            target, stands = self._targets[axis.place], reached[axis.place]
            if abs(stands - target) > axis.tolerance(target):
                raise MotionError(
                    f"{axis.pv} came to rest at {axis.at(stands)} instead of {axis.at(target)} "
                    f"(tolerance {axis.at(axis.tolerance(target))})"
                )
        return {axis.name: reached[axis.place] for axis in self._rig.axes}

    def _leg(self, axis: Axis) -> Leg:
        source = f"{self._rig.team.clients[axis.client].url}/{axis.readback}"
        target = self._targets[axis.place]
        return Leg(axis.name, self._standing[axis.place], target, axis.column.units or "", source)


@contextmanager
def trip_to(
    targets: Mapping[str, float], client: Client, station: Station, *, others: Mapping[str, Client] | None = None
) -> Iterator[Trip]:
    """Find the motors, by names of the station file or PVs, and check that each may go to its target.

    `client` is the beamline's, `others` by the addresses in the station file. Raises UnknownPV, InputError for a target
    beyond the limits or a motor given twice, ProtocolError for a readback that cannot be read, LinkError.
    """
    rig = survey(move_plan(targets), client, station, others=others)
    try:
        yield Trip(targets, rig)
    finally:
        rig.team.close()


def move_plan(targets: Mapping[str, float]) -> GridScanConfig:
    """Return the plan of one point that says which motors go where."""
    return _Move(axes=tuple((motor, target, target, 1) for motor, target in targets.items()))


def _refuse_beyond(axis: Axis, target: float) -> None:
    low, high = axis.column.limits or (-inf, inf)
    if not (low <= target <= high and isfinite(target)):
        raise InputError(f"{axis.name} would go to {axis.at(target)}; its limits are {low:g} to {axis.at(high)}")


def _sleep(seconds: float) -> Literal["go"]:
    time.sleep(seconds)
    return "go"
