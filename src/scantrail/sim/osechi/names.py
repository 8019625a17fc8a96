"""A stable name for a port whose own name changes: a symbolic link that is never put over anything else."""

import os
from pathlib import Path

from scantrail.errors import InputError, OutputError

_PTS = "/dev/pts/"


def make_link(link: Path, port: str) -> None:
    """Let `link` point to `port`.

    A link that a killed simulator left behind (it points to a pseudo-terminal that is gone, or to `port` itself) is
    replaced. Raises InputError for anything else that stands there, OutputError if the link cannot be made.
    """
    try:
        if _left_behind(link, port):
            link.unlink()
        link.symlink_to(port)
    except FileExistsError as error:
        raise InputError(f"--link {link}: {_what(link)}; remove it or choose another name") from error
    except OSError as error:
        raise OutputError(f"--link {link} cannot be made: {error.strerror}") from error


def remove_link(link: Path, port: str) -> None:
    """Remove `link` if it still points to `port`; leave anything else alone."""
    try:
        if str(link.readlink()) == port:
            link.unlink()
    except OSError:
        # not a link any more, or gone: not ours to remove
        return


def _left_behind(link: Path, port: str) -> bool:
    if not link.is_symlink():
        return False
    target = str(link.readlink())
    return target == port or (target.startswith(_PTS) and not os.path.lexists(target))


def _what(link: Path) -> str:
    return f"it already points to {link.readlink()}" if link.is_symlink() else "something else stands there"
