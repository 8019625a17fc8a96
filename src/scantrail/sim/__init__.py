"""Simulators with known physics, behind the real protocols."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    "ChannelPhysics",
    "Dialect",
    "Faults",
    "OsechiMachine",
    "OsechiPhysics",
    "PtyServer",
    "Record",
    "Recording",
    "SimulatedPort",
    "SimulationLog",
    "Window",
    "WriteFault",
    "parse_write_fault",
    "read_log",
    "thresholds",
    "windows",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any public name
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.osechi"), name)
    globals()[name] = value
    return value
