"""`scantrail threshold fit`: the thresholds of a scan, with an error bar and a reason."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.answers import print_answers
from scantrail.cli.bench import opened, print_writes, write_all, write_rows
from scantrail.cli.options import hardware_options, output_option, plot_option
from scantrail.errors import InputError

if TYPE_CHECKING:
    from scantrail.acquire import Verdict
    from scantrail.threshold import Write

FAILED, INCOMPLETE = 1, 3


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="RUN | FILES…")
@click.option("--duration", type=float, help="Live time of each point of FILES [s]. Default: [sampler] duration.")
@click.option("--family", type=click.Choice(["erfc", "rice"]), help="Model of the noise edge. Default: what fits best.")
@output_option
@plot_option
@click.option("--apply", "apply_", is_flag=True, help="Write the recommended thresholds to the detector.")
@hardware_options
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON.")
def fit(
    sources: tuple[str, ...],
    duration: float | None,
    family: str | None,
    output: Path | None,
    plot: bool,
    apply_: bool,
    max_retry: int | None,
    as_json: bool,
    **hardware: Any,  # noqa: ANN401 - the hardware's options, handed on
) -> int:
    """Fit the counting curves of RUN, or of CSV FILES, and recommend thresholds.

    FILES are scan_results_chN.csv, or the serial.csv and parallel.csv of haniwers. Ends with 3 if a channel has no
    answer; --apply writes only thresholds that are one, and ends with 1 if one of them is not confirmed.
    """
    from scantrail.cli.figures import show_figure

    verdict = _verdict(sources, duration, family, hardware["config"])
    if not as_json:
        print_answers(verdict.results)
        if plot:
            click.echo()
        show_figure(verdict.figure, output=None, terminal=plot)
    for note in verdict.notes:
        click.echo(f"! {note}", err=True)
    show_figure(verdict.figure, output=output, terminal=False)
    writes = _applied(verdict, max_retry, hardware) if apply_ else []
    if as_json:
        document = {
            "results": [result._asdict() for result in verdict.results],
            "notes": verdict.notes,
            "writes": write_rows(writes),
        }
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
    else:
        print_writes(writes, as_json=False)
    if apply_ and sum(one.error is None for one in writes) < len(verdict.advice):
        return FAILED
    return 0 if verdict.answered else INCOMPLETE


def _applied(verdict: "Verdict", max_retry: int | None, hardware: dict[str, Any]) -> "list[Write]":
    """Write the thresholds that are an answer, and restore nothing afterwards. Raises LinkError, InputError."""
    if not verdict.advice:
        click.echo("! No channel has an answer, so no threshold was written.", err=True)
        return []
    station, rig = opened(**hardware)
    return write_all(station, rig, verdict.advice, max_retry)


def _verdict(sources: Sequence[str], duration: float | None, family: str | None, config: Path | None) -> "Verdict":
    from scantrail.acquire import judge_curves, judge_run
    from scantrail.cli.runs.places import locate
    from scantrail.station import load_station
    from scantrail.threshold import read_curves

    files = [Path(source) for source in sources]
    runs = [file for file in files if file.is_dir() or not (file.is_file() or file.suffix)]
    if runs and len(sources) > 1:
        raise InputError(f"{runs[0]} is no file; a RUN is fitted alone, only FILES are fitted together")
    if runs:
        if duration is not None:
            raise InputError("--duration is for CSV files; a run holds the live time of each of its points")
        return judge_run(locate(sources[0]), family=family)  # type: ignore[arg-type]  # one of click's choices
    live = load_station(config).sampler.duration if duration is None else duration
    if not 0 < live < float("inf"):
        raise InputError(f"--duration {live:g} must be a number of seconds above 0")
    curves = read_curves(files, live)
    if duration is None:
        click.echo(
            f"Each point is taken to have counted for {live:g} s; give --duration if it was another time.", err=True
        )
    title = ", ".join(file.name for file in files)
    return judge_curves(curves, family=family, title=title)  # type: ignore[arg-type]
