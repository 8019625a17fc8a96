"""`svt init`, `backup`, `restore` and `verify`: the database and its files as a whole."""

from pathlib import Path

import click

from scantrail.cli.parts.opening import json_option, opened, print_json
from scantrail.cli.parts.wording import line

MOST = 10
"""Strays that are named one by one."""


@click.command()
@json_option
def init(as_json: bool) -> None:
    """Make the database and the directory of attached files; what exists stays as it is."""
    with opened() as database:
        database.initialize_schema()
        found = {"database": database.name, "test_data": str(database.data_dir), "profile": database.profile.name}
    if as_json:
        print_json(found)
        return
    click.echo(f"Database: {found['database']} (profile {found['profile']})")
    click.echo(f"Test data: {found['test_data']}")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@json_option
def backup(directory: Path, as_json: bool) -> None:
    """Copy the database and its files to the new DIRECTORY, also while others write."""
    from scantrail.tracker import backup as copy

    with opened() as database:
        target = copy(database, directory)
    if as_json:
        print_json({"backup": str(target)})
    else:
        click.echo(f"Backup: {target}")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@json_option
def restore(directory: Path, as_json: bool) -> None:
    """Bring the backup in DIRECTORY into a database that does not exist yet, with its files."""
    from scantrail.cli.parts.opening import unopened
    from scantrail.tracker import restore as bring_back

    with unopened() as database:
        files = bring_back(database, directory)
        name = database.name
    if as_json:
        print_json({"database": name, "files": files})
    else:
        click.echo(f"Restored {name} and {files} attached files.")


@click.command()
@click.argument("directory", type=click.Path(path_type=Path), required=False)
@click.option("--set-aside", is_flag=True, help="Move attached files that no test has to test_data/strays.")
@json_option
def verify(directory: Path | None, set_aside: bool, as_json: bool) -> None:
    """Check the chain of events, every row and every attached file; or every file of the backup in DIRECTORY."""
    from scantrail.errors import VerifyError
    from scantrail.tracker import check_backup, strays
    from scantrail.tracker import verify as check

    stray: list[str] = []
    if directory is not None:
        if set_aside:
            raise click.UsageError("--set-aside is for a database, not for a backup")
        wrong, what = [], f"the backup {directory}"
        try:
            check_backup(directory)
        except VerifyError as error:
            wrong = [str(error)]
    else:
        with opened() as database:
            wrong, what = check(database), database.name
            stray = [str(path) for path in strays(database, set_aside=set_aside)]
    if as_json:
        print_json({"intact": not wrong, "wrong": wrong, "strays": stray, "set_aside": set_aside})
    else:
        for sentence in wrong:
            click.echo(line(sentence))
        _tell_strays(stray, set_aside)
    if wrong:
        raise VerifyError(f"{what} is not as it was recorded: {len(wrong)} finding{'s' * (len(wrong) > 1)}")
    if not as_json:
        click.echo(f"{what} is intact.")


def _tell_strays(stray: list[str], set_aside: bool) -> None:
    """A file without a row breaks nothing: a command was killed, and what it was to record was never recorded."""
    for path in stray[:MOST]:
        click.echo(f"Note: no test has {line(path)}" + ("; moved to test_data/strays" if set_aside else ""), err=True)
    if len(stray) > MOST:
        click.echo(f"Note: and {len(stray) - MOST} more; --json has them all", err=True)
    if stray and not set_aside:
        click.echo("Note: a command that was killed leaves such files; --set-aside moves them away", err=True)
