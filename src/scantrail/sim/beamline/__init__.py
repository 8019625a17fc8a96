"""The simulated beamline: its devices as a pure state machine, behind TCP or in this process."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantrail.sim.beamline.absorption import Absorption, iron
    from scantrail.sim.beamline.faults import BeamlineFaults, parse_at
    from scantrail.sim.beamline.machine import BeamlineMachine, Session
    from scantrail.sim.beamline.memory import Bench, dialer
    from scantrail.sim.beamline.motion import MOTORS, MotorSpec
    from scantrail.sim.beamline.server import BeamlineServer

__all__ = [
    "MOTORS",
    "Absorption",
    "BeamlineFaults",
    "BeamlineMachine",
    "BeamlineServer",
    "Bench",
    "MotorSpec",
    "Session",
    "dialer",
    "iron",
    "parse_at",
]

_HOMES = {
    "MOTORS": "motion",
    "Absorption": "absorption",
    "BeamlineFaults": "faults",
    "BeamlineMachine": "machine",
    "BeamlineServer": "server",
    "Bench": "memory",
    "MotorSpec": "motion",
    "Session": "machine",
    "dialer": "memory",
    "iron": "absorption",
    "parse_at": "faults",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Load a name's module when it is first used: asyncio and numpy take their time."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
