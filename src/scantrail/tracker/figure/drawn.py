"""What comes of a plot: the figure, the numbers that belong to it, and what could not be drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scantrail.plots import Figure


@dataclass(frozen=True, slots=True)
class Drawn:
    """A figure with its numbers. facts: JSON-safe, in the units of the tests; rows: for a reader, under headings.

    notes: what else to know; problems: what could not be read or drawn, so that the figure is incomplete.
    """

    figure: Figure
    facts: Mapping[str, Any]
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default=())
    notes: Sequence[str] = ()
    problems: Sequence[str] = ()
