"""What the definition NXxas asks for, as it stands in the application definitions, and in its successor beside it.

The former wants incoming_beam, absorbed_beam and an NXmonitor, the latter element, edge, energy and intensity; a file
may have both.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import h5py
import numpy as np

from scantrail.runs.export.absorption import Absorption, absorptions
from scantrail.runs.export.nexus.instrument import Devices, crystal, source
from scantrail.runs.export.nexus.plot import MICROSECONDS, beside_detectors, draw, read_back
from scantrail.runs.export.nexus.tree import field, group, link
from scantrail.runs.export.passes import apart
from scantrail.runs.export.recorded import Recording

EV = "eV"
RATIO = "dimensionless"
MODES = {"mutrans": "Transmission", "mufluor": "Fluorescence Yield"}
SIMULATED = "sim://"


def is_absorption(recording: Recording) -> bool:
    """Tell whether the run holds a spectrum as NXxas has it: an energy scan with incoming beam and a signal."""
    return "xafs" in recording.start and any(True for _ in absorptions(recording))


def absorbing_entry(
    entry: h5py.Group, instrument: h5py.Group, recording: Recording, devices: Devices
) -> tuple[h5py.Group, list[str]]:
    """Fill an entry with an absorption spectrum, and return its NXdata and what the newer definition misses."""
    told = recording.start["xafs"]
    found = list(absorptions(recording))
    field(entry, "definition", "NXxas")
    source(instrument, recording.start["scantrail"].get("station", {}).get("beamline", {}))
    energy = _monochromator(instrument, recording, devices, told)
    _beams(instrument, found[0], devices)
    _monitor(entry, recording, found[0], devices)
    intensity = field(entry, "intensity", found[0].values, RATIO)
    link(entry, "energy", energy)
    _process(entry, recording, found)
    field(entry, "is_experimental", np.bool_(not _is_simulated(recording)))
    notices = _edge(entry, told)
    return _data(entry, recording, devices, energy, intensity, found), notices


def each_pass(entry: h5py.Group, recorded: Recording) -> None:
    """Add what was measured in each pass over the energies, by pass and energy, NaN where nothing was."""
    axis = recorded.axes[0]
    data = group(group(entry, "passes", "NXcollection"), "data", "NXdata")  # NXxas claims every NXdata of an entry
    field(data, "title", f"{recorded.name}, each pass")
    sent = apart(recorded, recorded.stepped(axis).floats)
    field(data, "pass", np.arange(1, len(sent) + 1))
    field(data, "energy", np.nanmax(sent, axis=0), axis.unit or EV)
    names = [
        field(data, mu.name, apart(recorded, mu.values), RATIO, long_name=mu.formula).name.rpartition("/")[2]
        for mu in absorptions(recorded)
    ]
    for column in (axis, *recorded.detectors):
        name = f"{axis.key}_readback" if column is axis else column.key
        field(data, name, apart(recorded, column.floats), column.unit)
    time = np.round(recorded.time - recorded.began, MICROSECONDS)
    field(data, "time", apart(recorded, time), "s", long_name="time since the start (s)")
    draw(data, names[0], ["pass", "energy"])


def _monochromator(
    instrument: h5py.Group, recording: Recording, devices: Devices, told: Mapping[str, Any]
) -> h5py.Dataset:
    """Add the monochromator; its energy is where it was sent, for what it reads back may be rounded."""
    axis = recording.axes[0]
    sent = recording.stepped(axis)
    made = group(instrument, "monochromator", "NXmonochromator")
    energy = field(made, "energy", sent.floats, axis.unit or EV)
    crystal(made, told)
    return energy


def _beams(instrument: h5py.Group, mu: Absorption, devices: Devices) -> None:
    for name, detector in (("incoming_beam", mu.incoming), ("absorbed_beam", mu.signal)):
        link(group(instrument, name, "NXdetector"), "data", devices.read[detector.key])


def _monitor(entry: h5py.Group, recording: Recording, mu: Absorption, devices: Devices) -> None:
    monitor = group(entry, "monitor", "NXmonitor")
    field(monitor, "mode", "timer")
    field(monitor, "preset", float(recording.start["scantrail"]["plan"]["dwell_time"]), "s")
    link(monitor, "data", devices.read[mu.incoming.key])


def _edge(entry: h5py.Group, told: Mapping[str, Any]) -> list[str]:
    """Add element and edge as far as they are known; return what is missing, in words."""
    if not told.get("element") or not told.get("edge"):
        return [
            "element and edge are not known, for the edge was given as an energy; the file is valid under NXxas of "
            'release 2026.01, but not under its successor. Scans with --edge "Fe K" are valid under both'
        ]
    element = group(entry, "element", "NXelement")
    field(element, "name", told["element"])
    field(element, "symbol", told["element"])
    edge = group(entry, "edge", "NXabsorption_edge")
    field(edge, "name", told["edge"])
    field(edge, "energy", float(told["e0"]), EV)
    return []


def _process(entry: h5py.Group, recording: Recording, found: Sequence[Absorption]) -> None:
    process = group(entry, "absorption", "NXprocess")
    field(process, "program", "scantrail")
    field(process, "version", recording.start["scantrail"]["version"])
    parameters = group(process, "parameters", "NXparameters")
    for mu in found:
        field(parameters, mu.name, mu.formula)
    for detector in {one.key: one for mu in found for one in (mu.incoming, mu.signal)}.values():
        if (dark := recording.dark(detector)) is not None:
            field(parameters, f"dark_{detector.role}", dark.values, dark.unit)


def _data(
    entry: h5py.Group,
    recording: Recording,
    devices: Devices,
    energy: h5py.Dataset,
    intensity: h5py.Dataset,
    found: Sequence[Absorption],
) -> h5py.Group:
    data = group(entry, "data", "NXdata")
    field(data, "title", f"{recording.name}, {found[0].name} = {found[0].formula}")
    link(data, "energy", energy)
    link(data, "intensity", intensity)
    link(data, "absorbed_beam", devices.read[found[0].signal.key])
    field(data, "mode", MODES[found[0].name])
    beside = [field(data, mu.name, mu.values, RATIO, long_name=mu.formula).name.rpartition("/")[2] for mu in found[1:]]
    read_back(data, recording.axes[0], devices)
    for detector in recording.detectors:
        if detector.key != found[0].signal.key:
            link(data, detector.key, devices.read[detector.key])
    beside_detectors(data, recording)
    draw(data, "intensity", ["energy"], beside)
    return data


def _is_simulated(recording: Recording) -> bool:
    urls = recording.start["scantrail"].get("rig", {}).get("urls", [])
    return bool(urls) and all(url.startswith(SIMULATED) for url in urls)
