"""The client of the beamline's device server, under the name that callers of this room know."""

from scantrail.links import Client, DeviceClient, MotorStatus, connect

__all__ = ["Client", "DeviceClient", "MotorStatus", "connect"]
