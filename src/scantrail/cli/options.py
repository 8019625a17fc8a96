"""Options that several commands share."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


class _Place(click.Path):
    """A file or a directory; an empty word, what a variable that is not set leaves of itself, is none."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return the path."""
        if not os.fspath(value):
            self.fail("an empty word is no path; leave the option away for its default", param)
        return super().convert(value, param, ctx)


class _Picture(_Place):
    """A file whose extension says which kind of picture it is to be; refused before anything is done for it."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401
        """Return the path."""
        path = super().convert(value, param, ctx)
        name = Path(os.fsdecode(path)).name
        if Path(name).suffix.lower() not in PICTURES:
            self.fail(f"a figure is written as {', '.join(PICTURES)}; {name!r} ends in none of these", param)
        return path


PATH = _Place(path_type=Path)
PICTURES = (".png", ".svg", ".pdf")
PICTURE = _Picture(dir_okay=False, path_type=Path)
Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


def options(*several: Decorator) -> Decorator:
    """Join several click options into one decorator, shown in the order given."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(several):
            function = option(function)
        return function

    return decorate


address_options = click.option(
    "--url", metavar="tcp://HOST:PORT", help="Control system. Default: [beamline] url of the station file."
)
hardware_options = options(
    click.option("--config", type=PATH, help="Station file. Default: the one in force."),
    click.option("--mock", is_flag=True, help="Use the simulated detector."),
    address_options,
    click.option("--speed", type=float, help="Simulated seconds in a second. Default: [mocker] speed."),
    click.option("--seed", type=click.IntRange(min=0), help="Start of the simulator's random numbers."),
    click.option("--max-retry", type=int, help="Attempts to write a threshold, in all."),
)
output_option = click.option("--output", type=PICTURE, help="Picture to write: .png, .svg or .pdf.")
plot_option = click.option("--plot", is_flag=True, help="Draw the curves in the terminal, live while scanning.")
scan_options = options(
    click.option("--thresholds", metavar="C:V;…", help='Centre [DAC] of each channel to scan: "1:200;2:300;3:250".'),
    click.option("--nsteps", metavar="N", help='Steps on each side of the centre: "8", or "1:8;2:10".'),
    click.option("--step", metavar="N", help='Distance of two thresholds [DAC]: "5", or "1:5;2:2".'),
    click.option("--duration", type=float, help="Dwell at each point [s]."),
    click.option("--suppress-threshold", type=int, help="Threshold that silences a channel [DAC]."),
    click.option("--direction", type=click.Choice(["up", "down"]), default="up", show_default=True),
    click.option("--workspace", type=PATH, help="Directory of the CSV files. Default: the run's own."),
    click.option("--db-path", help="Database of the catalogue: a file or an SQLAlchemy URL."),
    hardware_options,
    plot_option,
    click.option("--json", "as_json", is_flag=True, help="Print the outcome as JSON."),
)
