"""Every exception of Scantrail, one tree rooted at ScantrailError.

A message says what happened, to what, and what to do next; `exit_code` is what a command ends with (1 failed, 2 wrong
usage, 3 finished but incomplete, 130 interrupted). Where a builtin says the same, the class is one too.
"""


class ScantrailError(Exception):
    """Whatever Scantrail refuses or fails at."""

    exit_code = 1


class InputError(ScantrailError, ValueError):
    """Refused before any hardware was touched: an option, a plan, a file's content."""

    exit_code = 2


class ConfigError(InputError):
    """A station file that cannot be used; the message names file, line where known, section and key."""


class UnequalStepsError(InputError):
    """A parallel scan whose channels differ in their number of steps (exit 1, as ADR-020 prints it)."""

    exit_code = 1


class OutputError(ScantrailError, OSError):
    """A place that cannot be written: a workspace, a run directory, a full disk."""


class Interrupted(ScantrailError):
    """The user asked to stop; raised where a loop cannot simply return."""

    exit_code = 130


# --- runs -------------------------------------------------------------------------------------------------------------


class RunError(ScantrailError):
    """A run that cannot be opened, read, controlled or resumed."""


class RunNotFound(RunError, LookupError):
    """No run has this number or uid."""


class RunStateError(RunError):
    """The run is not in a state for the command: resuming a finished run, pausing one that has ended."""


class JournalError(RunError):
    """A journal that breaks its format; the message names the file and the line."""


class JournalWriteError(JournalError, OutputError):
    """The journal could not be written; everything before this line is on disk."""


class SafeStateError(RunError):
    """The hardware could not be left safe: thresholds not restored, a motor not stopped, a shutter still open."""


# --- database ---------------------------------------------------------------------------------------------------------


class DatabaseError(ScantrailError):
    """The database is missing, locked, broken or of another program; the message names it."""


# --- hardware ---------------------------------------------------------------------------------------------------------


class ControlError(ScantrailError):
    """A device did not do what it was told; the message names device, address, target and seconds waited."""


class LinkError(ControlError, ConnectionError):
    """A connection that cannot be opened, or is not open."""


class LinkLost(LinkError):
    """A connection that was open and is gone: unplugged, reset, end of file."""


class PortBusy(LinkError):
    """Another program holds the port; the message names it."""


class PortNotFound(LinkError):
    """No such port, or `auto` found none or several; the message lists the candidates."""


class ReplyTimeout(ControlError, TimeoutError):
    """No answer by the deadline."""


class ThresholdError(ControlError):
    """A threshold that is not known to be in force."""


class ThresholdRefused(ThresholdError):
    """The detector answered that it will not take this threshold. Final: never tried again."""


class ThresholdUnconfirmed(ThresholdError, TimeoutError):
    """No reply for this channel and value by the deadline, or a corrupt one. Worth another try."""


class WindowError(ControlError):
    """A counting window without its opening or closing acknowledgement: its counts mean nothing."""


# --- control systems --------------------------------------------------------------------------------------------------


class ProtocolError(ControlError):
    """A reply that refuses or breaks the protocol; `code` is the server's error code, empty where it gave none."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class UnreadableReply(ProtocolError, ValueError):
    """A reply that is not what was asked for, such as text in place of a number."""


class ValueRefused(ProtocolError, ValueError):
    """A value that the device does not take: outside its limits, not finite, or the PV is read-only."""


class UnknownPV(ProtocolError, LookupError):
    """No PV of this name; `nearest` holds the names most like it, and so does the message."""

    def __init__(self, message: str, code: str = "", nearest: tuple[str, ...] = ()) -> None:
        super().__init__(message, code)
        self.nearest = nearest


class MotionError(ControlError):
    """A motor that stalled, hit a limit switch, ended elsewhere or could not be stopped."""


class MotionTimeout(MotionError, ReplyTimeout):
    """A motor that did not reach its target in time."""


# --- components -------------------------------------------------------------------------------------------------------


class TrackerError(ScantrailError):
    """What the component tracker refuses or fails at."""


class Refused(TrackerError):
    """Against the rules: a position that is taken, a status that does not follow; the message names the reason."""


class ImportRefused(Refused):
    """Rows of a file that cannot be imported, so that none was; `problems`: (line, column, what is wrong and right)."""

    def __init__(self, message: str, problems: tuple[tuple[int, str, str], ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class ComponentNotFound(TrackerError, LookupError):
    """No component has this id."""


class AlreadyExists(TrackerError):
    """A new component, position or upload with an id that is taken."""


class ConflictError(TrackerError):
    """Somebody else changed the same field since it was read; the message says who and when."""


class ProfileError(InputError):
    """A profile of the tracker that cannot be read, or is not the one that the database keeps."""


class VerifyError(TrackerError):
    """A database, a backup or its files are not what was recorded."""
