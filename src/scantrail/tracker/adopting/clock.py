"""Naive local times of the reference as moments: what a clock showed twice, or never, is said."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scantrail.errors import InputError


@dataclass(frozen=True, slots=True)
class Told:
    """A time as it was read: the moment (None: it cannot be read) and what there is to say of it, empty for nothing."""

    moment: datetime | None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Clock:
    """The time zone of naive times; None: that of this computer."""

    zone: ZoneInfo | None
    now: datetime

    @property
    def name(self) -> str:
        """The zone as people call it."""
        return "the zone of this computer" if self.zone is None else self.zone.key

    def read(self, given: str, *, in_utc: bool = False) -> Told:
        """Read an ISO time or a date (its first moment); `in_utc`: it is not local."""
        try:
            naive = datetime.fromisoformat(f"{given}+00:00" if in_utc else given)
            if naive.tzinfo is not None:
                return self._past(given, naive.astimezone(UTC))
            first, second = (self._moment(naive.replace(fold=fold)) for fold in (0, 1))
        except (ValueError, OverflowError):
            return Told(None, f"{given!r} is no time that can be read")
        if first == second:
            return self._past(given, first)
        if first < second:
            return Told(first, f"{given} came twice in {self.name}, for clocks were set back; the first is taken")
        said = f"{given} never came in {self.name}, for clocks were set forward; {first:%H:%M} UTC is taken"
        return Told(first, said)

    def _moment(self, naive: datetime) -> datetime:
        return (naive if self.zone is None else naive.replace(tzinfo=self.zone)).astimezone(UTC)

    def _past(self, given: str, moment: datetime) -> Told:
        return Told(moment, f"{given} has not come yet" if moment > self.now else "")


def clock(timezone: str | None, now: datetime) -> Clock:
    """Return the clock of a zone by its name, of this computer without one. Raises InputError."""
    if timezone is None:
        return Clock(None, now)
    try:
        return Clock(ZoneInfo(timezone), now)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"there is no time zone {timezone!r}; write one such as America/Los_Angeles, Europe/Berlin or UTC"
        ) from error
