"""Times as files and programs get them; people get theirs from the command line, in local time."""

from datetime import UTC, datetime


def iso(time: float) -> str:
    """Write unix time [s] as ISO 8601 UTC with milliseconds and `Z`.

    >>> iso(1761560625.123)
    '2025-10-27T10:23:45.123Z'
    """
    return datetime.fromtimestamp(time, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
