"""`scantrail runs pause`, `resume` and `abort`, from any terminal."""

import json

import click

from scantrail.cli.runs.places import database_option, locate, run_argument


@click.command()
@run_argument
def pause(run: str) -> None:
    """Hold RUN after the present dwell.

    Its hardware stays as it is, until the run is resumed or aborted.
    """
    from scantrail.runs import ask, summarize

    directory = locate(run)
    ask(directory, "pause")
    number = summarize(directory).number
    click.echo(f'Run {number} pauses after the present dwell; "scantrail runs resume {number}" goes on.')


@click.command()
@run_argument
def abort(run: str) -> None:
    """Stop RUN after the present dwell, as Ctrl-C does.

    Asked a second time, it stops at once. What was taken stays.
    """
    from scantrail.runs import ask, asked, summarize

    directory = locate(run)
    last = asked(directory)
    ask(directory, "abort")
    number = summarize(directory).number
    if last is not None and last.command == "abort":
        click.echo(f"Run {number} stops at once.")
    else:
        click.echo(f"Run {number} stops after the present dwell; a second abort stops it at once.")


@click.command()
@run_argument
@database_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def resume(run: str, db_path: str | None, as_json: bool) -> int:
    """Go on with RUN where it stands.

    Paused, it runs on. Interrupted, its rest is taken into the same run; aborted or failed, into a new one.
    """
    from scantrail.acquire import order_again, resume_running
    from scantrail.runs import summarize

    directory = locate(run)
    if resume_running(directory):
        number = summarize(directory).number
        click.echo(json.dumps({"run": number, "status": "running"}) if as_json else f"Run {number} goes on.")
        return 0
    from scantrail.cli.live import take_order

    return take_order(order_again(directory, db_path), as_json=as_json)
