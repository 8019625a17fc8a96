"""Runs as files for other programs: documents in, one file out. No exporter knows a plan.

Each is loaded when it is first used; NeXus needs h5py, CSV needs nothing.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scantrail.runs.export.csv import export_csv, write_csv
    from scantrail.runs.export.nexus import export_nexus
    from scantrail.runs.export.recorded import Recorded
    from scantrail.runs.export.spec import export_spec, write_spec
    from scantrail.runs.export.written import Written, formats_of
    from scantrail.runs.export.xdi import export_xdi, write_xdi

_MODULES = {
    "Recorded": "recorded",
    "Written": "written",
    "export_csv": "csv",
    "export_nexus": "nexus",
    "export_spec": "spec",
    "export_xdi": "xdi",
    "formats_of": "written",
    "write_csv": "csv",
    "write_spec": "spec",
    "write_xdi": "xdi",
}

__all__ = [
    "Recorded",
    "Written",
    "export_csv",
    "export_nexus",
    "export_spec",
    "export_xdi",
    "formats_of",
    "write_csv",
    "write_spec",
    "write_xdi",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any type
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
