"""NXdata: what a viewer draws by itself."""

from collections.abc import Iterator, Sequence

import h5py
import numpy as np

from scantrail.runs.export.grid import placed, positions
from scantrail.runs.export.nexus.instrument import Devices
from scantrail.runs.export.nexus.tree import field, group, link
from scantrail.runs.export.recorded import Recorded, Recording

MICROSECONDS = 6
"""Digits of a time [s]."""


def default_plot(entry: h5py.Group, recording: Recording, devices: Devices) -> h5py.Group:
    """Add the NXdata of a run: its detectors over its axes, a curve along one dimension and an image over two.

    The signal is the first detector that is not the incoming beam; others of its unit are drawn beside it.
    """
    data = group(entry, "data", "NXdata")
    field(data, "title", recording.name)
    axes = [name for names in _axis_fields(data, recording, devices) for name in names[:1]]
    names = {one.key: link(data, one.key, devices.read[one.key]) for one in recording.detectors}
    beside_detectors(data, recording)
    if ranked := _by_interest(recording.detectors):
        signal, *rest = ranked
        draw(data, names[signal.key], axes, [names[one.key] for one in rest if one.unit == signal.unit])
        for one in ranked:
            data[names[one.key]].attrs["long_name"] = _label(one)
        if len(recording.shape) == 2:
            data[names[signal.key]].attrs["interpretation"] = "image"
    return data


def draw(data: h5py.Group, signal: str, axes: Sequence[str], beside: Sequence[str] = ()) -> None:
    """Say which fields of an NXdata are drawn, over which axes."""
    data.attrs["signal"] = signal
    data.attrs["axes"] = list(axes)
    if beside:
        data.attrs["auxiliary_signals"] = list(beside)


def beside_detectors(data: h5py.Group, recording: Recording) -> None:
    """Add what is neither axis nor detector, derived columns with their formulas, and the time that had passed [s]."""
    for other in recording.others:
        label = f"{other.key} = {other.source}" if other.role == "derived" else _label(other)
        field(data, other.key, placed(recording, other.values), other.unit, long_name=label)
    time = np.round(recording.time - recording.began, MICROSECONDS)
    field(data, "time", placed(recording, time), "s", long_name="time since the start (s)")


def read_back(data: h5py.Group, axis: Recorded, devices: Devices) -> None:
    """Add where an axis really stood, beside where it was sent."""
    link(data, f"{axis.key}_readback", devices.read[axis.key])


def _axis_fields(data: h5py.Group, recording: Recording, devices: Devices) -> Iterator[list[str]]:
    """Add the axes of each dimension, and yield their names; the first is the one to draw over."""
    for axes in recording.dimensions:
        names = []
        for axis in axes:
            if len(recording.shape) > 1:
                where = positions(recording, axis)
                names.append(field(data, axis.key, where, axis.unit, long_name=_label(axis)).name.rpartition("/")[2])
            elif recording.stepped(axis) is not axis:
                names.append(link(data, axis.key, devices.sent[axis.key]))
            else:
                names.append(link(data, axis.key, devices.read[axis.key]))
                continue
            read_back(data, axis, devices)
        if len(recording.shape) == 1 and len(axes) > 1 and not _goes_one_way(recording.stepped(axes[0])):
            number_of = field(data, "point", np.arange(1, len(recording.time) + 1), long_name="point")
            names.insert(0, number_of.name.rpartition("/")[2])
        yield names


def _goes_one_way(axis: Recorded) -> bool:
    """Whether an axis only rises or only falls, and is fit to draw over."""
    steps = np.diff(axis.floats)
    return bool(np.all(steps > 0) or np.all(steps < 0))


def _by_interest(detectors: Sequence[Recorded]) -> list[Recorded]:
    return sorted(detectors, key=lambda one: one.role == "i0")


def _label(column: Recorded) -> str:
    return f"{column.key} ({column.unit})" if column.unit else column.key
