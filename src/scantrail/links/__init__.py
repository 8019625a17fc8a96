"""Clients of instruments and control systems."""

from scantrail.links.client import LineClient
from scantrail.links.connect import connect
from scantrail.links.devices import Devices, devices_of
from scantrail.links.names import nearest
from scantrail.links.protocol import Client
from scantrail.links.simulated import simulator
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
