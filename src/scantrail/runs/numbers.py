"""Run numbers: allotted under the data root by `mkdir`, so that a scan never needs the database."""

from pathlib import Path

from scantrail.errors import OutputError


def allot(root: Path) -> int:
    """Reserve and return the next run number below the data root `root`.

    `mkdir` is atomic on every file system, so two processes never get the same number. Raises OutputError.
    """
    numbers = root / "runs" / ".numbers"
    try:
        numbers.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(entry.name) for entry in numbers.iterdir() if entry.name.isdigit()), default=0)
        while True:
            try:
                (numbers / str(number)).mkdir()
            except FileExistsError:
                number += 1
            else:
                return number
    except OSError as error:
        raise OutputError(
            f"cannot keep runs under {root}: {error.strerror or error}; "
            "set SCANTRAIL_HOME to a directory that can be written"
        ) from error
