"""The formats that a run can be had in: whatever `runs` has an exporter for."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scantrail import runs
from scantrail.errors import InputError, RunNotFound, ScantrailError


@dataclass(frozen=True, slots=True)
class Format:
    """A format: what people call it, and how its files end."""

    title: str
    suffix: str


FORMATS = {
    "csv": Format("CSV", ".csv"),
    "nexus": Format("NeXus", ".nxs"),
    "xdi": Format("XDI", ".xdi"),
    "spec": Format("SPEC", ".spec"),
    "parquet": Format("Parquet", ".parquet"),
}


def exporters() -> dict[str, Format]:
    """Return the formats that this version can write, by name."""
    return {name: known for name, known in FORMATS.items() if f"export_{name}" in runs.__all__}


def exported(directory: Path, format_: str) -> tuple[bytes, str]:
    """Return a run, below those that it goes on with, as a file: its content and its name.

    Raises RunNotFound for a format that is not written, RunError for a run that has no such form.
    """
    known = exporters()
    if format_ not in known:
        raise RunNotFound(f"there is no export {format_!r}; there are {', '.join(known)}")
    write: Callable[..., Any] = getattr(runs, f"export_{format_}")
    joined = runs.chain(directory)
    number = joined.records[-1].start["scan_id"]
    name = f"run-{number}{known[format_].suffix}"
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / name
        try:
            write(joined.records, path)
        except InputError:
            raise
        except ScantrailError as error:
            raise type(error)(str(error).replace(f"{place}/", "")) from error
        return path.read_bytes(), name
