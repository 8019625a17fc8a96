"""How the commands show what judging found: a row a channel, then a sentence each."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table

    from scantrail.runs import Result

VERDICT = "threshold"
COLUMNS = {"threshold": "set to [DAC]", "mu": "mu [DAC]", "sigma": "sigma [DAC]", "plateau": "plateau [1/s]"}
"""Quantities that the table shows, by the last word of a result's name."""


def answers_table(results: "Sequence[Result]") -> "Table":
    """Return the main quantities of threshold results, a row a channel, each with its error."""
    from rich.table import Table

    table = Table("channel", *COLUMNS.values(), "deviance", "status", header_style="bold")
    for channel, of_channel in by_channel(results).items():
        verdict = of_channel[VERDICT]
        status = f"[{'green' if verdict.status == 'OK' else 'yellow'}]{verdict.status}[/]"
        values = [with_error(of_channel.get(name)) for name in COLUMNS]
        table.add_row(channel, *values, _goodness(of_channel.get("deviance")), status)
    for column in table.columns[1:-1]:
        column.justify = "right"
    return table


def sentences(results: "Iterable[Result]") -> list[str]:
    """Return the verdict on each channel in words, its name first."""
    rows = by_channel(results)
    return [f"{channel}: {of_channel[VERDICT].sentence}" for channel, of_channel in rows.items()]


def print_answers(results: "Sequence[Result]") -> None:
    """Print the table of answers and the sentences, the table only where there is a number in it."""
    from rich.console import Console

    console = Console(highlight=False)
    shown: list[RenderableType] = []
    if any(result.value is not None for result in results):
        shown.append(answers_table(results))
    for renderable in shown:
        console.print(renderable)
    for sentence in sentences(results):
        console.print(sentence)


def by_channel(results: "Iterable[Result]") -> "dict[str, dict[str, Result]]":
    """Return results named "<channel> <quantity>" by channel and quantity, channels with a verdict only."""
    found: dict[str, dict[str, Result]] = {}
    for result in results:
        channel, _, quantity = result.name.partition(" ")
        found.setdefault(channel, {})[quantity] = result
    return {channel: quantities for channel, quantities in found.items() if VERDICT in quantities}


def with_error(result: "Result | None") -> str:
    """Write a value with as many digits as its error bears: two of the error.

    >>> from scantrail.runs import Result
    >>> with_error(Result("mu", 300.1234, 0.0617, "DAC", "OK", ""))
    '300.123 ± 0.062'
    """
    if result is None or result.value is None:
        return "–"
    if result.error is None or not result.error > 0:
        return f"{result.value:.4g}"
    exponent = int(re.split("e", f"{result.error:.1e}")[1])
    digits = max(1 - exponent, 0)
    return f"{result.value:.{digits}f} ± {result.error:.{digits}f}"


def _goodness(result: "Result | None") -> str:
    if result is None or result.value is None:
        return "–"
    freedom = result.sentence.partition(" ")[0]
    return f"{result.value:.1f} / {freedom}"
