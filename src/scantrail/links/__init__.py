"""Clients of instruments and control systems."""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.links.simulated import simulator

if TYPE_CHECKING:
    from scantrail.links.client import LineClient
    from scantrail.links.connect import connect
    from scantrail.links.devices import Devices, devices_of
    from scantrail.links.nearest import nearest
    from scantrail.links.protocol import Client
    from scantrail.links.status import MotorStatus
    from scantrail.links.tcp import DeviceClient
    from scantrail.links.transport import Dial, Transport
    from scantrail.readings import Column, Reading, Scalar

__all__ = [
    "Client",
    "Column",
    "DeviceClient",
    "Devices",
    "Dial",
    "LineClient",
    "MotorStatus",
    "Reading",
    "Scalar",
    "Transport",
    "connect",
    "devices_of",
    "nearest",
    "simulator",
]

_HOMES = {
    "Client": "scantrail.links.protocol",
    "Column": "scantrail.readings",
    "DeviceClient": "scantrail.links.tcp",
    "Devices": "scantrail.links.devices",
    "Dial": "scantrail.links.transport",
    "LineClient": "scantrail.links.client",
    "MotorStatus": "scantrail.links.status",
    "Reading": "scantrail.readings",
    "Scalar": "scantrail.readings",
    "Transport": "scantrail.links.transport",
    "connect": "scantrail.links.connect",
    "devices_of": "scantrail.links.devices",
    "nearest": "scantrail.links.nearest",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - any of the names above
    """Load a name's module when it is first used: a threshold scan needs no sockets."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value
