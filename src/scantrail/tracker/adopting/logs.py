"""The maintenance log of the reference."""

from collections import Counter
from datetime import timedelta
from functools import partial
from typing import Any

from scantrail.tracker import schema
from scantrail.tracker.adopting.adoption import Adoption
from scantrail.tracker.adopting.reference import Row
from scantrail.tracker.adopting.spelling import svt
from scantrail.tracker.bulk import insert_many
from scantrail.tracker.maintenance import LOG_TYPES

_DAY = timedelta(days=1)
_DATE = len("2024-01-31")
TYPES = {*LOG_TYPES, "assembly", "disassembly"}


def adopt_logs(adoption: Adoption) -> None:
    """Write the log entries; one of a type that is not known here becomes a note that begins with it."""
    others: Counter[str] = Counter()
    rows = adoption.ledger.pending(adoption.reference.tables["maintenance_log"])
    found = [(row, entry) for row in rows if (entry := _entry(adoption, row, others)) is not None]
    adoption.change.touch(*(str(entry["component"]) for _, entry in found))
    numbers = insert_many(adoption.change, schema.maintenance, [entry for _, entry in found])
    for (row, _), number in zip(found, numbers, strict=True):
        adoption.ledger.adopt(row, "maintenance", number)
    for kind, count in others.items():
        entries = "1 log entry" if count == 1 else f"{count} log entries"
        said = f"of the type {kind!r} became notes that begin with [{kind}]" if kind else "without a type became notes"
        adoption.change.notices.append(f"{entries} {said}")


def _entry(adoption: Adoption, row: Row, others: Counter[str]) -> dict[str, Any] | None:
    known = adoption.component(row)
    if known is None:
        return None
    kind, text = row.text("log_type").lower(), row.text("description") or "(no text)"
    if kind not in TYPES:
        others[row.text("log_type")] += 1
        kind, text = "note", f"[{row.text('log_type')}] {text}" if kind else text
    undated = partial(svt, "log", known.id, text, type=kind if kind in LOG_TYPES and kind != "comment" else "note")
    opened = adoption.moment(row, "log_date", known.id, undated)
    if opened is None:
        return None
    resolved = adoption.moment(row, "resolved_date", known.id) if row.text("resolved_date") else None
    if resolved is not None and resolved < opened < resolved + _DAY and len(row.text("resolved_date")) == _DATE:
        resolved = opened  # resolved on the day it was opened, at an hour that was not written down
    if resolved is not None and resolved < opened:
        said = f"it was resolved at {resolved:%Y-%m-%d}, before it was opened; it is kept as open"
        adoption.ledger.find(row, "resolved after opened", said, component=known.id)
        resolved = None
    resolution = row.text("resolution")
    return {
        "component": known.id,
        "type": kind,
        "severity": adoption.line(row, "severity", known.id) or None,
        "text": text,
        "opened": opened,
        "opened_by": adoption.person(row, "logged_by"),
        "resolved": resolved,
        "resolution": resolution if resolution or resolved is not None else None,
    }
