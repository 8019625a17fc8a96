"""The files of a reference database: found below its test_data, and kept where the tracker keeps its own."""

import dataclasses
import mimetypes
import os
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from scantrail.errors import OutputError
from scantrail.tracker.files import Attachment, FileKind, Stored, sha256, stored
from scantrail.tracker.store import FILES
from scantrail.tracker.texts import text

_PICTURES = {"image", "picture", "photo", "photograph", "plot", "figure", "screenshot"}
_PICTURE_TYPES = ("image/", "application/postscript")


class Attached:
    """The directory of the old files, `source`, and that of the new ones; `stack` takes back what was copied."""

    def __init__(self, source: Path, target: Path, stack: ExitStack, taken: set[str]) -> None:
        self.source = source
        self._target = target
        self._stack = stack
        self._taken = taken

    def find(self, given: str) -> Path | str:
        """Return the file of a path in the reference, or say why there is none to keep.

        A path that leads elsewhere, as one of another computer does, is looked for below `source`: behind the last
        `test_data` in it, else by its name alone.
        """
        root, path = self.source.resolve(), Path(given)
        places = [path] if path.is_absolute() else [root / path, root.parent / path]
        try:
            inside = [place for place in places if place.resolve().is_relative_to(root)]
            carried = (
                [] if inside else [place for place in _carried(path, root) if place.resolve().is_relative_to(root)]
            )
            found = next((place for place in (*inside, *carried) if place.is_file()), None)
        except OSError as error:  # such as a name that is too long
            return f"{given} cannot be looked up: {error.strerror}"
        except RuntimeError:
            return f"{given} is a link that leads back to itself"
        if found is None:
            return f"{given} {'is not in' if inside else 'lies outside'} {self.source}"
        return found if os.access(found, os.R_OK) else f"{found} cannot be read by this user"

    def keep(self, path: Path, kind: FileKind, name: str, component: str, test_type: str, moment: datetime) -> Stored:
        """Keep a file: where it is if that is where the tracker keeps its files, else as a copy. Raises OutputError."""
        given = text(name.strip(), "the name of a file") or path.name
        relative = self._relative(path)
        if relative and relative not in self._taken:
            self._taken.add(relative)
            media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            try:
                return Stored(kind, relative, given, path.stat().st_size, sha256(path), media_type)
            except OSError as error:
                raise OutputError(f"{path} cannot be read: {error.strerror}") from error
        keeping = stored(self._target, component, test_type, moment, [Attachment(kind, path)])
        (kept,) = self._stack.enter_context(keeping)
        self._taken.add(kept.path)
        return dataclasses.replace(kept, name=given)

    def _relative(self, path: Path) -> str:
        """Where a file stands below the directory that it would be copied to; empty for one that stands elsewhere."""
        real, root = path.resolve(), self._target.resolve()
        return real.relative_to(root).as_posix() if real.is_relative_to(root) else ""


def _carried(path: Path, root: Path) -> list[Path]:
    """Where below a directory a file may be that stood elsewhere."""
    parts = path.parts
    after = [root.joinpath(*parts[len(parts) - parts[::-1].index(FILES) :])] if FILES in parts else []
    return [*after, root / path.name]


def kind_of(declared: str, name: str) -> FileKind:
    """Return whether a file is an image or data, by what the reference calls it and by its name."""
    guessed = mimetypes.guess_type(name)[0] or ""
    is_picture = bool(_PICTURES & set(declared.lower().replace("_", " ").split())) or guessed.startswith(_PICTURE_TYPES)
    return "image" if is_picture else "data"
