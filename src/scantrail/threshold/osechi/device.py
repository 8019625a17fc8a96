"""The OSECHI detector on its serial line, as a counting detector."""

import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Self

from scantrail.errors import InputError, LinkError, ThresholdRefused, ThresholdUnconfirmed
from scantrail.station import CHANNELS, THRESHOLDS
from scantrail.threshold.detector import Counts, ThresholdWrite, Wait
from scantrail.threshold.known import remember
from scantrail.threshold.osechi import commands
from scantrail.threshold.osechi.commands import Dialect
from scantrail.threshold.osechi.detect import greet
from scantrail.threshold.osechi.events import is_text_event
from scantrail.threshold.osechi.intake import SerialLike
from scantrail.threshold.osechi.link import Answer, Link
from scantrail.threshold.osechi.lock import PortLock
from scantrail.threshold.osechi.ports import flush, open_serial, resolve_port
from scantrail.threshold.osechi.replies import answers_legacy, answers_threshold
from scantrail.threshold.osechi.stream import Stream
from scantrail.threshold.osechi.window import Terms, check_seconds, count_acknowledged, count_by_stamps

if TYPE_CHECKING:
    from scantrail.station import DeviceConfig

LEGACY_LINES = 3  # of the reply to a legacy write; only the first says anything
LEGACY_PATIENCE = 0.3  # s, for the other two

OnConfirmed = Callable[[str, ThresholdWrite, float], None]
"""Called with the port, the write and its unix time [s]; `known.remember` is one."""


class Device:
    """A detector on a serial port. Thread-confined; every call ends by a deadline of its own.

    open_port: opens something else than the configured serial port (a simulated one); then there is no lock.
    speed: seconds of the detector's clock in one of ours. on_confirmed: told of every confirmed threshold, by default
    what remembers those of a serial port.
    Opening the port resets many boards, so no threshold is known after `connect`.
    """

    channels: tuple[int, ...] = CHANNELS
    limits: tuple[int, int] = THRESHOLDS

    def __init__(
        self,
        config: "DeviceConfig",
        *,
        open_port: Callable[[], SerialLike] | None = None,
        speed: float = 1.0,
        on_confirmed: OnConfirmed | None = None,
    ) -> None:
        self.config = config
        self.name = config.label
        self.port = config.port
        self.dialect: Dialect | None = None
        self.firmware = ""
        self.on_confirmed = on_confirmed or (remember if open_port is None else None)
        self.speed = speed
        self._open_port = open_port
        self._terms = Terms(config.timeout, config.dead_time, speed, config.baudrate)
        self._confirmed: dict[int, int] = {}
        self._unanswered = False
        self._link: Link | None = None
        self._stream: Stream | None = None
        self._lock: PortLock | None = None

    # --- connection ---------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Open the port for us alone, wait for the board, stop its events and find its dialect.

        Connected already, it does nothing. Raises PortNotFound, PortBusy (naming the holder), LinkError, LinkLost,
        ReplyTimeout.
        """
        if self._link is not None:
            return
        with ExitStack() as undo:
            port = self._opened(undo)
            time.sleep(self.config.open_wait)
            flush(port, self.port)
            link = Link(port, self.port, self._terms.capacity * self._terms.speed)
            undo.callback(link.close)
            stream = Stream(link, self.config.timeout)
            self.dialect, self.firmware = greet(link, stream, self.config.dialect, self.config.timeout)
            self._link, self._stream = link, stream
            self._confirmed.clear()
            undo.pop_all()

    def disconnect(self) -> None:
        """Close the port and give it back; not connected, it does nothing."""
        link, self._link = self._link, None
        lock, self._lock = self._lock, None
        self._confirmed.clear()
        if link is not None:
            link.close()
        if lock is not None:
            lock.release()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *exception: object) -> None:
        self.disconnect()

    def claim(self, run: str) -> None:
        """Name the run for whoever finds the port in use."""
        if self._lock is not None:
            self._lock.describe(run)

    def record(self, path: Path | None) -> None:
        """Append every byte that arrives from now on to a file; None ends it.

        Raises OutputError, also for the file until now where `count` did not tell of it.
        """
        self._connected()[0].intake.record(path)

    # --- what a scan needs --------------------------------------------------------------------------------------------

    def confirmed(self, channel: int) -> int | None:
        """Threshold [DAC] in force as the detector confirmed it; None before that, and after an unconfirmed write."""
        return self._confirmed.get(channel)

    def set_threshold(self, channel: int, value: int) -> ThresholdWrite:
        """Write once and return the confirmation: the reply for this channel and, where it is echoed, this value.

        Raises ThresholdRefused (final), ThresholdUnconfirmed (worth another try), LinkLost; InputError out of range.
        """
        link, stream = self._connected()
        self._check(channel, value)
        legacy = self.dialect == "legacy"
        if not legacy and stream.on is not False and stream.switch(False) is None:
            raise ThresholdUnconfirmed(f"{self._what(channel, value)}: SET_STREAM 0 before it was not acknowledged")
        if legacy and self._unanswered:  # legacy replies name no value: a late one would pass for the next
            link.absorb(self.config.timeout)
        return self._write(link, channel, value)

    def count(self, seconds: float, wait: Wait) -> Counts:
        """Count for `seconds` [s of the detector's clock], sleeping through `wait`.

        A wait that answers `abort` lets the window end as planned; `halt` cuts it. Raises WindowError, LinkLost;
        OutputError if the raw file could not be written until now; InputError for a dwell that is none.
        """
        link, stream = self._connected()
        check_seconds(seconds)
        link.intake.check_raw()
        if self.dialect == "legacy":
            return count_by_stamps(link, seconds, wait, self._terms)
        return count_acknowledged(link, stream, seconds, wait, self._terms, stats=self.dialect == "v2")

    # --- within -------------------------------------------------------------------------------------------------------

    def _opened(self, undo: ExitStack) -> SerialLike:
        if self._open_port is not None:
            port = self._open_port()
        else:
            self.port = resolve_port(self.config.port)
            self._lock = PortLock(self.port)
            undo.callback(self._unlock)
            port = open_serial(self.port, self.config.baudrate, self.config.timeout)
        undo.callback(port.close)
        return port

    def _unlock(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _connected(self) -> tuple[Link, Stream]:
        if self._link is None or self._stream is None:
            raise LinkError(f"{self.name} is not connected; call connect() first")
        return self._link, self._stream

    def _check(self, channel: int, value: int) -> None:
        low, high = self.limits
        if channel not in self.channels:
            raise InputError(f"channel {channel}: {self.name} has the channels 1, 2 and 3")
        if not low <= value <= high:
            raise InputError(f"threshold {value} of channel {channel}: it must lie from {low} to {high}")

    def _what(self, channel: int, value: int) -> str:
        return f"{self.port} did not confirm threshold {value} of channel {channel}"

    def _write(self, link: Link, channel: int, value: int) -> ThresholdWrite:
        dialect = self.dialect or "v1"
        command = commands.set_threshold(dialect, channel, value)
        match = answers_legacy(channel) if dialect == "legacy" else answers_threshold(channel, value)
        heard: list[bytes] = []
        before = self._confirmed.pop(channel, None)  # until the reply, nobody knows what is in force
        answer = link.ask(command, match, self.config.timeout, heard.extend)
        self._unanswered = answer is None
        if answer is None:
            raise ThresholdUnconfirmed(
                f"{self._what(channel, value)} within {self.config.timeout:g} s ({_heard(heard)}; dialect {dialect})"
            )
        if dialect == "legacy":
            _finish_legacy(link)
        exchange = f"{commands.readable(command)} -> {answer.reply.text}"
        if not answer.reply.ok:
            if before is not None:
                self._confirmed[channel] = before
            raise ThresholdRefused(
                f"{self.port} refused threshold {value} of channel {channel} ({answer.reply.reason or exchange})"
            )
        return self._note(answer, channel, value, exchange)

    def _note(self, answer: Answer, channel: int, value: int, exchange: str) -> ThresholdWrite:
        if "threshold" not in answer.reply.fields:
            exchange += "; echo: none"
        write = ThresholdWrite(channel, value, 1, answer.latency, exchange)
        self._confirmed[channel] = value
        if self.on_confirmed is not None:
            self.on_confirmed(self.port, write, answer.utc)
        return write


def _heard(lines: list[bytes]) -> str:
    """Put into words what came instead of a reply."""
    strange = [line.strip() for line in lines if line.strip() and not is_text_event(line) and b'"event"' not in line]
    return f"heard {strange[-1][:80]!r}" if strange else "silence"


def _finish_legacy(link: Link) -> None:
    """Take the rest of a legacy reply, so that it is neither an event nor the next reply."""
    deadline, missing = time.monotonic() + LEGACY_PATIENCE, LEGACY_LINES - 1
    while missing > 0 and (blocks := link.hear(deadline)):
        missing -= sum(not is_text_event(line) for block in blocks for line in block.lines if line.strip())
        if time.monotonic() > deadline:
            return
