"""What tests say of every channel, in lists of their measurements or in data files: to a figure and its numbers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from scantrail.errors import InputError
from scantrail.tracker.datafile import Columns, Number, read_columns
from scantrail.tracker.figure.channels import Channels, Compared, channels_figure, standing_out
from scantrail.tracker.figure.drawn import Drawn
from scantrail.tracker.figure.quantities import COUNTED, is_number, spread_of, written
from scantrail.tracker.figure.subject import VERDICTS, Bound, Subject, verdict, when
from scantrail.tracker.heading import Heading
from scantrail.tracker.moments import stamp

CHANNEL = {"channel", "channels", "ch", "chan", "strip", "pixel"}
ELECTRONS = ("e-", "e", "electrons", "ENC")
"""Names of one unit."""
FEWEST = 3
"""Numbers from which on a list is one of channels."""
MOST_TESTS, MOST_PANELS = 2, 4
MOST_NAMED = 12
"""Channels that are named one by one."""


def channels_drawn(subject: Subject, tests: Sequence[Mapping[str, Any]]) -> Drawn | list[str]:
    """Return the figure of tests, the newest first, channel by channel; if there is none, what could not be read."""
    problems: list[str] = []
    found: list[list[Channels]] = []
    for test in tests:
        if every := [one for one in _of_test(subject, test, problems) if len(one.filled)]:
            found.append(every)
        if len(found) == MOST_TESTS:
            break
    if not found:
        return problems
    found.sort(key=lambda every: every[0].test["superseded"])
    compared = [_compared(subject, newest, found[1:]) for newest in found[0][:MOST_PANELS]]
    test_type = tests[0]["test_type"]
    figure = channels_figure(compared, title=f"{subject.id}: {test_type}", rest=len(tests) - len(found))
    quantities = [
        {
            "quantity": each.newest.quantity,
            "unit": each.newest.unit,
            "tests": [_facts(one, each.bound) for one in (each.newest, *each.older)],
        }
        for each in compared
    ]
    facts = {"component": subject.id, "test_type": test_type, "quantities": quantities}
    headings = ("test", "quantity", "channels", "median", "spread", "stand out")
    rows = [_row(one, each.bound) for each in compared for one in (each.newest, *each.older)]
    return Drawn(figure, facts, headings, rows, problems=problems)


def _compared(subject: Subject, newest: Channels, others: Sequence[Sequence[Channels]]) -> Compared:
    older = [one for every in others for one in every if (one.quantity, one.unit) == (newest.quantity, newest.unit)]
    test_type = newest.test["test_type"]
    same = newest.unit == subject.unit(test_type, newest.quantity)
    return Compared(newest, older, subject.bound_now(test_type, newest.quantity) if same else None)


def _of_test(subject: Subject, test: Mapping[str, Any], problems: list[str]) -> Iterator[Channels]:
    """Every quantity that a test has of its channels: of lists in its measurements first, then of its files."""
    test_type = test["test_type"]
    parts = (when(test["tested"]), VERDICTS[verdict(test)], "superseded" * test["superseded"])
    label = ", ".join(filter(None, parts))
    measured = test["measurements"]
    lists = {name: value for name, value in measured.items() if isinstance(value, list) and all(map(is_number, value))}
    listed = {name: tuple(map(int, value)) for name, value in lists.items() if subject.unit(test_type, name) == COUNTED}
    for name, value in lists.items():
        if name not in listed and len(value) >= FEWEST:
            column = np.arange(len(value), dtype=float)
            unit = subject.unit(test_type, name)
            yield Channels(name, unit, column, np.array(value, dtype=float), label, test, listed, "measurements")
    quantities = subject.units.get(test_type, {})
    for file in test["files"]:
        if file["kind"] != "data":
            continue
        try:
            columns = read_columns(subject.data_dir / file["path"], file["name"], _chooser(quantities))
        except InputError as error:
            problems.append(str(error))
            continue
        if columns is not None:
            problems += columns.problems
            yield _of_columns(columns, quantities, label, test, listed, file["name"])


def _of_columns(
    columns: Columns,
    quantities: Mapping[str, str],
    label: str,
    test: Mapping[str, Any],
    listed: Mapping[str, tuple[int, ...]],
    source: str,
) -> Channels:
    title = columns.headings["value"]
    name = next((q for q in quantities if q.lower().split("_") == [*title.words]), "_".join(title.words) or title.text)
    declared = quantities.get(name, "")
    unit = declared if title.unit in ("", declared, *ELECTRONS * (declared in ELECTRONS)) else title.unit
    channel, value = (np.array(columns.values[role], dtype=float) for role in ("channel", "value"))
    return Channels(name, unit, channel, value, label, test, listed, source)


def _chooser(quantities: Mapping[str, str]) -> Callable[[Sequence[Heading]], Mapping[str, Number] | None]:
    """Find a column of channels and beside it that of a quantity of the test, or else the first other one."""
    names = [tuple(name.lower().split("_")) for name in quantities]
    words = {word for name in names for word in name}

    def choose(headings: Sequence[Heading]) -> Mapping[str, Number] | None:
        channel = next((i for i, one in enumerate(headings) if CHANNEL & {*one.words}), None)
        if channel is None:
            return None
        others = [i for i in range(len(headings)) if i != channel and headings[i].words]
        others.sort(key=lambda i: (headings[i].words not in names, -len(words & {*headings[i].words})))
        return {"channel": Number(channel), "value": Number(others[0])} if others else None

    return choose


def _facts(one: Channels, bound: Bound | None) -> dict[str, Any]:
    out = one.channel[standing_out(one, bound)]
    return {
        "test": one.test["uuid"],
        "tested": stamp(one.test["tested"]),
        "source": one.source,
        "channels": len(one.filled),
        "median": float(np.median(one.filled)),
        "spread": spread_of(one.filled),
        "standing_out": [int(channel) for channel in out if np.isfinite(channel)],
        "noted": {name: list(channels) for name, channels in one.listed.items()},
    }


def _row(one: Channels, bound: Bound | None) -> list[str]:
    facts = _facts(one, bound)
    out = facts["standing_out"]
    named = _runs(out[:MOST_NAMED]) + (f" and {len(out) - MOST_NAMED} more" if len(out) > MOST_NAMED else "")
    median, spread = (written(facts[key], one.unit) for key in ("median", "spread"))
    return [
        when(one.test["tested"]),
        one.quantity.replace("_", " "),
        str(facts["channels"]),
        median,
        spread,
        named or "none",
    ]


def _runs(channels: Sequence[int]) -> str:
    """Name channels, neighbours as one.

    >>> _runs([47, 128, 300, 301, 302])
    '47, 128, 300-302'
    """
    runs: list[list[int]] = []
    for channel in sorted(channels):
        if runs and channel == runs[-1][-1] + 1:
            runs[-1].append(channel)
        else:
            runs.append([channel])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)
