"""Moving the motors of a scan: only those whose setpoint changed, all at once."""

import time
from collections.abc import Callable, Mapping, Set
from contextlib import suppress
from typing import Literal

from scantrail.daq.pace import pause
from scantrail.daq.rig import Axis, Rig
from scantrail.errors import ControlError, MotionTimeout

Command = Literal["go", "abort", "halt"]
Wait = Callable[[float], Command]
"""A sleep of so many seconds that sees requests to stop."""


class Mover:
    """The motors of a rig, which stood at `standing` (by `Axis.place`) when the scan began."""

    def __init__(self, rig: Rig, standing: Mapping[str, float]) -> None:
        self._team = rig.team
        self._deadline = rig.deadline
        self._axes = {axis.place: axis for axis in rig.axes}
        self._tardy = any(axis.settle or axis.backlash for axis in rig.axes)
        self._standing = dict(standing)
        self._held: dict[str, float] = {}
        self._going: Mapping[int, Set[str]] = {}

    def go(self, setpoints: Mapping[str, float], wait: Wait) -> bool:
        """Send every motor to its setpoint and return True when all have arrived and settled.

        A request to stop on the way stops them at once; then False. Raises MotionError, MotionTimeout, ValueRefused,
        LinkError, ReplyTimeout.
        """
        held = self._held
        changed = {place: setpoints[place] for place in self._axes if setpoints[place] != held.get(place)}
        if not changed:
            return True
        if self._tardy:
            return self._approach(changed, wait)
        return self._drive(changed, wait)

    def stop(self) -> None:
        """Stop whatever may still be moving. Raises MotionError, LinkError."""
        self._team.stop(self._going)
        self._going = {}

    def _approach(self, changed: Mapping[str, float], wait: Wait) -> bool:
        """Drive from the chosen side, and wait until the last motor has settled."""
        before = self._overshoots(changed)
        if before and not self._drive({**changed, **before}, wait):
            return False
        if not self._drive({place: changed[place] for place in before} or changed, wait):
            return False
        settle = max(self._axes[place].settle for place in changed)
        return not settle or wait(settle) == "go"

    def _drive(self, targets: Mapping[str, float], wait: Wait) -> bool:
        began = time.monotonic()
        orders: dict[int, dict[str, float]] = {}
        for place, target in targets.items():
            self._held.pop(place, None)
            axis = self._axes[place]
            orders.setdefault(axis.client, {})[axis.pv] = target
        self._going = {client: order.keys() for client, order in orders.items()}  # until told otherwise
        self._going = self._team.move_many(orders, self._deadline)
        while self._going:
            waited = time.monotonic() - began
            self._refuse_late(targets, waited)
            if wait(pause(waited)) != "go":
                self.stop()
                return False
            self._going = self._team.moving(self._going, self._deadline)
        self._standing.update(targets)
        self._held.update(targets)
        return True

    def _overshoots(self, changed: Mapping[str, float]) -> dict[str, float]:
        """Return where motors with backlash go first, so that the final approach is from the chosen side."""
        first = {}
        for place, target in changed.items():
            axis = self._axes[place]
            if (target - self._standing[place]) * axis.backlash < 0:
                low, high = axis.column.limits or (-float("inf"), float("inf"))
                first[place] = min(max(target - axis.backlash, low), high)
        return first

    def _refuse_late(self, targets: Mapping[str, float], waited: float) -> None:
        for place, target in targets.items():
            axis = self._axes[place]
            if axis.pv not in self._going.get(axis.client, ()):
                continue
            if waited > axis.patience(target - self._standing[place]):
                raise MotionTimeout(
                    f"{axis.pv} did not reach {axis.at(target)} within {waited:.1f} s ({self._last(axis)}still moving)"
                )

    def _last(self, axis: Axis) -> str:
        with suppress(ControlError):  # the motor is what matters
            return f"last readback {axis.at(self._team.clients[axis.client].get(axis.readback))}, "
        return ""
