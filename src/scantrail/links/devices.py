"""What the protocol cannot tell of a PV: units, limits and role, from the station file."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from scantrail.readings import Column

if TYPE_CHECKING:
    from scantrail.station import Station

Devices = Mapping[str, Column]
"""Columns by PV; a motor's readback and done flag take units from its setpoint."""

READBACK = ".RBV"
DONE = ".DMOV"


def devices_of(station: "Station", url: str | None = None) -> dict[str, Column]:
    """Return the columns of the station's motors and detectors at `url`, by default the beamline's, keyed by PV."""
    url = station.beamline.url if url is None else url
    known: dict[str, Column] = {}
    for motor in station.motors.values():
        if (motor.url or station.beamline.url) == url:
            known[motor.pv] = Column(f"{url}/{motor.pv}", motor.units, "number", "axis", motor.limits)
    for detector in station.detectors.values():
        if (detector.url or station.beamline.url) == url:
            known[detector.pv] = Column(f"{url}/{detector.pv}", detector.units, "number", "counts")
    return known


def column(pv: str, url: str, devices: Devices, names: Collection[str]) -> Column:
    """Return the column of a PV; `names` are all PVs of the server, which show what is a motor."""
    source = f"{url}/{pv}"
    if pv in devices:
        return devices[pv]._replace(source=source)
    motor = pv.removesuffix(READBACK)
    if motor in devices and motor != pv:
        return devices[motor]._replace(source=source)
    if motor + READBACK in names:
        return Column(source, None, "number", "axis")
    return Column(source, None, "number", "value")
