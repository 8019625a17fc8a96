"""`scantrail threshold rate`: recorded events as a rate against time."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from rich.table import Table

    from scantrail.threshold import EventRates

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILE, metavar="FILES…")
@click.option("--bin", "bin_seconds", type=float, default=60.0, show_default=True, metavar="S", help="Length [s].")
@click.option("--output", type=_FILE, help="Picture to write: .png, .svg or .pdf.")
@click.option("--json", "as_json", is_flag=True, help="Print the bins as JSON.")
def rate(files: tuple[Path, ...], bin_seconds: float, output: Path | None, as_json: bool) -> None:
    """Count recorded events in bins of time.

    FILES are CSV with one event a line (timestamp, top, mid, btm, adc, tmp, atm, hmd; a header may stand first), or the
    events.raw of a run. Between two files nothing is taken to have been recorded.
    """
    from scantrail.threshold import event_rates, read_events

    rates = event_rates(read_events(files), bin_seconds)
    for notice in rates.notices:
        click.echo(notice, err=True)
    if as_json:
        click.echo(json.dumps({"bin_seconds": bin_seconds, "dated": rates.dated, "bins": [*rates.rows()]}, indent=2))
    else:
        from rich.console import Console

        Console(highlight=False, emoji=False).print(_table(rates))
    if output is not None:
        from scantrail.cli.figures import show_figure
        from scantrail.threshold import rate_figure

        title = ", ".join(file.name for file in files[:3]) + (" …" if len(files) > 3 else "")
        show_figure(rate_figure(rates.series(), title=title, unix=rates.dated), output=output, terminal=False)


def _table(rates: "EventRates") -> "Table":
    from rich import box
    from rich.table import Table

    counted = ("live \\[s]", "top", "mid", "btm", "two", "three", "events/s")
    table = Table(
        box=box.SIMPLE_HEAD,
        collapse_padding=True,
        pad_edge=False,
        caption="two, three: events in which so many channels fired together",
    )
    table.add_column("local time" if rates.dated else "time \\[s]", no_wrap=True)
    for name in counted:
        table.add_column(name, justify="right")
    for row in rates.rows():
        table.add_row(_when(row["time"], rates), f"{row['live']:.4g}", *_counts(row), _rate(row))
    return table


def _counts(row: dict[str, Any]) -> list[str]:
    patterns = {key.removeprefix("pattern_"): events for key, events in row.items() if key.startswith("pattern_")}
    together = [sum(events for bits, events in patterns.items() if bits.count("1") == fired) for fired in (2, 3)]
    return [str(number) for number in (*(row[f"ch{channel}_counts"] for channel in (1, 2, 3)), *together)]


def _rate(row: dict[str, Any]) -> str:
    if row["limit"]:
        return f"< {row['high']:.3g} (95 %)"
    rate, up, down = row["rate"], row["high"] - row["rate"], row["rate"] - row["low"]
    digits = max(0, -math.floor(math.log10(down / 3.0)))  # one of the error, two if it begins with a 1 or 2
    return f"{rate:.{digits}f} +{up:.{digits}f} -{down:.{digits}f}"


def _when(time: float, rates: "EventRates") -> str:
    from datetime import datetime

    if not rates.dated:
        return f"{time:.6g}"
    moment = datetime.fromtimestamp(time)
    return moment.isoformat(sep=" ", timespec="seconds" if rates.bin_seconds >= 1.0 else "milliseconds")
