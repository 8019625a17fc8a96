"""`scantrail scan judge`: what a run, or a file of another program, shows."""

import json
from pathlib import Path

import click

from scantrail.cli.foreign import file_of, read_file, scan_option
from scantrail.cli.options import output_option
from scantrail.cli.runs.places import locate
from scantrail.cli.scan.options import config_option, json_option
from scantrail.errors import InputError

INCOMPLETE = 3


@click.command()
@click.argument("source", metavar="RUN | FILE")
@scan_option
@config_option
@output_option
@click.option("--plot", is_flag=True, help="Draw it in the terminal.")
@json_option
def judge(source: str, scan: int | None, config: Path | None, output: Path | None, plot: bool, as_json: bool) -> int:
    """Tell what RUN shows, or a SPEC, XDI or CSV FILE: peaks, centroids, widths, edges.

    The answers on a run are kept beside its journal. The derived columns of a file are those of the station file. Ends
    with 3 if nothing stands out of the noise, or only with doubt.
    """
    from scantrail.acquire import judge_measured, judge_run
    from scantrail.cli.answers import print_answers
    from scantrail.cli.figures import show_figure

    file = file_of(source)
    if file is None and scan is not None:
        raise InputError("--scan chooses one of a SPEC file; a run is one scan")
    verdict = judge_run(locate(source)) if file is None else judge_measured(read_file(file, scan, config))
    if not as_json:
        print_answers(verdict.results)
        if plot:
            click.echo()
            show_figure(verdict.figure, output=None, terminal=True)
    for note in verdict.notes:
        click.echo(f"! {note}", err=True)
    show_figure(verdict.figure, output=output, terminal=False)
    if as_json:
        document = {"results": [result._asdict() for result in verdict.results], "notes": verdict.notes}
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    return 0 if verdict.answered else INCOMPLETE
