"""What a run is and how it is kept: one directory, one append-only journal, one row in the catalogue.

The catalogue leans on the database and is loaded, as the exporters are, only when one of its names is asked for; a scan
never needs it.
"""

import importlib
from typing import TYPE_CHECKING, Any

from scantrail.readings import Column, Reading, Scalar
from scantrail.runs.chains import Chain, chain, continued_by
from scantrail.runs.control import ask, asked
from scantrail.runs.documents import Header
from scantrail.runs.journal import JOURNAL, held
from scantrail.runs.plan import Plan, Point
from scantrail.runs.reader import Record, Table, documents, follow, read
from scantrail.runs.reports import (
    PRIMARY,
    Columns,
    Shown,
    files_of,
    main_columns,
    report,
    results_of_run,
    shown_run,
    summary_document,
)
from scantrail.runs.results import Result, analyses, read_results, write_results
from scantrail.runs.stamps import iso
from scantrail.runs.summary import RunStatus, RunSummary, directories, find, summarize
from scantrail.runs.wording import cell, duration, heading, onward, plan_lines, share
from scantrail.runs.writer import Command, RunWriter

if TYPE_CHECKING:
    from scantrail.runs.catalog import Choice, listing, note_run, register_run, reindex
    from scantrail.runs.export import (
        Recorded,
        Written,
        export_csv,
        export_nexus,
        export_spec,
        export_xdi,
        formats_of,
        write_csv,
        write_spec,
        write_xdi,
    )

_LATER = {
    **dict.fromkeys(("Choice", "listing", "note_run", "register_run", "reindex"), "catalog"),
    "run_table": "table",
    **dict.fromkeys(
        (
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
        ),
        "export",
    ),
}

__all__ = [
    "JOURNAL",
    "PRIMARY",
    "Chain",
    "Choice",
    "Column",
    "Columns",
    "Command",
    "Header",
    "Plan",
    "Point",
    "Reading",
    "Record",
    "Recorded",
    "Result",
    "RunStatus",
    "RunSummary",
    "RunWriter",
    "Scalar",
    "Shown",
    "Table",
    "Written",
    "analyses",
    "ask",
    "asked",
    "cell",
    "chain",
    "continued_by",
    "directories",
    "documents",
    "duration",
    "export_csv",
    "export_nexus",
    "export_spec",
    "export_xdi",
    "files_of",
    "find",
    "follow",
    "formats_of",
    "heading",
    "held",
    "iso",
    "listing",
    "main_columns",
    "note_run",
    "onward",
    "plan_lines",
    "read",
    "read_results",
    "register_run",
    "reindex",
    "report",
    "results_of_run",
    "run_table",
    "share",
    "shown_run",
    "summarize",
    "summary_document",
    "write_csv",
    "write_results",
    "write_spec",
    "write_xdi",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any type
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LATER[name]}"), name)
