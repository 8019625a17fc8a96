"""A run, or runs that go on with one another, as one NeXus file."""

import json
from collections.abc import Sequence
from pathlib import Path

import h5py

from scantrail import __version__
from scantrail.runs.export.nexus.absorbing import absorbing_entry, each_pass, is_absorption
from scantrail.runs.export.nexus.instrument import UNKNOWN, instrument
from scantrail.runs.export.nexus.plot import default_plot
from scantrail.runs.export.nexus.tree import default, field, group
from scantrail.runs.export.passes import Mean, averaged
from scantrail.runs.export.place import write_new
from scantrail.runs.export.recorded import PRIMARY, Recorded, Recording, recording, streams, table
from scantrail.runs.export.written import Written, refuse_unfit
from scantrail.runs.reader import Record
from scantrail.runs.stamps import iso


def export_nexus(records: Sequence[Record], path: Path, worked_out: Sequence[Recorded] = ()) -> Written:
    """Write runs that go on with one another, oldest first, to the new NeXus file `path`.

    A spectrum conforms to NXxas, every other kind is a plain NXentry. Several passes over the energies are averaged,
    and stand one by one beside their mean. worked_out: columns beside the recorded ones. Returns how many points were
    written, and what is missing. Raises RunError if there is no point, InputError if the file exists, OutputError;
    nothing is left behind then.
    """
    whole = recording(records, worked_out)
    refuse_unfit(whole, "nexus")
    recorded, passes, fewer = averaged(whole) if is_absorption(whole) else Mean(whole, 1)
    # made in memory, so that a disk that fills up meets a plain write, and not HDF5 in the middle of its trees
    with h5py.File(path.name, "w", driver="core", backing_store=False) as file:
        notices = _fill(file, records, recorded)
        if passes > 1:
            each_pass(file["entry"], whole)
        file.flush()
        content = file.id.get_file_image()
    write_new(path, content)
    return Written(len(recorded.time), (*fewer, *notices), passes)


def _fill(file: h5py.File, records: Sequence[Record], recorded: Recording) -> list[str]:
    file.attrs["NX_class"] = "NXroot"
    file.attrs["creator"] = f"scantrail {__version__}"
    file.attrs["file_name"] = file.filename
    entry = group(file, "entry", "NXentry")
    _head(entry, recorded)
    made, devices = instrument(entry, recorded)
    notices: list[str] = []
    if is_absorption(recorded):
        data, notices = absorbing_entry(entry, made, recorded, devices)
    else:
        data = default_plot(entry, recorded, devices)
        if "xafs" in recorded.start:
            notices.append("the run has no detector with the role i0, or none besides, so the file is no NXxas")
    _sample(entry, recorded)
    _trail(entry, recorded)
    _other_streams(entry, records)
    default((file, entry, data))
    return notices


def _head(entry: h5py.Group, recorded: Recording) -> None:
    ours = recorded.start["scantrail"]
    field(entry, "title", recorded.name)
    field(entry, "start_time", iso(recorded.began))
    if recorded.ended is not None:
        field(entry, "end_time", iso(recorded.ended))
    field(entry, "entry_identifier", str(recorded.numbers[-1]))
    field(entry, "entry_identifier_uuid", recorded.uids[-1])
    field(entry, "program_name", "scantrail", version=ours["version"])
    field(group(entry, "user", "NXuser"), "name", ours["operator"])


def _sample(entry: h5py.Group, recorded: Recording) -> None:
    components = recorded.start["scantrail"]["components"]
    field(group(entry, "sample", "NXsample"), "name", ", ".join(components) or UNKNOWN)


def _trail(entry: h5py.Group, recorded: Recording) -> None:
    """Add what it takes to explain and repeat the run: its plan and the station whole, as JSON."""
    ours = recorded.start["scantrail"]
    trail = group(entry, "scantrail", "NXcollection")
    for name in ("kind", "host", "python"):
        field(trail, name, ours[name])
    field(trail, "status", recorded.stop["exit_status"] if recorded.stop else "interrupted")
    field(trail, "reason", recorded.stop["reason"] if recorded.stop else "")
    field(trail, "planned_points", recorded.planned)
    field(trail, "runs", list(recorded.numbers))
    field(trail, "uids", list(recorded.uids))
    if ours["components"]:
        field(trail, "components", ours["components"])
    for name in ("plan", "station"):
        field(trail, name, json.dumps(ours[name]))


def _other_streams(entry: h5py.Group, records: Sequence[Record]) -> None:
    """Add what was recorded beside the points: baseline, writes of thresholds, failures."""
    for name in streams(records):
        if name == PRIMARY:
            continue
        columns, time = table(records, name)
        stream = group(entry, name, "NXcollection")
        field(stream, "time", time, "s", long_name="unix time (s)")
        for column in columns.values():
            field(stream, column.key, column.values, column.unit, source=column.source)
