"""The chain of events: each is sealed with the hash of what it says and of the one before."""

import hashlib
from collections.abc import Mapping
from typing import Any

from scantrail.tracker.moments import stamp
from scantrail.tracker.values import canonical

START = "0" * 64
"""What the first event follows."""

SEALED = ("number", "login", "person", "command", "said", "waiver", "undoes", "changes", "previous")
"""What of an event is sealed, besides its time."""


def seal(event: Mapping[str, Any]) -> str:
    """Return the SHA-256, in hexadecimal, of an event's fields and of the hash of its predecessor."""
    document = {field: event[field] for field in SEALED} | {"time": stamp(event["time"])}
    return hashlib.sha256(canonical(document).encode()).hexdigest()
