"""The hash of an event: that of its canonical JSON, whatever it is hashed in."""

import hashlib
from datetime import UTC, datetime

import pytest

from scantrail.tracker.seal import START, seal
from scantrail.tracker.values import canonical

CHANGES = [
    {"table": "component", "key": "M1", "before": None, "after": {"notes": "é\u2028", "version": 1}},
    {"table": "test", "key": 3, "before": {"voided": None}, "after": {"voided": "now"}},
]


@pytest.mark.parametrize("changes", [[], CHANGES[:1], CHANGES])
def test_a_seal_is_the_hash_of_the_whole_event(changes):
    event = {"number": 7, "login": "a", "person": "b", "command": "add", "said": "x", "waiver": None, "undoes": None}
    whole = {**event, "changes": changes, "previous": START, "time": "2025-01-14T12:00:00.000000Z"}
    sealed = seal({**whole, "time": datetime(2025, 1, 14, 12, tzinfo=UTC)})
    assert sealed == hashlib.sha256(canonical(whole).encode()).hexdigest()
