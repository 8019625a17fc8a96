"""What a run is and how it is kept: one directory, one append-only journal, one row in the catalogue.

The catalogue leans on the database and is loaded only when one of its names is asked for; a scan never needs it.
"""

from typing import TYPE_CHECKING, Any

from scantrail.readings import Column, Reading, Scalar
from scantrail.runs.control import ask, asked
from scantrail.runs.documents import Header
from scantrail.runs.journal import JOURNAL, held
from scantrail.runs.plan import Plan, Point
from scantrail.runs.reader import Record, Table, documents, follow, read
from scantrail.runs.summary import RunSummary, directories, find, summarize
from scantrail.runs.writer import RunWriter

if TYPE_CHECKING:
    from scantrail.runs.catalog import listing, note_run, reindex

_CATALOG = frozenset({"listing", "note_run", "reindex"})

__all__ = [
    "JOURNAL",
    "Column",
    "Header",
    "Plan",
    "Point",
    "Reading",
    "Record",
    "RunSummary",
    "RunWriter",
    "Scalar",
    "Table",
    "ask",
    "asked",
    "directories",
    "documents",
    "find",
    "follow",
    "held",
    "listing",
    "note_run",
    "read",
    "reindex",
    "summarize",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module attribute of any type
    if name in _CATALOG:
        from scantrail.runs import catalog

        return getattr(catalog, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
