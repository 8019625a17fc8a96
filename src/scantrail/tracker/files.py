"""Attached files: taken whole and safe on disk before a row names them."""

import hashlib
import mimetypes
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from scantrail.errors import InputError, OutputError
from scantrail.tracker.texts import text

FileKind = Literal["image", "data"]

_CHUNK = 1 << 20
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,16}")
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file to attach: its kind and where it is now."""

    kind: FileKind
    source: Path


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it stands below the data directory; `path` is relative to that, `name` what it was called before."""

    kind: FileKind
    path: str
    name: str
    size: int
    sha256: str
    media_type: str


def check(attachments: Iterable[Attachment]) -> None:
    """Raise InputError for a file that is missing or cannot be read, before anything is recorded."""
    for each in attachments:
        text(str(each.source), "the path of a file")
        try:
            there = each.source.is_file()
        except OSError as error:
            raise InputError(f"{each.source} cannot be attached: {error.strerror}; nothing was recorded") from error
        if not there:
            raise InputError(f"there is no file {each.source} to attach; nothing was recorded")
        if not os.access(each.source, os.R_OK):
            raise InputError(f"the file {each.source} cannot be read by this user; nothing was recorded")


@contextmanager
def stored(
    root: Path, component: str, test_type: str, moment: datetime, attachments: Iterable[Attachment]
) -> Iterator[list[Stored]]:
    """Give the files as stored below `root`; taken away again if the block raises. Raises OutputError, InputError."""
    made: list[Path] = []
    try:
        yield [_store(root, component, test_type, moment, each, made) for each in attachments]
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        raise


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _store(
    root: Path, component: str, test_type: str, moment: datetime, attachment: Attachment, made: list[Path]
) -> Stored:
    """Store one file; its path joins `made` as soon as it is there, for an interrupt may come at any moment."""
    moment = moment.astimezone(UTC)
    directory = root / f"{moment:%Y}" / component
    suffix = attachment.source.suffix.lower()
    suffix = suffix if _SUFFIX.fullmatch(suffix) else ""
    base = f"{moment:%Y%m%d_%H%M%S}_{_UNSAFE.sub('-', test_type)[:60]}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        draft = directory / f".{secrets.token_hex(8)}.part"
        try:
            size, digest = _copy(attachment.source, draft)
            target = _name(draft, directory, base, suffix, attachment.kind, made)
        finally:
            draft.unlink(missing_ok=True)
        _sync(directory)
    except OSError as error:
        raise OutputError(f"{attachment.source} cannot be kept in {directory}: {error.strerror}") from error
    media_type = mimetypes.guess_type(f"x{suffix}")[0] or "application/octet-stream"
    relative = target.relative_to(root).as_posix()
    return Stored(attachment.kind, relative, attachment.source.name, size, digest, media_type)


def _copy(source: Path, draft: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as origin, draft.open("xb") as copy:
        while chunk := origin.read(_CHUNK):
            copy.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        copy.flush()
        os.fsync(copy.fileno())
    return size, digest.hexdigest()


def _name(draft: Path, directory: Path, base: str, suffix: str, kind: FileKind, made: list[Path]) -> Path:
    """A hard link takes a name only if it is free, however many ask for it at once."""
    number = 0
    while True:
        end = f"_{number}" if kind == "image" else "_data" + (f"_{number}" if number else "")
        target = directory / f"{base}{end}{suffix}"
        try:
            os.link(draft, target)
        except FileExistsError:
            number += 1
        else:
            made.append(target)
            return target


def _sync(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
