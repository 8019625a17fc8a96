"""How the commands show what judging found: a row a channel or detector, then a sentence each."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.table import Table

    from scantrail.runs import Result

VERDICT = "threshold"
PDG_TWO_DIGITS = 3.54

COLUMNS = {"threshold": "set to\n[DAC]", "mu": "mu\n[DAC]", "sigma": "sigma\n[DAC]", "plateau": "plateau\n[1/s]"}
"""Quantities that the table shows, by the last word of a result's name."""


def answers_table(results: "Sequence[Result]") -> "Table":
    """Return the main quantities of threshold results, a row a channel, each with its error."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)
    table.add_column("", no_wrap=True)
    for heading in (*COLUMNS.values(), "deviance"):
        table.add_column(Text(heading), justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    for channel, of_channel in by_channel(results):
        verdict = of_channel[VERDICT]
        status = Text(verdict.status, "green" if verdict.status == "OK" else "yellow")
        values = [with_error(of_channel.get(name)) for name in COLUMNS]
        table.add_row(Text(channel), *values, _goodness(of_channel.get("deviance")), status)
    return table


def sentences(results: "Iterable[Result]") -> list[str]:
    """Return the verdict on each channel in words, its name first."""
    return [f"{channel}: {of_channel[VERDICT].sentence}" for channel, of_channel in by_channel(results)]


def print_answers(results: "Sequence[Result]") -> None:
    """Print the table of answers and the sentences, the table only where there is a number in it."""
    from rich.console import Console

    from scantrail.cli.findings import SHAPE, findings_table, plain_table

    console = Console(highlight=False, emoji=False)
    if any(result.name.endswith(f" {VERDICT}") for result in results):
        table, said = answers_table(results), sentences(results)
    elif any(result.name.endswith(f" {SHAPE}") for result in results):
        table, said = (
            findings_table(results, console.width),
            [of[SHAPE].sentence for _, of in by_channel(results, SHAPE)],
        )
    else:
        table, said = plain_table(results), [result.sentence for result in results if result.sentence]
    if any(result.value is not None for result in results):
        console.print(table)
        console.print()
    for sentence in said:
        console.print(sentence, soft_wrap=not console.is_terminal, markup=False)


def by_channel(results: "Iterable[Result]", verdict: str = VERDICT) -> "list[tuple[str, dict[str, Result]]]":
    """Return results named "<channel> <quantity>" as channels with their quantities, in order.

    The verdict comes first of a channel's results: a name may hold blanks, and two channels may share one.
    """
    found: list[tuple[str, dict[str, Result]]] = []
    for result in results:
        if result.name.endswith(f" {verdict}"):
            found.append((result.name.removesuffix(f" {verdict}"), {}))
        if found and result.name.startswith(f"{found[-1][0]} "):
            channel, quantities = found[-1]
            quantities[result.name.removeprefix(f"{channel} ")] = result
    return found


def with_error(result: "Result | None") -> str:
    """Write a value with as many digits as its error bears: two of an error up to 0.354 of a decade, else one.

    A value without an error is not written: it would look surer than one that has it.

    The rounding rule of the Particle Data Group (Review of Particle Physics, Introduction, section 5.3).

    >>> from scantrail.runs import Result
    >>> with_error(Result("mu", 300.1234, 0.0617, "DAC", "OK", ""))
    '300.12 ± 0.06'
    """
    if result is None or result.value is None or result.error is None or not result.error > 0:
        return "–"
    mantissa, exponent = f"{result.error:.2e}".split("e")
    digits = max((1 if float(mantissa) <= PDG_TWO_DIGITS else 0) - int(exponent), 0)
    return f"{result.value:.{digits}f} ± {result.error:.{digits}f}"


def _goodness(result: "Result | None") -> str:
    if result is None or result.value is None:
        return "–"
    freedom = result.sentence.partition(" ")[0]
    return f"{result.value:.1f} / {freedom}"
