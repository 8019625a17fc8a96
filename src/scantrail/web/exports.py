"""The formats that a run can be had in."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scantrail import runs
from scantrail.daq import columns_worked_out
from scantrail.errors import RunNotFound
from scantrail.runs import Record


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what people call it, how its files end, how runs that go on with one another are written."""

    title: str
    suffix: str
    write: Callable[[Sequence[Record], Path], object]


FORMATS = {
    "csv": Format("CSV", ".csv", lambda records, path: runs.export_csv(records, path)),
    "nexus": Format(
        "NeXus", ".nxs", lambda records, path: runs.export_nexus(records, path, columns_worked_out(records))
    ),
    "xdi": Format("XDI", ".xdi", lambda records, path: runs.export_xdi(records, path, columns_worked_out(records))),
    "spec": Format("SPEC", ".spec", lambda records, path: runs.export_spec(records, path, columns_worked_out(records))),
}
"""Every format by its name; each is loaded when it is first written."""


def exports_of(directory: Path) -> dict[str, str]:
    """Return the formats that can hold a run: what people call each, by its name."""
    return {name: FORMATS[name].title for name in runs.formats_of(runs.chain(directory).records)}


def exported(directory: Path, name: str) -> tuple[bytes, str]:
    """Return a run, below those that it goes on with, as a file: its content and its name.

    Raises RunNotFound for a format that there is not, RunError for a run that it cannot hold.
    """
    if name not in FORMATS:
        raise RunNotFound(f"there is no export {name!r}; there are {', '.join(FORMATS)}")
    joined = runs.chain(directory)
    called = f"run-{joined.records[-1].start['scan_id']}{FORMATS[name].suffix}"
    with tempfile.TemporaryDirectory() as place:
        FORMATS[name].write(joined.records, Path(place) / called)
        return (Path(place) / called).read_bytes(), called
