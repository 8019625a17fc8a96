"""`svt update-profile`: the profile that a database keeps, brought up to date."""

import contextlib

import click

from scantrail.cli.parts.opening import by_option, json_option, tell, unopened


@click.command()
@click.argument("profile", metavar="NAME")
@click.option("--dry-run", is_flag=True, help="Say what would change, or what is in the way, and change nothing.")
@by_option("updated")
@json_option
def update_profile(profile: str, dry_run: bool, by: str | None, as_json: bool) -> None:
    """Take a newer version of the database's profile: a TOML file, or a shipped one by its NAME.

    What is in use stays possible: a type of which there are components is never taken away.
    """
    from scantrail.tracker import rehearsal
    from scantrail.tracker import update_profile as update

    with unopened() as database, rehearsal() if dry_run else contextlib.nullcontext():
        done = update(profile, updated_by=by, db=database)
    tell(done, as_json=as_json)
