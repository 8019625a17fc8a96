"""The client of the line protocol, over whatever carries lines."""

import contextlib
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from typing import overload

from scantrail.errors import LinkError, MotionError, ProtocolError, ReplyTimeout, ValueRefused
from scantrail.links import replies, requests
from scantrail.links.devices import READBACK, Devices
from scantrail.links.monitor import Background, Update, watching
from scantrail.links.observer import Observer
from scantrail.links.refusals import MOTOR_FAULT
from scantrail.links.replies import Refusal
from scantrail.links.status import MotorStatus
from scantrail.links.transport import Dial
from scantrail.links.wire import Wire
from scantrail.readings import Reading, Scalar

_LOG = logging.getLogger(__name__)


class LineClient(Observer):
    """A client of the line protocol; satisfies `Client`. One exchange at a time, threads wait for their turn.

    url: what messages call the server; dial: opens a connection to it. Every call ends by its deadline, `timeout` [s]
    where it takes none. When a reply did not come in time, or a call was interrupted, the connection is closed and
    every call raises LinkError ("Not connected") until `connect()`. Nothing is ever sent twice. `devices` holds units
    and limits by PV; a move or write beyond those limits is refused here.
    """

    def __init__(self, url: str, dial: Dial, timeout: float = 5.0, devices: Devices | None = None) -> None:
        super().__init__(url, dial, timeout, devices)
        self._targets: dict[str, tuple[float, float]] = {}
        self._background: Background | None = None

    def disconnect(self) -> None:
        """End monitoring and close the connection; harmless when done twice."""
        try:
            self.monitor_stop()
        except (OSError, ProtocolError) as error:
            _LOG.warning("%s", error)
        super().disconnect()

    # --- writing and moving -------------------------------------------------------------------------------------------

    def put(self, pv: str, value: Scalar, deadline: float | None = None) -> None:
        """Write one PV, once, by default within `timeout` [s]. Raises ValueRefused, UnknownPV, ProtocolError."""
        request = self._order("PUT", pv, value)
        self._acknowledge(request, pv, "PUT", self.timeout if deadline is None else deadline)

    def move(self, motor: str, position: float) -> None:
        """Start a move and return. Raises ValueRefused outside the limits or for what is no motor."""
        self._acknowledge(self._order("MOVE", motor, position), motor, "MOVING", self.timeout)

    def move_many(self, targets: Mapping[str, float], deadline: float) -> Set[str]:
        """Start all moves and return the motors that still move, in one round trip.

        Raises as `move` and `moving` do, for the first motor that fails; the others may be on their way then.
        """
        moves = [self._order("MOVE", motor, position) for motor, position in targets.items()]
        motors = tuple(targets)
        writes = requests.followed(moves, requests.about_all("STATUS", motors))
        refusals, states = self._wire.exchange(writes, deadline, replies.moves)
        if not states:
            return frozenset()
        for motor, move, refusal in zip(motors, moves, refusals, strict=True):
            if refusal is not None:
                raise self._refused(move.decode().strip(), motor, refusal)
        return self._still(motors, states)

    def status(self, motor: str) -> MotorStatus:
        """Return whether a motor is on its way. Raises MotionError for a stall or a limit, UnknownPV."""
        return MotorStatus.MOVING if self.moving({motor}, self.timeout) else MotorStatus.IDLE

    def moving(self, motors: Set[str], deadline: float) -> Set[str]:
        """Return those that still move, in one round trip. Raises MotionError for a stall or a limit, UnknownPV."""
        asked = tuple(motors)
        return self._still(asked, self._wire.exchange(requests.about_all("STATUS", asked), deadline, replies.states))

    def stop(self, motors: Set[str]) -> None:
        """Stop motors where they are: a MOVE to the present readback, which is the protocol's way.

        Whatever the connection is doing, closed or held by another thread or by code that a signal interrupted: then a
        fresh one serves, with a deadline of its own. Raises MotionError naming what was not stopped, LinkError,
        ReplyTimeout.
        """
        if not motors:
            return
        try:
            self._halt(self._wire, motors, self.timeout, patience=0.0)
        except (LinkError, ReplyTimeout, ProtocolError):
            until = time.monotonic() + self.timeout
            wire = Wire(self.url, self._dial)
            wire.open(self.timeout)
            try:
                self._halt(wire, motors, until - time.monotonic())
            finally:
                wire.close()

    def arm(self, pvs: Sequence[str], dwell: float) -> None:
        """Do nothing: detectors of this protocol count all the time."""

    def ready(self, pvs: Sequence[str]) -> bool:
        """Return True: detectors of this protocol always have a value."""
        return True

    # --- monitoring ---------------------------------------------------------------------------------------------------

    def monitor(self, pvs: Sequence[str], interval: float) -> AbstractContextManager[Iterator[Update]]:
        """Watch PVs, each about every `interval` [s], on connections of their own, until the context ends.

        The iterator yields (pv, Reading) round after round; of what came while nobody asked it gives the newest.
        It raises LinkLost when the server goes, ReplyTimeout when it is silent for `timeout` and an interval.
        """
        return watching(self.url, self._dial, pvs, interval, self.timeout)

    @overload
    def monitor_start(self, pv: str, interval_ms: int, callback: None = None) -> Iterator[Reading]: ...
    @overload
    def monitor_start(self, pv: str, interval_ms: int, callback: Callable[[str, Reading], object]) -> None: ...

    def monitor_start(
        self, pv: str, interval_ms: int, callback: Callable[[str, Reading], object] | None = None
    ) -> Iterator[Reading] | None:
        """Watch one PV about every `interval_ms` [ms], on a connection of its own, in place of what was watched before.

        With `callback`, a thread calls it with the PV and each Reading; else the readings are what the returned
        iterator gives, until `monitor_stop`. Raises UnknownPV, ProtocolError, LinkError, ReplyTimeout.
        """
        self.monitor_stop()
        background = Background(watching(self.url, self._dial, (pv,), interval_ms / 1e3, self.timeout))
        self._background = background
        if callback is None:
            return background.readings()
        background.call(callback)
        return None

    def monitor_stop(self) -> None:
        """Stop watching; nothing happens if nothing is watched. Raises what ended it before, if anything did."""
        background, self._background = self._background, None
        if background is not None:
            background.end()

    # --- how ----------------------------------------------------------------------------------------------------------

    def _order(self, verb: str, pv: str, value: Scalar) -> bytes:
        """Return the checked request line and remember the target."""
        request = requests.with_value(verb, pv, value)
        target = float(value)
        known = self.devices.get(pv)
        if known is not None and known.limits is not None and not known.limits[0] <= target <= known.limits[1]:
            raise ValueRefused(f"{pv} takes {self._limits(pv)}, not {target:g}; nothing was sent to {self.url}")
        self._targets[pv] = (target, time.monotonic())
        return request

    def _acknowledge(self, request: bytes, pv: str, word: str, seconds: float) -> None:
        (refusal,) = self._wire.exchange(((request, 1),), seconds, lambda lines: replies.acknowledged(word, lines))
        if refusal is not None:
            raise self._refused(request.decode().strip(), pv, refusal)

    def _still(self, motors: Sequence[str], states: Sequence[MotorStatus | Refusal]) -> Set[str]:
        moving: set[str] = set()
        for motor, state in zip(motors, states, strict=True):
            if state is MotorStatus.MOVING:
                moving.add(motor)
            elif isinstance(state, Refusal):
                raise (
                    self._fault(motor) if state.code == MOTOR_FAULT else self._refused(f"STATUS:{motor}", motor, state)
                )
        return moving

    def _fault(self, motor: str) -> MotionError:
        units = self.devices[motor].units if motor in self.devices else None
        unit = f" {units}" if units else ""
        told = ""
        if motor in self._targets:
            target, began = self._targets[motor]
            told = f" {time.monotonic() - began:.3g} s after its move to {target:g}{unit} began"
        with contextlib.suppress(OSError, ProtocolError):  # the fault is what matters
            told += f", at {self.get(motor + READBACK):g}{unit}"
        return MotionError(f"{motor} at {self.url} stalled or hit a limit ({MOTOR_FAULT}){told}")

    def _halt(self, wire: Wire, motors: Set[str], seconds: float, patience: float | None = None) -> None:
        until = time.monotonic() + seconds
        asked = tuple(motors)
        readbacks = requests.about_all("GET", tuple(motor + READBACK for motor in asked))
        found = wire.exchange(readbacks, seconds, replies.numbers, patience=patience)
        failed = {motor: value for motor, value in zip(asked, found, strict=True) if isinstance(value, Refusal)}
        here = {motor: value for motor, value in zip(asked, found, strict=True) if not isinstance(value, Refusal)}
        moves = requests.together([requests.with_value("MOVE", motor, value) for motor, value in here.items()])
        answers = wire.exchange(
            moves, until - time.monotonic(), lambda lines: replies.acknowledged("MOVING", lines), patience=patience
        )
        failed |= {motor: refusal for motor, refusal in zip(here, answers, strict=True) if refusal is not None}
        if failed:
            each = ", ".join(f"{motor} ({refusal.code or refusal.text})" for motor, refusal in sorted(failed.items()))
            raise MotionError(f"{self.url} did not stop {each}; stop it by hand")
