"""Simulators with known physics, behind the real protocols."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantrail.sim.beamline import (
        MOTORS,
        Absorption,
        BeamlineFaults,
        BeamlineMachine,
        BeamlineServer,
        Bench,
        MotorSpec,
        iron,
        parse_at,
    )
    from scantrail.sim.osechi import (
        ChannelPhysics,
        Dialect,
        Faults,
        OsechiMachine,
        OsechiPhysics,
        PtyServer,
        Record,
        Recording,
        SimulatedPort,
        SimulationLog,
        Window,
        WriteFault,
        parse_write_fault,
        read_log,
        thresholds,
        windows,
    )

__all__ = [
    "MOTORS",
    "Absorption",
    "BeamlineFaults",
    "BeamlineMachine",
    "BeamlineServer",
    "Bench",
    "ChannelPhysics",
    "Dialect",
    "Faults",
    "MotorSpec",
    "OsechiMachine",
    "OsechiPhysics",
    "PtyServer",
    "Record",
    "Recording",
    "SimulatedPort",
    "SimulationLog",
    "Window",
    "WriteFault",
    "iron",
    "parse_at",
    "parse_write_fault",
    "read_log",
    "thresholds",
    "windows",
]

_BEAMLINE = frozenset(
    {
        "MOTORS",
        "Absorption",
        "BeamlineFaults",
        "BeamlineMachine",
        "BeamlineServer",
        "Bench",
        "MotorSpec",
        "iron",
        "parse_at",
    }
)


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "beamline" if name in _BEAMLINE else "osechi"
    value = getattr(importlib.import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value
