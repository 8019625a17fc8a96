"""NXinstrument: source, monochromator, positioners and detectors, each with what it was called and what it read."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import h5py

from scantrail.runs.export.grid import placed
from scantrail.runs.export.nexus.tree import field, group
from scantrail.runs.export.recorded import Recorded, Recording

UNKNOWN = "unknown"
"""What a field says that the definitions demand and that nobody told."""


SYNCHROTRON = "Synchrotron X-ray Source"
"""How NeXus spells the type of a source that stands at a storage ring."""
RING = "bend|undulator|wiggler|synchrotron|storage ring"
"""Words by which a source is known to stand there."""


class Devices(NamedTuple):
    """Where the values of a run stand: datasets by the key of their column; `sent`: the setpoints, by the axis."""

    read: dict[str, h5py.Dataset]
    sent: dict[str, h5py.Dataset]


def instrument(entry: h5py.Group, recording: Recording) -> tuple[h5py.Group, Devices]:
    """Add the instrument with every axis and detector of the run."""
    made = group(entry, "instrument", "NXinstrument")
    about = recording.start["scantrail"].get("station", {}).get("beamline", {})
    if name := about.get("name"):
        field(made, "name", name)
    devices = Devices({}, {})
    for axis in recording.axes:
        _positioner(made, recording, axis, devices)
    for detector in recording.detectors:
        _detector(made, recording, detector, devices)
    return made, devices


def source(instrument: h5py.Group, about: Mapping[str, Any]) -> None:
    """Add the X-ray source, with what the station file says of it."""
    made = group(instrument, "source", "NXsource")
    told = about.get("source") or UNKNOWN
    field(made, "name", about.get("facility") or UNKNOWN)
    at_ring = re.search(RING, told, re.IGNORECASE) is not None
    kind = field(made, "type", SYNCHROTRON if at_ring else told)
    if not at_ring:
        kind.attrs["custom"] = True
    field(made, "probe", "x-ray")
    field(group(made, "notes", "NXnote"), "description", told)


def crystal(monochromator: h5py.Group, told: Mapping[str, Any]) -> None:
    """Add the crystal, if its lattice spacing [angstrom] is known; type and reflection are read from its name."""
    if not told.get("d_spacing"):
        return
    name = str(told.get("mono") or UNKNOWN)
    made = group(monochromator, "crystal", "NXcrystal")
    field(made, "d_spacing", float(told["d_spacing"]), "angstrom")
    if found := re.fullmatch(r"([A-Z][a-z]?)\s*\(?\s*(\d)\s*,?\s*(\d)\s*,?\s*(\d)\s*\)?", name):
        field(made, "type", found[1])
        field(made, "reflection", [int(index) for index in found.groups()[1:]])
    else:
        field(made, "type", name)


def _positioner(instrument: h5py.Group, recording: Recording, axis: Recorded, devices: Devices) -> None:
    made = group(instrument, axis.key, "NXpositioner")
    field(made, "name", axis.key)
    field(made, "description", axis.source)
    devices.read[axis.key] = field(made, "value", placed(recording, axis.values), axis.unit)
    if (sent := recording.setpoint(axis)) is not None:
        devices.sent[axis.key] = field(made, "target_value", placed(recording, sent.values), axis.unit)


def _detector(instrument: h5py.Group, recording: Recording, detector: Recorded, devices: Devices) -> None:
    made = group(instrument, detector.key, "NXdetector")
    field(made, "local_name", detector.source)
    field(made, "description", detector.role)
    devices.read[detector.key] = field(made, "data", placed(recording, detector.values), detector.unit)
    if (dwell := recording.dwell) is not None:
        field(made, "count_time", placed(recording, dwell.values), dwell.unit)
