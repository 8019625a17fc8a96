"""The chain of events: each is sealed with the hash of what it says and of the one before."""

import hashlib
from collections.abc import Mapping
from typing import Any

from scantrail.tracker.moments import stamp
from scantrail.tracker.values import canonical

START = "0" * 64
"""What the first event follows."""

_SEALED = ("number", "login", "person", "command", "said", "waiver", "undoes", "changes", "previous")


def seal(event: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of an event's fields and of the hash of its predecessor.

    It is that of the canonical JSON of them all, of which the changes, the first by name, are hashed one by one: a
    command may change 100,000 rows.
    """
    digest = hashlib.sha256(b'{"changes":[')
    for number, change in enumerate(event["changes"]):
        digest.update(f"{',' if number else ''}{canonical(change)}".encode())
    others = {field: event[field] for field in _SEALED if field != "changes"} | {"time": stamp(event["time"])}
    digest.update(f"],{canonical(others).removeprefix('{')}".encode())
    return digest.hexdigest()


def provenance(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what an event tells of a row that was adopted: where it is kept, and the hash of what it said."""
    said = hashlib.sha256(canonical(row["document"]).encode()).hexdigest()
    return {"origin": row["origin"], "kept_in": row["kept_in"], "key": row["key"], "sha256": said}
