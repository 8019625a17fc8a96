"""`scantrail runs tail`: a run as it is taken."""

import json
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from scantrail.cli.runs.places import locate, run_argument
from scantrail.cli.runs.points import GAP, filled, fitting, height
from scantrail.cli.runs.wording import COLOURS, local
from scantrail.runs import PRIMARY, Columns, cell, heading, main_columns, onward, share

FIXED = {"time": 8, "#": 3}
"""Widths of the columns that every line of a point begins with."""
DIGITS = 7
"""Width of a number at least; one that needs more takes it."""


@click.command()
@run_argument
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object a line.")
def tail(run: str, as_json: bool) -> None:
    """Follow RUN, a line an event, until it ends. Ctrl-C leaves, and does nothing to the run."""
    directory = locate(run)
    lines = _objects(directory) if as_json else _lines(directory)
    for line in lines:
        click.echo(line)


def _objects(directory: Path) -> Iterator[str]:
    from scantrail.runs import follow, iso, summarize

    streams: dict[str, str] = {}
    for name, document in follow(directory):
        if name == "descriptor":
            streams[document["uid"]] = document["name"]
        elif name == "event":
            entry = {"stream": streams[document["descriptor"]], "seq_num": document["seq_num"]}
            yield json.dumps(entry | {"time": iso(document["time"]), "data": document["data"]}, ensure_ascii=False)
    run = summarize(directory)
    end = {"number": run.number, "status": run.status, "reason": run.reason, "points": run.points}
    yield json.dumps(end, ensure_ascii=False)


def _lines(directory: Path) -> Iterator[str]:
    from scantrail.runs import follow

    start: Mapping[str, Any] = {}
    streams: dict[str, str] = {}
    widths: dict[str, int] = {}
    for name, document in follow(directory):
        if name == "start":
            start = document
        elif name == "descriptor":
            streams[document["uid"]] = document["name"]
            if document["name"] == PRIMARY:
                columns = main_columns(start, [document])
                widths = _widths(columns)
                yield from _head(columns, widths)
        elif name == "event" and streams[document["descriptor"]] == PRIMARY:
            yield _point(document, widths)
        elif name == "event":
            yield _aside(streams[document["descriptor"]], document)
    yield from _end(directory)


def _widths(columns: Columns) -> dict[str, int]:
    """Return the widths of the columns to show, on a terminal those alone that fit into a line of it."""
    widths = {
        key: max(DIGITS if about["dtype"] == "number" else 0, *map(len, heading(key, about["units"]).split("\n")))
        for key, about in columns.items()
    }
    room = _room() - sum(width + GAP for width in FIXED.values())
    return {key: widths[key] for key in fitting(widths, room)}


def _head(columns: Columns, widths: Mapping[str, int]) -> Iterator[str]:
    tall = height(columns)
    heads = {key: filled(key, tall) for key in FIXED} | {
        key: filled(heading(key, columns[key]["units"]), tall) for key in widths
    }
    for words in zip(*(text.split("\n") for text in heads.values()), strict=True):
        yield _side_by_side(words, widths)


def _point(event: Mapping[str, Any], widths: Mapping[str, int]) -> str:
    cells = (cell(event["data"].get(key)) for key in widths)
    return _side_by_side([local(event["time"], "%H:%M:%S"), str(event["seq_num"]), *cells], widths)


def _side_by_side(texts: Sequence[str], widths: Mapping[str, int]) -> str:
    every = [*FIXED.values(), *widths.values()]
    return (" " * GAP).join(text.rjust(width) for text, width in zip(texts, every, strict=True)).rstrip()


def _end(directory: Path) -> Iterator[str]:
    from scantrail.runs import summarize

    run = summarize(directory)
    status = click.style(run.status, COLOURS[run.status])
    yield f"Run {run.number}: {status}, {share(run)} points{f': {run.reason}' if run.reason else ''}"
    if goes_on := onward(run):
        yield goes_on


def _aside(stream: str, event: Mapping[str, Any]) -> str:
    """Return the line of an event that is no point; on a terminal dim, and no longer than a line of it."""
    values = (f"{key} {cell(value)}" for key, value in event["data"].items() if value is not None)
    line = f"{local(event['time'], '%H:%M:%S')}  {stream}: {', '.join(values)}"
    room = _room()
    return click.style(line if len(line) <= room else f"{line[: room - 1]}…", dim=True)


def _room() -> int:
    """Return the characters in a line of the terminal; without one, there is room for everything."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
