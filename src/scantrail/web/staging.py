"""Files that were sent: checked, kept under names of ours until the test they belong to is recorded, then dropped."""

import re
import secrets
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from scantrail.errors import InputError, OutputError

FileKind = Literal["image", "data"]

DATA = {"csv", "tsv", "txt", "dat", "log", "json", "xml", "h5", "hdf5", "nxs", "root", "pdf", "zip", "gz"}
TYPES: dict[FileKind, dict[str, str]] = {
    "image": {
        ".png": "image/png",
        ".jpg": "image/jpeg",
        ".jpeg": "image/jpeg",
        ".gif": "image/gif",
        ".webp": "image/webp",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
    },
    "data": {f".{end}": "application/octet-stream" for end in sorted(DATA)},
}
"""What may be sent, and as what it is given back: nothing that a browser would run, and an archive stays one."""
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF8",),
    "image/webp": (b"RIFF",),
    "image/tiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
}
"""First bytes of an image, by what it is given back as."""
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Images that browsers show."""
KEPT_SECONDS = 3600
"""How long a file waits for its test."""
LONGEST_NAME = 100

_NAME = re.compile(r"[0-9a-f]{32}")
_UNSAFE = re.compile(r"[^\w. ()+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits: by what it is asked for, where it is, what kind it is."""

    key: str
    path: Path
    kind: FileKind

    @property
    def name(self) -> str:
        """What it was called by whoever sent it."""
        return self.path.name

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.path.stat().st_size


def stage(place: Path, kind: FileKind, name: str, content: BinaryIO) -> Staged:
    """Keep a file that was sent.

    Raises InputError for one of a type that is not taken and for an image that is none, OutputError.
    """
    safe = _safe(name)
    suffix = PurePosixPath(safe).suffix.lower()
    if suffix not in TYPES[kind]:
        raise InputError(
            f"{name[:LONGEST_NAME]!r} is not taken as {'an image' if kind == 'image' else 'a data file'}; "
            f"it must end in {', '.join(TYPES[kind])}"
        )
    beginnings = BEGINNINGS.get(TYPES[kind][suffix], ())
    if beginnings and not content.read(max(map(len, beginnings))).startswith(beginnings):
        raise InputError(f"{safe} is no {suffix[1:]} image, whatever its name says; send it as a data file, or whole")
    content.seek(0)
    forget(place)
    key = secrets.token_hex(16)
    directory = place / key / kind
    try:
        directory.mkdir(mode=0o700, parents=True)
        with (directory / safe).open("xb") as file:
            shutil.copyfileobj(content, file)
    except OSError as error:
        shutil.rmtree(place / key, ignore_errors=True)
        raise OutputError(f"{safe} cannot be kept in {place}: {error.strerror or error}") from error
    return Staged(key, directory / safe, kind)


def staged(place: Path, key: str) -> Staged:
    """Return a file that waits. Raises InputError for one that never came, or waited too long."""
    found = list((place / key).glob("*/*")) if _NAME.fullmatch(key) else []
    if len(found) != 1:
        raise InputError("a file that was sent waits no more; send it again")
    kind: FileKind = "image" if found[0].parent.name == "image" else "data"
    return Staged(key, found[0], kind)


def drop(place: Path, files: Iterable[Staged]) -> None:
    """Forget files that are recorded."""
    for file in files:
        shutil.rmtree(place / file.key, ignore_errors=True)


def forget(place: Path) -> None:
    """Drop whatever waited too long."""
    if not place.is_dir():
        return
    oldest = time.time() - KEPT_SECONDS
    for entry in place.iterdir():
        if entry.stat().st_mtime < oldest:
            shutil.rmtree(entry, ignore_errors=True)


def media_type(name: str) -> str:
    """Return as what a file is given back, by the end of its name alone."""
    suffix = PurePosixPath(name).suffix.lower()
    return TYPES["image"].get(suffix) or "application/octet-stream"


def _safe(name: str) -> str:
    """Return a name that is one, whatever it was: no directories, no hidden file, no sign that a shell would read."""
    last = re.split(r"[/\\]", name)[-1]
    stem, dot, suffix = _UNSAFE.sub("_", last).strip(" .").rpartition(".")
    short = f"{(stem or 'file')[: LONGEST_NAME - 10]}{dot}{suffix[:8]}" if dot else suffix[:LONGEST_NAME]
    return short or "file"
