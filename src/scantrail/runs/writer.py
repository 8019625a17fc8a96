"""RunWriter: what a loop gets of its run. It opens the journal, and closes it honestly on every way out."""

import signal
import threading
import time as clock
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Literal

from scantrail.errors import Interrupted, JournalError, OutputError, RunStateError, SafeStateError, ScantrailError
from scantrail.readings import Column, Scalar
from scantrail.runs.control import asked
from scantrail.runs.documents import (
    ExitStatus,
    Header,
    descriptor_document,
    encode,
    new_uid,
    start_document,
    stop_document,
)
from scantrail.runs.event_line import EventLine
from scantrail.runs.journal import Journal
from scantrail.runs.numbers import allot
from scantrail.runs.reader import read

Command = Literal["go", "abort", "halt"]
"""What a wait tells a loop: go on, end after this point, or end now."""

_COMMANDS: tuple[Command, Command, Command] = ("go", "abort", "halt")  # by the number of requests to stop
SLICE = 0.04  # s: the longest sleep between two looks at signals and control.json
LOOK = SLICE / 2  # s between two looks at control.json
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class _Stream:
    keys: frozenset[str]
    line: EventLine
    count: int


class RunWriter:
    """One run being taken; a context manager. Use `create` or `reopen`.

    Leaving the context runs every safe action, writes the stop document and lets go of the journal, whatever happened.
    In the main thread SIGINT, SIGTERM and SIGHUP are taken as requests to stop, which the loop sees in `wait`; not
    SIGHUP where it is ignored, for `nohup` is how a user lets a scan outlive its terminal.
    """

    def __init__(self, directory: Path, journal: Journal, start: Mapping[str, Any]) -> None:
        self.directory = directory
        self.uid: str = start["uid"]
        self.number: int = start["scan_id"]
        self.expected: int = start["num_points"]
        self.note = ""
        self.status: ExitStatus | None = None
        self._journal = journal
        self._shown = frozenset((*start["motors"], *start["detectors"]))
        self._streams: dict[str, _Stream] = {}
        self._safe: list[tuple[str, Callable[[], None]]] = []
        self._stops = 0
        self._paused = False
        self._seq = 0
        self._looked = 0.0
        self._handlers: dict[signal.Signals, object] = {}

    @classmethod
    def create(cls, root: Path, header: Header) -> "RunWriter":
        """Start a new run below the data root `root`: number, directory, journal with its start document.

        Raises OutputError, JournalWriteError.
        """
        number, uid, now = allot(root), new_uid(), clock.time()
        year = datetime.fromtimestamp(now, UTC).strftime("%Y")
        directory = root / "runs" / year / f"{number}-{header.kind}-{uid[:8]}"
        try:
            directory.mkdir(parents=True)
        except OSError as error:
            raise OutputError(f"cannot make {directory}: {error.strerror or error}") from error
        start = start_document(header, uid=uid, number=number, time=now)
        journal = Journal.create(directory, encode("start", start))
        return cls(directory, journal, start)

    @classmethod
    def reopen(cls, directory: Path) -> "RunWriter":
        """Go on with a run that was interrupted: same journal, same uid, sequence numbers continued.

        Raises RunStateError if it has ended or is being written, JournalError, JournalWriteError.
        """
        journal = Journal.reopen(directory)
        try:
            record = read(directory)
            if record.stop is not None:
                raise RunStateError(
                    f"{directory.name} has ended ({record.stop['exit_status']}) and is never appended to"
                )
        except ScantrailError:
            journal.close()
            raise
        run = cls(directory, journal, record.start)
        for name, descriptors in record.descriptors.items():
            last = descriptors[-1]
            count = max(record.stream(name).seq, default=0)
            keys = last["data_keys"]
            run._streams[name] = _Stream(frozenset(keys), EventLine(last["uid"], keys), count)
        last_asked = asked(directory)
        run._seq = last_asked.seq if last_asked else 0  # what was asked of the dead process is not asked of this one
        return run

    # --- recording ----------------------------------------------------------------------------------------------------

    def describe(self, stream: str, columns: Mapping[str, Column]) -> None:
        """Declare the columns of a stream, before its first event, or again when a resumed run's hardware differs.

        Raises JournalError for a key that readers refuse, JournalWriteError.
        """
        known = self._streams.get(stream)
        if known is not None and known.keys == columns.keys():
            return
        uid = new_uid()
        shown = self._shown if stream == "primary" else columns if stream == "baseline" else ()
        document = descriptor_document(stream, columns, uid=uid, run=self.uid, time=clock.time(), shown=shown)
        self._journal.append(encode("descriptor", document))
        self._streams[stream] = _Stream(frozenset(columns), EventLine(uid, columns), known.count if known else 0)

    def event(self, stream: str, data: Mapping[str, Scalar | None], time: float) -> int:
        """Record one row, flushed to the operating system on return; `time` in unix seconds. Returns its seq_num.

        Raises JournalError if the keys are not those described, JournalWriteError if it could not be written.
        """
        target = self._streams.get(stream)
        if target is None or data.keys() != target.keys:
            raise JournalError(
                f"an event of stream {stream!r} with the keys {sorted(data)} does not match "
                f"its descriptor {sorted(target.keys) if target else '(none yet)'}"
            )
        self._journal.append(target.line.encode(target.count + 1, time, data))
        target.count += 1
        return target.count

    def taken(self, stream: str = "primary") -> int:
        """Return how many events of a stream the run holds."""
        target = self._streams.get(stream)
        return target.count if target else 0

    @property
    def stop_requests(self) -> int:
        """How often the user asked to stop: signals and `runs abort`."""
        return self._stops

    @property
    def paused(self) -> bool:
        """Whether the user asked to pause: `wait` holds the run until it is resumed or aborted."""
        return self._paused

    # --- waiting ------------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> Command:
        """Sleep, seeing signals and control.json within 50 ms; every sleep of a loop goes through here or `dwell`.

        Blocks on while the run is paused, so a loop never sees a pause. `abort` after the first request to stop,
        when the sleep is over; `halt` after the second, at once.
        """
        command = self.dwell(seconds)
        while self._paused and command == "go":
            command = self.dwell(SLICE)
        return command

    def dwell(self, seconds: float) -> Command:
        """Sleep as `wait` does, but let a pause take effect only at the next `wait`, so that no window grows longer."""
        now = clock.monotonic()
        deadline = now + seconds
        while True:
            if now - self._looked >= LOOK:
                self._looked = now
                self._look_at_control()
            stops = self._stops
            if stops >= 2 or (now := clock.monotonic()) >= deadline:
                return _COMMANDS[min(stops, 2)]
            clock.sleep(min(deadline - now, SLICE))
            now = clock.monotonic()

    def _look_at_control(self) -> None:
        request = asked(self.directory)
        if request is None or request.seq <= self._seq:
            return
        self._seq = request.seq
        self._paused = request.command == "pause"
        if request.command == "abort":
            self._stops += 1

    def _on_signal(self, signum: int, frame: FrameType | None) -> None:
        self._stops += 1

    # --- the way out --------------------------------------------------------------------------------------------------

    def safe(self, name: str, action: Callable[[], None]) -> None:
        """Promise to do `action` before the stop document, whatever happens; last in first out, all of them."""
        self._safe.append((name, action))

    def __enter__(self) -> "RunWriter":
        if threading.current_thread() is threading.main_thread():
            self._handlers = {number: signal.signal(number, self._on_signal) for number in _heeded()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._signals_given_back():
            problems = self._make_safe()
            self.status, reason = self._verdict(error)
            if problems:
                self.status = "fail" if self.status == "success" else self.status
                reason = "; ".join(filter(None, [reason, *problems]))
            try:
                self._close(reason)
            except OutputError as unwritten:
                if error is None:
                    raise
                if str(unwritten) != str(error):  # most often the one thing that could not be written twice
                    error.add_note(str(unwritten))
        if error is None and problems:
            raise SafeStateError("; ".join(problems))
        for problem in problems:
            error.add_note(problem)  # type: ignore[union-attr]  # an error, or we raised above

    @contextmanager
    def _signals_given_back(self) -> Iterator[None]:
        """Keep our handlers until the run is closed: a signal while hardware is made safe is noted, never obeyed."""
        try:
            yield
        finally:
            for number, handler in self._handlers.items():
                signal.signal(number, handler)  # type: ignore[arg-type]

    def _make_safe(self) -> list[str]:
        problems = []
        while self._safe:
            name, action = self._safe.pop()
            try:
                action()
            except Exception as error:  # noqa: BLE001 - each of the others must still be done; the stop document says it
                problems.append(f"could not {name}: {error}")
        return problems

    def _verdict(self, error: BaseException | None) -> tuple[ExitStatus, str]:
        if isinstance(error, KeyboardInterrupt | Interrupted):
            return "abort", str(error) or "interrupted"
        if error is not None:
            return "fail", str(error) or type(error).__name__
        if self._stops and self.taken() < self.expected:
            return "abort", f"stopped on request after {self.taken()} of {self.expected} points"
        return "success", self.note

    def _close(self, reason: str) -> None:
        counts = {name: stream.count for name, stream in self._streams.items()}
        status = self.status or "fail"
        stop = stop_document(status, reason, counts, uid=new_uid(), run=self.uid, time=clock.time())
        try:
            self._journal.append_last(encode("stop", stop))
        finally:
            self._journal.close()


def _heeded() -> list[signal.Signals]:
    outlives_terminal = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    return [number for number in STOPPING if number != signal.SIGHUP or not outlives_terminal]
