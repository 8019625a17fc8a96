"""The simulated OSECHI detector: its board as a pure state machine, its port in this process or behind a pty."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantrail.sim.osechi.account import Window, read_log, thresholds, windows
    from scantrail.sim.osechi.dialects import Dialect
    from scantrail.sim.osechi.faults import Faults, WriteFault, parse_write_fault
    from scantrail.sim.osechi.log import Record, SimulationLog
    from scantrail.sim.osechi.machine import OsechiMachine
    from scantrail.sim.osechi.physics import ChannelPhysics, OsechiPhysics
    from scantrail.sim.osechi.port import SimulatedPort
    from scantrail.sim.osechi.pty import PtyServer
    from scantrail.sim.osechi.replay import Recording

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

_HOMES = {
    "ChannelPhysics": "physics",
    "Dialect": "dialects",
    "Faults": "faults",
    "OsechiMachine": "machine",
    "OsechiPhysics": "physics",
    "PtyServer": "pty",
    "Record": "log",
    "Recording": "replay",
    "SimulatedPort": "port",
    "SimulationLog": "log",
    "Window": "account",
    "WriteFault": "faults",
    "parse_write_fault": "faults",
    "read_log": "account",
    "thresholds": "account",
    "windows": "account",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Load a name's module when it is first used: numpy and pyserial take their time."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
