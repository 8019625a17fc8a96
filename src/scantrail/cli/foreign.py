"""Files of other programs where a command takes a run."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scantrail.daq import Measured

scan_option = click.option("--scan", type=int, metavar="N", help="Which scan of a SPEC file.")


def file_of(source: str) -> Path | None:
    """Return the file that an argument names, None if it names a run."""
    file = Path(source)
    return file if file.is_file() or (file.suffix and not file.is_dir()) else None


def read_file(file: Path, scan: int | None, config: Path | None) -> "Measured":
    """Read a SPEC, XDI or CSV file, with the derived columns of the station file.

    Raises InputError with the line that cannot be read, ConfigError.
    """
    from scantrail.daq import known_columns, read_measured, with_derived
    from scantrail.station import load_station

    station = load_station(config)
    return with_derived(read_measured(file, scan), station.columns, known_columns(station.document()))
