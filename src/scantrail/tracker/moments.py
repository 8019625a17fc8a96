"""Moments: as the journal of events writes them, and as people type them."""

from datetime import UTC, date, datetime, time

from scantrail.errors import InputError


def stamp(moment: datetime) -> str:
    """Write a moment as ISO 8601 in UTC with microseconds and Z."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def moment(given: str, *, end_of_day: bool = False) -> datetime:
    """Read an ISO time (local if it names no zone), or a date: its start, or its end. Raises InputError."""
    try:
        if len(given.strip()) == 10:
            day = date.fromisoformat(given.strip())
            return datetime.combine(day, time.max if end_of_day else time.min).astimezone()
        return datetime.fromisoformat(given.strip()).astimezone()
    except (ValueError, OverflowError) as error:
        raise InputError(f"{given!r} is no date; write 2025-01-31, 2025-01-31T09:00 or 2025-01-31T09:00:00Z") from error
