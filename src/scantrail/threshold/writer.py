"""Confirmed threshold writes: tried again on silence, never on a refusal, and never taken for granted."""

import time
from dataclasses import dataclass

from scantrail.errors import (
    ControlError,
    InputError,
    LinkError,
    ScantrailError,
    ThresholdError,
    ThresholdRefused,
    ThresholdUnconfirmed,
)
from scantrail.runs import Command, iso
from scantrail.threshold.detector import CountingDetector, Wait
from scantrail.threshold.model import ThresholdOperation

UNKNOWN = 0
"""What the audit log writes for a threshold nobody knows; 0 is reserved, so it is never a real one."""

RETRY_SPACING = 0.5  # s


@dataclass(frozen=True, slots=True)
class Write:
    """One threshold write with all its attempts.

    time: unix [s]. latency: of the confirming exchange [s]. error: why it is not confirmed.
    """

    time: float
    channel: int
    old: int
    value: int
    attempts: int
    latency: float
    exchange: str
    error: ControlError | None = None

    @property
    def status(self) -> str:
        """Tell "success", or the error in words."""
        return "success" if self.error is None else str(self.error)

    def operation(self) -> ThresholdOperation:
        """Return the row of the audit log."""
        return ThresholdOperation(iso(self.time), self.channel, self.old, self.value, self.status)


def sleep(seconds: float) -> Command:
    """Wait where there is no run that could be stopped."""
    time.sleep(seconds)
    return "go"


def write_threshold(
    detector: CountingDetector,
    channel: int,
    value: int,
    *,
    max_retry: int = 3,
    spacing: float = RETRY_SPACING,
    wait: Wait = sleep,
) -> Write:
    """Write one threshold, `max_retry` attempts in all, `spacing` [s] apart; a failure is in `error`, not raised.

    Only silence and corrupt replies are tried again; a refusal or a lost connection is final. A `wait` that answers
    other than `go` ends the attempts. Raises InputError for a channel or value that the detector does not have, and
    without any attempt.
    """
    if max_retry < 1:
        raise InputError(f"max_retry is {max_retry}; a write needs at least 1 attempt")
    old = detector.confirmed(channel) or UNKNOWN
    began = time.time()
    exchanges: list[str] = []
    for attempt in range(1, max_retry + 1):
        started = time.monotonic()
        try:
            done = detector.set_threshold(channel, value)
        except ThresholdUnconfirmed as silence:
            exchanges.append(str(silence))
            last: ControlError = silence
            if attempt < max_retry and wait(spacing) != "go":
                break
        except (ThresholdRefused, LinkError) as final:
            exchanges.append(str(final))
            last = final
            break
        else:
            exchanges.append(done.exchange)
            return Write(began, channel, old, value, attempt, done.latency, " | ".join(exchanges))
    error = last if attempt == 1 else _after(attempt, last)
    return Write(began, channel, old, value, attempt, time.monotonic() - started, " | ".join(exchanges), error)


def apply_threshold(device: CountingDetector, channel: int, threshold: int, max_retry: int = 3) -> bool:
    """Write one threshold with retries and tell whether the detector confirmed it; never raises (ADR-020)."""
    try:
        return write_threshold(device, channel, threshold, max_retry=max_retry).error is None
    except ScantrailError:
        return False


def _after(attempts: int, error: ControlError) -> ControlError:
    if isinstance(error, ThresholdError):
        return type(error)(f"{error} ({attempts} attempts)")
    return error
