"""`scantrail threshold fit`: the thresholds of a scan, with an error bar and a reason."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scantrail.cli.answers import print_answers
from scantrail.cli.bench import opened, print_writes, write_all, writes_code
from scantrail.cli.options import hardware_options, plot_option
from scantrail.errors import InputError

if TYPE_CHECKING:
    from scantrail.acquire import Verdict

INCOMPLETE = 3


@click.command()
@click.argument("sources", nargs=-1, required=True, metavar="RUN | FILES…")
@click.option("--duration", type=float, help="Live time of each point of FILES [s]. Default: [sampler] duration.")
@click.option("--family", type=click.Choice(["erfc", "rice"]), help="Model of the noise edge. Default: what fits best.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Picture to write: .png, .svg or .pdf.")
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
    answer; --apply writes only thresholds that are one.
    """
    from scantrail.cli.figures import show_figure

    verdict = _verdict(sources, duration, family, hardware["config"])
    if as_json:
        click.echo(json.dumps([result._asdict() for result in verdict.results], indent=2, ensure_ascii=False))
    else:
        print_answers(verdict.results)
    show_figure(verdict.figure, output=output, terminal=plot)
    code = 0 if verdict.answered else INCOMPLETE
    if apply_ and verdict.advice:
        station, rig = opened(**hardware)
        writes = write_all(station, rig, verdict.advice, max_retry)
        if not as_json:
            print_writes(writes, as_json=False)
        code = writes_code(writes, len(verdict.advice)) or code
    return code


def _verdict(sources: Sequence[str], duration: float | None, family: str | None, config: Path | None) -> "Verdict":
    from scantrail.acquire import judge_curves, judge_run
    from scantrail.cli.runs.places import locate
    from scantrail.station import load_station
    from scantrail.threshold import read_curves

    files = [Path(source) for source in sources]
    if len(sources) == 1 and not files[0].is_file():
        if duration is not None:
            raise InputError("--duration is for CSV files; a run holds the live time of each of its points")
        return judge_run(locate(sources[0]), family=family)  # type: ignore[arg-type]  # one of click's choices
    live = load_station(config).sampler.duration if duration is None else duration
    if not 0 < live < float("inf"):
        raise InputError(f"--duration {live:g} must be a number of seconds above 0")
    if duration is None:
        click.echo(
            f"Each point is taken to have counted for {live:g} s; give --duration if it was another time.", err=True
        )
    title = ", ".join(file.name for file in files)
    return judge_curves(read_curves(files, live), family=family, title=title)  # type: ignore[arg-type]
