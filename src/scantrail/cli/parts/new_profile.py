"""`svt new-profile`: a commented profile to start one's own from."""

import shlex
from pathlib import Path

import click

from scantrail.cli.parts.opening import json_option, print_json
from scantrail.errors import InputError, OutputError


@click.command()
@click.argument("file", metavar="FILE.toml", type=click.Path(path_type=Path))
@json_option
def new_profile(file: Path, as_json: bool) -> None:
    """Write a commented profile to FILE.toml, called after the file; a file that exists is never touched."""
    from scantrail.tracker import example_profile

    if file.suffix != ".toml" or not file.stem.strip():
        raise InputError(f"a profile is a TOML file; name it such as {file.stem or 'mine'}.toml")
    try:
        with file.open("x", encoding="utf-8") as profile:
            try:
                profile.write(example_profile(file.stem))
                profile.flush()
            except BaseException:
                file.unlink(missing_ok=True)
                raise
    except FileExistsError as error:
        raise InputError(f"{file} exists and is left as it is; name another file") from error
    except (OSError, UnicodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "its name is no text"
        raise OutputError(f"{file} cannot be written: {said}") from error
    if as_json:
        print_json({"file": str(file)})
        return
    database = shlex.quote(f"{file.with_suffix('.db')}")
    click.echo(f"Wrote {file}. Edit it; then this makes a database of it:")
    click.echo(f"  svt --db-path {database} --profile {shlex.quote(str(file))} init")
