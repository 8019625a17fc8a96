"""What a command tells of an acquisition that has ended."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scantrail.daq import ScanData
from scantrail.errors import ScantrailError
from scantrail.threshold import ScanDataPoint

if TYPE_CHECKING:
    from scantrail.acquire.record import RecordedRun
    from scantrail.acquire.verdict import Verdict

DONE, FAILED, INCOMPLETE, INTERRUPTED = 0, 1, 3, 130


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run that has ended, whatever came of it. errors: parts that failed; reasons: why the run is no success.

    notes: what a reader must know. failure: what ended the run before its time, if anything but the user did.
    verdict: what judging it found. recorded: the tests that it became on its components.
    Of a threshold scan alone, skipped: steps not measured; restored: what became of the
    thresholds; points: the CSVs' rows by channel. Of a position scan alone, data.
    """

    number: int
    uid: str
    directory: Path
    status: str
    taken: int
    expected: int
    files: list[str]
    errors: list[str]
    reasons: list[str]
    notes: list[str]
    skipped: list[int] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)
    points: dict[int, list[ScanDataPoint]] = field(default_factory=dict)
    data: ScanData | None = None
    failure: ScantrailError | None = None
    verdict: "Verdict | None" = None
    recorded: "list[RecordedRun]" = field(default_factory=list)

    @property
    def place(self) -> Path:
        """Where the files of the scan are: the run's directory, or the workspace."""
        return Path(self.files[0]).parent if self.files else self.directory

    @property
    def measured(self) -> bool:
        """Whether there is anything to judge."""
        return bool(self.points) or (self.data is not None and len(self.data.timestamps) > 0)

    @property
    def saved(self) -> str:
        """Say what is on disk, and how to go on if that is not all."""
        share = f"{self.taken} of {self.expected} points are saved in run {self.number}"
        if self.taken == self.expected:
            return f"{share}."
        return f'{share}; "scantrail runs resume {self.number}" goes on.'

    @property
    def exit_code(self) -> int:
        """What the command ends with: 0 done, 1 failed, 3 finished but incomplete, 130 interrupted."""
        if self.status == "abort":
            return INTERRUPTED
        if self.status == "fail":
            return FAILED
        return INCOMPLETE if self.errors or self.skipped else DONE

    def document(self) -> dict[str, Any]:
        """Return the outcome as JSON-safe values."""
        return {
            "run": self.number,
            "uid": self.uid,
            "directory": str(self.directory),
            "status": self.status,
            "points": self.taken,
            "expected": self.expected,
            "files": self.files,
            "errors": self.errors,
            "reasons": self.reasons,
            "skipped_steps": self.skipped,
            "restored": self.restored,
            "notes": self.notes,
            "results": [result._asdict() for result in self.verdict.results] if self.verdict else [],
            "recorded": [
                {
                    "component": one.component,
                    "test": one.test,
                    "measured": one.measured,
                    "limits": list(one.limits),
                    "notices": list(one.notices),
                }
                for one in self.recorded
            ],
            "exit_code": self.exit_code,
        }
