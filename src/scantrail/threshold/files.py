"""The CSV files of a threshold scan, with the seeds' names and columns. A file that exists is never touched."""

import csv
import io
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import astuple, fields
from itertools import islice
from pathlib import Path

from scantrail.errors import OutputError
from scantrail.threshold.model import ScanDataPoint, ThresholdOperation

AUDIT = "threshold_operations.csv"


def results_name(channel: int) -> str:
    """Return the file name of a channel's results."""
    return f"scan_results_ch{channel}.csv"


def write_scan_results(channel: int, data_points: Sequence[ScanDataPoint], output_dir: Path) -> str:
    """Write one channel's points to `scan_results_ch<N>.csv` in `output_dir` and return its path.

    Columns: timestamp, channel, threshold, event_count. Raises FileExistsError rather than overwrite, OutputError.
    """
    return _write(Path(output_dir) / results_name(channel), ScanDataPoint, data_points)


def write_audit_log(operations: Sequence[ThresholdOperation], output_dir: Path) -> str:
    """Write threshold writes to `threshold_operations.csv` in `output_dir` and return its path.

    Columns: timestamp, channel, old_threshold, new_threshold, status. Raises FileExistsError rather than overwrite,
    OutputError.
    """
    return _write(Path(output_dir) / AUDIT, ThresholdOperation, operations)


class RowFile:
    """A CSV file that grows a row at a time: header once, each row handed to the operating system as it comes."""

    def __init__(
        self, path: Path, row: type[ScanDataPoint] | type[ThresholdOperation], *, replace: bool = False
    ) -> None:
        """Open `path` for rows of the dataclass `row`; `replace` is for a resumed run that writes its own files anew.

        Raises FileExistsError, OutputError.
        """
        self.path = path
        _make_directory(path.parent)
        try:
            self._file = path.open("wb" if replace else "xb", buffering=0)
        except FileExistsError:
            raise FileExistsError(f"{path} holds another scan's data; give an empty directory") from None
        except OSError as error:
            raise _cannot_write(path, error) from error
        self._size = 0
        try:
            self._row([field.name for field in fields(row)])
        except OutputError:
            self._file.close()
            raise

    def append(self, row: ScanDataPoint | ThresholdOperation) -> None:
        """Append one row. Raises OutputError; rows written before stay whole."""
        self._row(astuple(row))

    def close(self) -> None:
        """Close the file. Raises OutputError."""
        try:
            self._file.close()
        except OSError as error:
            raise _cannot_write(self.path, error) from error

    def _row(self, values: Iterable[object]) -> None:
        text = io.StringIO()
        plain = [value.replace("\r", " ") if isinstance(value, str) else value for value in values]
        csv.writer(text, lineterminator="\n").writerow(plain)
        left = row = text.getvalue().encode()
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            with suppress(OSError):  # half a row would be read as a whole one
                self._file.truncate(self._size)
            raise _cannot_write(self.path, error) from error
        self._size += len(row)


class ScanFiles:
    """The files of one scan: results a channel, made with its first row, and the audit log."""

    def __init__(self, directory: Path, *, replace: bool = False) -> None:
        self.directory = directory
        self.points: dict[int, list[ScanDataPoint]] = {}
        self.operations: list[ThresholdOperation] = []
        self._replace = replace
        self._results: dict[int, RowFile] = {}
        self._audit = RowFile(directory / AUDIT, ThresholdOperation, replace=replace)

    @property
    def paths(self) -> list[str]:
        """Paths of the results files, by channel."""
        return [str(file.path) for _, file in sorted(self._results.items())]

    def result(self, point: ScanDataPoint) -> None:
        """Append a row to its channel's results."""
        channel = point.channel
        if channel not in self._results:
            path = self.directory / results_name(channel)
            self._results[channel] = RowFile(path, ScanDataPoint, replace=self._replace)
        self._results[channel].append(point)
        self.points.setdefault(channel, []).append(point)

    def operation(self, operation: ThresholdOperation) -> None:
        """Append a row to the audit log."""
        self._audit.append(operation)
        self.operations.append(operation)

    def close(self) -> None:
        """Close every file, all of them, then raise the first OutputError there was."""
        first: OutputError | None = None
        for file in [*self._results.values(), self._audit]:
            try:
                file.close()
            except OutputError as error:
                first = first or error
        if first is not None:
            raise first


def place_for(workspace: Path | None, run_directory: Path, number: int) -> Path:
    """Return where a scan's files go: the run directory, or the workspace.

    A workspace that already holds a scan's files gets a subdirectory `run-<number>`, so that two scans never mix.
    """
    if workspace is None:
        return run_directory
    taken = (workspace / AUDIT).exists() or any(workspace.glob("scan_results_ch*.csv"))
    return workspace / f"run-{number}" if taken else workspace


def begins_with(workspace: Path, operations: Sequence[ThresholdOperation]) -> bool:
    """Tell whether the audit log in `workspace` begins with these writes, so the files there are the same scan's."""
    try:
        with (workspace / AUDIT).open(newline="", encoding="utf-8") as file:
            _, first = islice(csv.reader(file), 2)
    except (OSError, ValueError, csv.Error):
        return False
    return bool(operations) and first[:-1] == list(map(str, astuple(operations[0])[:-1]))


def check_workspace(workspace: Path) -> None:
    """Make `workspace` and try to write in it, before any hardware is opened. Raises OutputError."""
    probe = workspace / ".scantrail-probe"
    _make_directory(workspace)
    try:
        probe.write_bytes(b"")
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise _cannot_write(workspace, error) from error


def _make_directory(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise OutputError(f"cannot write in {directory}: it is a file, not a directory") from error
    except OSError as error:
        raise _cannot_write(directory, error) from error


def _write(
    path: Path,
    row: type[ScanDataPoint] | type[ThresholdOperation],
    rows: Sequence[ScanDataPoint] | Sequence[ThresholdOperation],
) -> str:
    file = RowFile(path, row)
    try:
        for entry in rows:
            file.append(entry)
    finally:
        file.close()
    return str(path)


def _cannot_write(path: Path, error: OSError) -> OutputError:
    return OutputError(f"cannot write {path}: {error.strerror or error}")
