"""One program on a port: a lock file that says who holds it.

The lock is the operating system's (flock) and dies with its process, so what a stale file says is harmless.
"""

import fcntl
import json
import os
import pwd
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from scantrail.errors import PortBusy

_SYSTEM = Path("/run/lock")


def lock_path(port: str) -> Path:
    """Where the lock of a port stands: the device behind every link to it has one lock."""
    name = os.path.realpath(port).strip("/").replace("/", "-")
    place = _SYSTEM if os.access(_SYSTEM, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())
    return place / f"scantrail-{name}.lock"


class PortLock:
    """Holds a port for this process until `release`.

    Raises PortBusy, which names the holder's pid, user, command and run.
    """

    def __init__(self, port: str) -> None:
        self.path = lock_path(port)
        self._held: int | None = _acquire(self.path, port)
        self.describe("")

    def describe(self, run: str) -> None:
        """Write who holds the port, and for which run, for whoever is refused."""
        if self._held is None:
            return
        who = {"pid": os.getpid(), "user": _user(), "command": _command(), "run": run}
        with suppress(OSError):  # another user's file, or a full disk: the lock holds all the same
            os.ftruncate(self._held, 0)
            os.pwrite(self._held, json.dumps(who).encode(), 0)

    def release(self) -> None:
        """Give the port back; a second call does nothing."""
        if self._held is None:
            return
        with suppress(OSError):  # another user's file in a sticky directory stays, unlocked
            self.path.unlink()
        os.close(self._held)
        self._held = None


def _acquire(path: Path, port: str) -> int | None:
    while True:
        try:
            held = _open(path)
        except OSError:  # no place for a lock file: the lock on the device itself still stands
            return None
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            said = os.pread(held, 4096, 0)
            os.close(held)
            raise PortBusy(f"{port} is in use by {_holder(said)}") from error
        if _still_there(path, held):
            return held
        os.close(held)  # its last holder removed it between our open and our lock


def _open(path: Path) -> int:
    flags = os.O_CLOEXEC | os.O_NOFOLLOW
    with suppress(FileExistsError):
        held = os.open(path, flags | os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        os.fchmod(held, 0o666)  # whatever the umask: the next user locks the same file
        return held
    try:
        return os.open(path, flags | os.O_RDWR)
    except FileNotFoundError:
        return _open(path)
    except PermissionError:
        return os.open(path, flags | os.O_RDONLY)


def _still_there(path: Path, held: int) -> bool:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return False
    ours = os.fstat(held)
    return (found.st_dev, found.st_ino) == (ours.st_dev, ours.st_ino)


def _holder(said: bytes) -> str:
    try:
        who: Any = json.loads(said)
        run = f", run {who['run']}" if who["run"] else ""
        return f"process {who['pid']} ({who['user']}: {who['command']}{run})"
    except (ValueError, TypeError, KeyError):
        return "another program"


def _user() -> str:
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def _command() -> str:
    return " ".join([Path(sys.argv[0]).name, *sys.argv[1:]])[:500]
