"""A new file that appears under its name only when it is whole."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TextIO, cast

from scantrail.errors import InputError, OutputError


@contextmanager
def new_file(path: Path) -> Iterator[TextIO]:
    """Open a text file that takes the name `path` when the block ends well; otherwise nothing is left of it.

    Raises InputError if `path` exists, OutputError if it cannot be written.
    """
    with _new(path, mode="x", newline="", encoding="utf-8") as file:
        yield cast("TextIO", file)


def write_new(path: Path, content: bytes) -> None:
    """Write the new file `path`, whole or not at all. Raises as `new_file`."""
    with _new(path, mode="xb") as file:
        file.write(content)


@contextmanager
def _new(path: Path, **how: Any) -> Iterator[IO[Any]]:  # noqa: ANN401 - whatever `open` takes
    if os.path.lexists(path):
        raise _exists(path)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open(**how) as file, _removed_on_failure(draft):
            yield file
            file.flush()
            os.fsync(file.fileno())
            _take_name(draft, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error


def _take_name(draft: Path, path: Path) -> None:
    """Rename without ever replacing: the name is claimed first, which only one of several processes can."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise _exists(path) from None
    with _removed_on_failure(path):
        draft.replace(path)


@contextmanager
def _removed_on_failure(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _exists(path: Path) -> InputError:
    return InputError(f"{path} exists and is left as it is; name another file")
