"""Where an axis of time has ticks: at round local times, from seconds to centuries."""

from collections.abc import Iterator
from datetime import MAXYEAR, datetime, timedelta

DAY = 86_400.0
SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200)
DAYS = (1, 2, 5, 10)
MONTHS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12_000, 24_000)
MONTH = 30.44 * DAY


def date_ticks(low: float, high: float, count: int) -> tuple[tuple[float, str], ...]:
    """Ticks as (Unix seconds, local date) between two moments, at most about `count`.

    Dates only, from steps of a day on; below that with the time. None where no calendar reaches.
    """
    least = (high - low) / max(count, 1)
    try:
        first, last = datetime.fromtimestamp(low), datetime.fromtimestamp(high)
        found = list(_moments(first, last, least))
        return tuple((moment.timestamp(), label) for moment, label in found if low <= moment.timestamp() <= high)
    except (ValueError, OverflowError, OSError):
        return ()


def _moments(first: datetime, last: datetime, least: float) -> Iterator[tuple[datetime, str]]:
    """Round times from before the first to past the last, at least so many seconds apart."""
    midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
    for step in SECONDS:
        if step >= least:
            spec = "%m-%d %H:%M" if step >= 60 else "%H:%M:%S"
            return _every(midnight, last, timedelta(seconds=step), spec, since=first)
    for days in DAYS:
        if days * DAY >= least:
            return _days(midnight, last, days)
    months = next((months for months in MONTHS if months * MONTH >= least), MONTHS[-1])
    return _months(midnight, last, months)


def _every(
    start: datetime, last: datetime, step: timedelta, spec: str, *, since: datetime
) -> Iterator[tuple[datetime, str]]:
    moment = start + step * ((since - start) // step)
    while moment <= last:
        yield moment, moment.strftime(spec)
        moment += step


def _days(start: datetime, last: datetime, days: int) -> Iterator[tuple[datetime, str]]:
    """Days 1, 1 + days, …: of each month anew, and none so late that the next month's first would stand beside it."""
    moment = start.replace(day=1)
    while moment <= last:
        if (moment.day - 1) % days == 0 and (days == 1 or moment.day - 1 <= 30 - days):
            yield moment, moment.strftime("%Y-%m-%d")
        moment += timedelta(days=1)


def _months(start: datetime, last: datetime, months: int) -> Iterator[tuple[datetime, str]]:
    number = (start.year * 12 + start.month - 1) // months * months
    while number // 12 <= min(last.year, MAXYEAR):
        if number >= 12:
            moment = start.replace(year=number // 12, month=number % 12 + 1, day=1)
            yield moment, moment.strftime("%Y" if months % 12 == 0 else "%Y-%m")
        number += months
