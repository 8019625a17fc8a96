"""The run journal on disk: one JSON array [name, document] a line, only ever appended to.

Each line is handed to the operating system before `append` returns, so `kill -9` loses nothing of it; a thread
of its own forces it to the disk at most a second later. While its writer lives, it holds `flock` on the file:
never `lockf`, which vanishes when the same process closes any reader of the file.
"""

import errno
import fcntl
import os
import threading
import time
from pathlib import Path

from scantrail.errors import JournalWriteError, RunStateError

JOURNAL = "journal.jsonl"
TORN = "journal.torn"
RESERVE = "journal.reserve"
RESERVED_BYTES = 16384
SYNC_INTERVAL = 1.0  # s between fsyncs
LOCK_PATIENCE = 1.0  # s; a reader that probes the lock holds it for microseconds


class Journal:
    """An open journal, held by this process until `close`."""

    def __init__(self, path: Path, fd: int) -> None:
        self.path = path
        self._fd = fd
        self._size = os.fstat(fd).st_size
        self._dirty = False
        self._closing = threading.Event()
        self._sync = threading.Thread(target=self._sync_each_second, name=f"fsync {path.parent.name}", daemon=True)
        self._sync.start()

    @classmethod
    def create(cls, directory: Path, first: bytes) -> "Journal":
        """Make the journal of a new run, already locked and holding its first line when it appears under its name.

        Raises JournalWriteError.
        """
        path, draft = directory / JOURNAL, directory / f".{JOURNAL}"
        try:
            fd = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        except OSError as error:
            raise _write_error(path, error) from error
        try:
            _lock(fd, path)
            _reserve(directory)
            _write_all(fd, first)
            draft.rename(path)
            _sync_directory(directory)
        except OSError as error:
            os.close(fd)
            raise _write_error(path, error) from error
        return cls(path, fd)

    @classmethod
    def reopen(cls, directory: Path) -> "Journal":
        """Go on with an interrupted journal: lock it, cut a torn last line and keep that as `journal.torn`.

        Raises RunStateError if another process is writing it, JournalWriteError if it cannot be written.
        """
        path = directory / JOURNAL
        try:
            fd = os.open(path, os.O_RDWR | os.O_APPEND)
        except OSError as error:
            raise _write_error(path, error) from error
        try:
            _lock(fd, path)
            _cut_torn_tail(fd, directory / TORN)
            _reserve(directory)
        except OSError as error:
            os.close(fd)
            raise _write_error(path, error) from error
        except RunStateError:
            os.close(fd)
            raise
        return cls(path, fd)

    def append(self, line: bytes) -> None:
        """Append one whole line and flush it to the operating system.

        Raises JournalWriteError (disk full, file-size limit); the file then still ends in the last whole line.
        """
        try:
            written = os.write(self._fd, line)
            if written < len(line):
                _write_all(self._fd, line[written:])
        except OSError as error:
            os.ftruncate(self._fd, self._size)
            raise _write_error(self.path, error) from error
        self._size += len(line)
        self._dirty = True

    def append_last(self, line: bytes) -> None:
        """Append the last line; on a full disk the space reserved for it is given back first."""
        (self.path.parent / RESERVE).unlink(missing_ok=True)
        self.append(line)

    def close(self) -> None:
        """Force everything to the disk and let go of the lock. Raises JournalWriteError if the disk refuses."""
        self._closing.set()
        self._sync.join()
        (self.path.parent / RESERVE).unlink(missing_ok=True)
        try:
            os.fsync(self._fd)
        except OSError as error:
            raise _write_error(self.path, error) from error
        finally:
            os.close(self._fd)

    def _sync_each_second(self) -> None:
        while not self._closing.wait(SYNC_INTERVAL):
            if self._dirty:
                self._dirty = False
                try:
                    os.fsync(self._fd)
                except OSError:
                    self._dirty = True  # tried again next second; `close` reports it if it stays


def held(directory: Path) -> bool:
    """Tell whether a living process is writing this run's journal."""
    try:
        fd = os.open(directory / JOURNAL, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


def _lock(fd: int, path: Path) -> None:
    deadline = time.monotonic() + LOCK_PATIENCE
    while True:
        try:
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise RunStateError(
                    f"{path.parent.name} is being written by another process; it needs no resuming"
                ) from None
            time.sleep(0.01)
        else:
            return


def _write_all(fd: int, data: bytes) -> None:
    written = os.write(fd, data)
    while written < len(data):  # a disk about to be full takes a part, and says why at the next call
        written += os.write(fd, data[written:])


def _reserve(directory: Path) -> None:
    """Keep room for the stop document, so that a run ended by a full disk can still say so."""
    fd = os.open(directory / RESERVE, os.O_WRONLY | os.O_CREAT, 0o644)
    try:
        os.posix_fallocate(fd, 0, RESERVED_BYTES)
    finally:
        os.close(fd)


def _cut_torn_tail(fd: int, keep: Path) -> None:
    size = os.fstat(fd).st_size
    content = os.pread(fd, size, 0)
    whole = content.rfind(b"\n") + 1
    if whole == size:
        return
    with keep.open("ab") as torn:
        torn.write(content[whole:] + b"\n")
        torn.flush()
        os.fsync(torn.fileno())
    os.ftruncate(fd, whole)


def _sync_directory(directory: Path) -> None:
    fd = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _write_error(path: Path, error: OSError) -> JournalWriteError:
    reason = {
        errno.ENOSPC: "the disk is full",
        errno.EFBIG: "the file-size limit of this process is reached",
        errno.EDQUOT: "the disk quota is used up",
    }.get(error.errno or 0, error.strerror or str(error))
    return JournalWriteError(f"cannot write {path}: {reason}; everything written before stays readable")
