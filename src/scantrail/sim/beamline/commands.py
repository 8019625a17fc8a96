"""The commands of the protocol: one line in, one answer out."""

import fnmatch
import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from scantrail.sim.beamline.instruments import Instruments, Past
from scantrail.sim.beamline.numbers import parsed, shown

UNKNOWN_CMD = "ERR:UNKNOWN_CMD"
UNKNOWN_PV = "ERR:UNKNOWN_PV"
INVALID_VALUE = "ERR:INVALID_VALUE"
MOTOR_FAULT = "ERR:MOTOR_FAULT"
INTERNAL = "ERR:INTERNAL"

FASTEST_MONITOR = 0.1
"""Shortest interval between updates [s]."""


class Monitoring(NamedTuple):
    """What a connection asked to be told: a PV, every so often [s]."""

    pv: str
    interval: float


class Desk:
    """One client's side of the instruments: what it monitors, when it last read each detector, if it is leaving."""

    def __init__(self, instruments: Instruments) -> None:
        self.instruments = instruments
        self.past: Past = {}
        self.monitoring: Monitoring | None = None
        self.leaving = False

    def execute(self, verb: str, rest: str | None, now: float) -> str:
        """Carry out one command, `rest` being what follows its first colon; return the answer without its line end."""
        handler = _HANDLERS.get(verb)
        return UNKNOWN_CMD if handler is None else handler(self, rest, now)

    def value(self, pv: str, now: float) -> str:
        """Read a PV that exists."""
        return shown(self.instruments.pvs[pv].read(now, self.past))


def pv_of(verb: str, rest: str | None) -> str:
    """Return the name that a command is about, empty if it is about none."""
    if rest is None or verb not in ("GET", "STATUS", "PUT", "MOVE", "MONITOR"):
        return ""
    return rest if verb in ("GET", "STATUS") else rest.rpartition(":")[0]


def _get(desk: Desk, rest: str | None, now: float) -> str:
    if rest is None:
        return UNKNOWN_CMD
    pv = desk.instruments.pvs.get(rest)
    return UNKNOWN_PV if pv is None else "OK:" + shown(pv.read(now, desk.past))


def _put(desk: Desk, rest: str | None, now: float) -> str:
    name, value = _with_value(rest)
    if value is None:
        return UNKNOWN_CMD
    pv = desk.instruments.pvs.get(name)
    if pv is None:
        return UNKNOWN_PV
    if pv.write is None or not pv.limits[0] <= value <= pv.limits[1]:
        return INVALID_VALUE
    pv.write(value, now)
    return "OK:PUT"


def _move(desk: Desk, rest: str | None, now: float) -> str:
    name, value = _with_value(rest)
    if value is None:
        return UNKNOWN_CMD
    motor = desk.instruments.motors.get(name)
    if motor is None or not motor.spec.low <= value <= motor.spec.high:
        return INVALID_VALUE
    desk.instruments.move(name, value, now)
    return "OK:MOVING"


def _status(desk: Desk, rest: str | None, now: float) -> str:
    if rest is None:
        return UNKNOWN_CMD
    motor = desk.instruments.motors.get(rest)
    if motor is None:
        return UNKNOWN_PV
    if motor.moving(now):
        return "OK:MOVING"
    return MOTOR_FAULT if motor.faulted(now) else "OK:IDLE"


def _list(desk: Desk, rest: str | None, now: float) -> str:
    names = desk.instruments.pvs
    found = names if rest is None else [name for name in names if _pattern(rest).match(name)]
    return "OK:" + ",".join(found) if found else "OK"


def _monitor(desk: Desk, rest: str | None, now: float) -> str:
    name, value = _with_value(rest)
    if value is None:
        return UNKNOWN_CMD
    if name not in desk.instruments.pvs:
        return UNKNOWN_PV
    if not 0.0 < value < math.inf:
        return INVALID_VALUE
    desk.monitoring = Monitoring(name, max(value / 1e3, FASTEST_MONITOR))
    return "OK:MONITORING"


def _stop(desk: Desk, rest: str | None, now: float) -> str:
    desk.monitoring = None
    return "OK:STOPPED"


def _quit(desk: Desk, rest: str | None, now: float) -> str:
    desk.leaving = True
    return "OK:BYE"


def _with_value(rest: str | None) -> tuple[str, float | None]:
    name, mark, text = (rest or "").rpartition(":")
    return name, parsed(text) if mark else None


@lru_cache(256)
def _pattern(glob: str) -> re.Pattern[str]:
    return re.compile(fnmatch.translate(glob))


_HANDLERS: dict[str, Callable[[Desk, str | None, float], str]] = {
    "GET": _get,
    "STATUS": _status,
    "MOVE": _move,
    "PUT": _put,
    "PING": lambda desk, rest, now: "OK:PONG",
    "LIST": _list,
    "MONITOR": _monitor,
    "STOP": _stop,
    "QUIT": _quit,
}
